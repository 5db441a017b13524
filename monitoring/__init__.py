"""Watches jobs by name: metrics, health, alerts."""
