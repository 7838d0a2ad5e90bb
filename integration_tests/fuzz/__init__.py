"""Random accounts and misfortunes over the real command line: every missing row is told."""
