"""The platform, for these tests too."""

from tests.jobs.faults.conftest import platform, pytest_runtest_makereport

__all__ = ["platform", "pytest_runtest_makereport"]
