"""Names that tasks had before: what was enqueued under an old name runs as the task that claims it."""

from collections.abc import Iterator, Mapping
from typing import Any

from celery import Celery, Task


def alias_table(tasks: Mapping[str, Any]) -> dict[str, str]:
    """Each alias with the full name of its task. A registered task always keeps its own name."""
    return {
        alias: name
        for name, task in tasks.items()
        for alias in getattr(task, "aliases", ())
        if alias not in tasks
    }


def alias_faults(tasks: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the aliases, sentence by sentence: taken names, two claims, circles."""
    claimed: dict[str, str] = {}
    for name, task in tasks.items():
        if isinstance(getattr(task, "aliases", ()), str):
            yield f"task {name!r}: aliases must be a tuple of names, got {task.aliases!r}"
            continue
        for alias in task.aliases:
            first = claimed.setdefault(alias, name)
            if first != name:
                yield f"tasks {first!r} and {name!r} both claim the alias {alias!r}"
            if alias in tasks:
                yield _taken(name, alias, tasks[alias])


def register_aliases(app: Celery) -> None:
    """Let a worker take messages under the old names. Each is an instance of its own: Celery keeps a
    tracer per instance, with the name that it logs."""
    tasks = {name: task for name, task in app.tasks.items() if task.name == name}
    for alias, name in alias_table(tasks).items():
        renamed: Task = type(tasks[name])()
        app.tasks[alias] = renamed


def _taken(name: str, alias: str, other: Any) -> str:
    if alias == name:
        return f"task {name!r} has its own name as an alias"
    if name in other.aliases:
        return f"tasks {name!r} and {alias!r} are aliases of each other"
    return f"task {name!r} has the alias {alias!r}, which is the name of another task"
