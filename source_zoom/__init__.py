"""Airbyte source connector for Zoom."""

from source_zoom.source import SourceZoom

__all__ = ["SourceZoom"]
