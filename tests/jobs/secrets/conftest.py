"""Processes and commands for these tests."""

from tests.jobs.cli.conftest import manage
from tests.jobs.faults.conftest import platform

__all__ = ["manage", "platform"]
