"""Acceptance tests of the connector, and the simulated Zoom account that they run against."""
