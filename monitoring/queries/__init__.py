"""Reads: the time series, and what is judged by them."""
