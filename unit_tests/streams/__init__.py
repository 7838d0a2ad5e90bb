"""Tests of source_zoom.streams."""
