"""Monitoring's pages: histories as charts, performance, alerts."""
