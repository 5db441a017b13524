"""The HTTP API of monitoring, and what Prometheus scrapes."""
