"""The platform of the fault tests."""

from tests.jobs.faults.conftest import platform, pytest_runtest_makereport

__all__ = ["platform", "pytest_runtest_makereport"]
