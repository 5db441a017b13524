"""The outside world of these tests."""

from tests.outside import outside

__all__ = ["outside"]
