"""From the name that a person types to the task: short or full, hyphens or underscores."""

import os
from functools import cache
from typing import Any

from celery import current_app

from jobs.aliases import alias_table
from jobs.errors import OptionRefused, UnknownName

_CELERYS_OWN = "celery."
_SKIP_CHECKS = "CELERY_SKIP_CHECKS"


def resolve_task(name: str) -> Any:
    """The task named `name`: its full name, or the part after the last dot when only one task has it. Names that a
    task had before count.

    Hyphens and underscores mean the same. UnknownName with a suggestion when there is none, OptionRefused
    when a short name fits several.
    """
    tasks = registered_tasks()
    aliases = alias_table(tasks)
    name = aliases.get(name, name)
    wanted = _plain(name)
    matches = [full for full in tasks if wanted in {_plain(full), _plain(short_name(full))}] or sorted(
        {full for alias, full in aliases.items() if wanted in {_plain(alias), _plain(short_name(alias))}}
    )
    exact = [full for full in matches if full == name]
    if len(exact or matches) > 1:
        raise OptionRefused("task", f"{name!r} is the name of several: {', '.join(sorted(matches))}")
    if not matches:
        known = {*tasks, *(short_name(full) for full in tasks)}
        raise UnknownName("task", name.strip(), sorted(known))
    return tasks[(exact or matches)[0]]


def registered_tasks() -> dict[str, Any]:
    """Every task of the project by its full name, without those that Celery brings along."""
    _import_tasks()
    return {
        name: task
        for name, task in current_app.tasks.items()
        if not name.startswith(_CELERYS_OWN) and task.name == name  # a worker has aliases in there too
    }


def tasks_by_any_name() -> dict[str, Any]:
    """As `registered_tasks`, and each task also under the names that it had before."""
    tasks = registered_tasks()
    return {alias: tasks[name] for alias, name in alias_table(tasks).items()} | tasks


def short_name(full: str) -> str:
    """A task's name without its module."""
    return full.rpartition(".")[2]


def _plain(name: str) -> str:
    return name.strip().replace("-", "_").lower()


@cache
def _import_tasks() -> None:
    """Outside a worker nothing has imported the modules with tasks yet.

    Celery would run all system checks then, and one of those asks for the tasks: its own switch stops that.
    """
    before = os.environ.get(_SKIP_CHECKS)
    os.environ[_SKIP_CHECKS] = "1"
    try:
        current_app.loader.import_default_modules()
    finally:
        if before is None:
            del os.environ[_SKIP_CHECKS]
        else:
            os.environ[_SKIP_CHECKS] = before
