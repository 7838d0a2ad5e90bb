"""Tests of source_zoom.parents."""
