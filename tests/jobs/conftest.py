"""Processes and commands for the tests of this folder too."""

from tests.jobs.cli.conftest import manage
from tests.jobs.faults.conftest import platform

__all__ = ["manage", "platform"]
