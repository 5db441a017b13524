"""Tests of what the benches compute; none of them measures."""
