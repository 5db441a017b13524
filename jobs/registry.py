"""Finding a task by the name that a person or a program uses for it."""

from functools import cache
from typing import Any

from celery import current_app

from jobs.errors import Refused, UnknownName


class AmbiguousName(Refused):
    """Several tasks share this short name; the full one decides."""

    kind = "ambiguous-name"

    def __init__(self, name: str, candidates: list[str]) -> None:
        message = f"{name!r} may be {' or '.join(candidates)}; use the full name."
        super().__init__(message, {"jobName": message})


def task_names() -> list[str]:
    """The full names of every task that this build can run, sorted."""
    _import_all()
    return sorted(name for name in current_app.tasks if not name.startswith("celery."))


def find_task(name: str) -> Any:
    """The task with this full or short name; hyphens and underscores mean the same.

    UnknownName with a suggestion when there is none, AmbiguousName when several share a short name.
    """
    wanted = name.replace("-", "_")
    names = task_names()
    found = [full for full in names if full.replace("-", "_") == wanted]
    found = found or [full for full in names if short_name(full).replace("-", "_") == wanted]
    if not found:
        raise UnknownName("job", name, [*names, *map(short_name, names)])
    if len(found) > 1:
        raise AmbiguousName(name, found)
    return current_app.tasks[found[0]]


def short_name(full: str) -> str:
    """A task's name without its module."""
    return full.rpartition(".")[2]


@cache
def _import_all() -> None:
    """Celery's workers import the task modules at start; a web process has to be told."""
    current_app.loader.import_default_modules()
