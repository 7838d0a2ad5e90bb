"""Tests of source_zoom/zoom: one module for each of its modules."""
