"""Scripts for the build, the checks and the tests."""
