"""Tests of each module of source_zoom by itself; no network, no waiting."""
