"""Tests of the simulated Zoom itself, by a plain client."""
