"""The outside world on loopback, for offline runs and tests."""
