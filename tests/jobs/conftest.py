"""The platform fixture for the tests of this folder too."""

from tests.jobs.faults.conftest import platform

__all__ = ["platform"]
