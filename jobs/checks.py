"""The project's declarations as a Django system check: every command reports all faults at its start."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks

from jobs.configuration import dependencies, queue_book
from jobs.declarations import Fault, find_faults
from jobs.names import registered_tasks


def check_declarations(**_: Any) -> list[checks.CheckMessage]:
    """Every fault as Django's message; serious ones stop a command."""
    return [_message(fault) for fault in declared_faults()]


def declared_faults() -> list[Fault]:
    """What is wrong with this project's queues, tasks and Procfile (setting JOBS_PROCFILE)."""
    return find_faults(queue_book(), registered_tasks(), _procfile(), dependencies())


def _procfile() -> str | None:
    path = getattr(settings, "JOBS_PROCFILE", None)
    return Path(path).read_text() if path and Path(path).is_file() else None


def _message(fault: Fault) -> checks.CheckMessage:
    kind = checks.Error if fault.serious else checks.Warning
    return kind(fault.sentence, id=f"jobs.{fault.code}")
