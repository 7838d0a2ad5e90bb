"""Which pace is best: candidates compared in an event simulation of Zoom's limits, in seconds instead of hours."""
