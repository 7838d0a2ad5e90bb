"""What a sync costs: the real command over a simulated Zoom account, measured against what Zoom's limits allow."""
