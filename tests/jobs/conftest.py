"""Processes, commands and a receiver of traces for the tests of this folder too."""

from tests.jobs.cli.conftest import manage
from tests.jobs.faults.conftest import platform
from tests.jobs.otlp import received

__all__ = ["manage", "platform", "received"]
