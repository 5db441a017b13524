"""Measurements of this project beside its peers, in one run on one machine. Not part of the test suite."""
