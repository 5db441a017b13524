"""The project's declarations as a Django system check: every command reports all faults at its start."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks

from jobs import tracing
from jobs.arguments import signature_of
from jobs.configuration import dependencies, queue_book
from jobs.declarations import Fault, find_faults
from jobs.encryption import faulty_keys, has_keys
from jobs.names import registered_tasks
from jobs.secret_fields import secret_fields


def check_declarations(**_: Any) -> list[checks.CheckMessage]:
    """Every fault as Django's message; serious ones stop a command."""
    return [_message(fault) for fault in declared_faults()]


def declared_faults() -> list[Fault]:
    """What is wrong with this project's queues, tasks and Procfile (setting JOBS_PROCFILE)."""
    found = find_faults(queue_book(), registered_tasks(), _procfile(), dependencies())
    return [*found, *_secret_faults(), *(Fault("E014", sentence) for sentence in tracing.faults())]


def _secret_faults() -> Iterator[Fault]:
    for place in faulty_keys():
        sentence = f"PAYLOAD_ENCRYPTION_KEYS: key {place} is none; `manage.py secrets key` makes one"
        yield Fault("E010", sentence)
    for task in registered_tasks().values():
        if secret_fields(task) and not has_keys():
            yield Fault("E011", f"task {task.name!r} has secret fields: set PAYLOAD_ENCRYPTION_KEYS")
        if task.subject in secret_fields(task):
            yield Fault(
                "E012", f"task {task.name!r}: subject {task.subject!r} is secret, and subjects are shown"
            )
        yield from _unknown_secrets(task)


def _unknown_secrets(task: Any) -> Iterator[Fault]:
    signature = signature_of(task)
    known = {*signature.positional, *signature.keyword, signature.more_args, signature.more_kwargs}
    for field in () if signature.more_kwargs else task.secret:
        if field not in known:
            yield Fault("E013", f"task {task.name!r}: secret names {field!r}, but it has no such parameter")


def _procfile() -> str | None:
    path = getattr(settings, "JOBS_PROCFILE", None)
    return Path(path).read_text() if path and Path(path).is_file() else None


def _message(fault: Fault) -> checks.CheckMessage:
    kind = checks.Error if fault.serious else checks.Warning
    return kind(fault.sentence, id=f"jobs.{fault.code}")
