"""Random accounts with random misfortunes, read over the real command line and held against the truth.

`python -m integration_tests.fuzz --seeds 200` prints a line for each seed and a summary.
"""
