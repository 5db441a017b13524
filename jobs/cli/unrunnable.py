"""Jobs to come that this build could not run, found row by row in bounded memory."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jobs.arguments import signature_of
from jobs.configuration import queue_book
from jobs.errors import ArgumentsRefused, UnknownName
from jobs.models import Job
from jobs.names import short_name, tasks_by_any_name
from jobs.payloads import brought_up, stored_version

_TO_COME = ("waiting", "delayed", "blocked")
_EXAMPLES = 3
_GROUPS = 500  # beyond, whatever is wrong counts as "other problems": names in rows may be without number
_OTHER = ("", ("other problems",))

Cause = tuple[str, ...]
Sentence = Callable[[], str]  # made for the first job of a group only: suggestions cost more than the check


@dataclass
class Group:
    """Jobs of one task with the same cause; `problem` is the sentence of the first of them."""

    task: str
    problem: str
    jobs: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Row:
    uid: str
    queue: str
    task: str
    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    options: Mapping[str, Any]


def unrunnable_jobs() -> list[Group]:
    """Every job to come that could not run, grouped by its task and what is wrong, in the order found."""
    groups: dict[tuple[str, Cause], Group] = {}
    tasks = tasks_by_any_name()
    rows = Job.objects.filter(state__in=_TO_COME).order_by("id")
    columns = rows.values_list("uid", "queue", "task", "args", "kwargs", "options")
    for row in (_Row(*values) for values in columns.iterator(chunk_size=1000)):
        for cause, problem in _problems(row, tasks):
            _count(groups, row, cause, problem)
    return list(groups.values())


def _count(groups: dict[tuple[str, Cause], Group], row: _Row, cause: Cause, problem: Sentence) -> None:
    key = (row.task, cause)
    if key not in groups and len(groups) >= _GROUPS:
        key = _OTHER
        groups.setdefault(key, Group("other tasks", "other problems"))
    elif key not in groups:
        groups[key] = Group(row.task, problem())
    group = groups[key]
    group.jobs += 1
    if len(group.examples) < _EXAMPLES:
        group.examples.append(row.uid)


def _problems(row: _Row, tasks: Mapping[str, Any]) -> Iterator[tuple[Cause, Sentence]]:
    """What is wrong, and a cause that rows with other values share."""
    book = queue_book()
    if row.queue not in book:
        yield ("queue", row.queue), lambda: str(UnknownName("queue", row.queue, book.names))
    if row.task not in tasks:
        yield ("task",), lambda: str(UnknownName("task", row.task, sorted(tasks)))
    else:
        yield from _misfit(tasks[row.task], row)


def _misfit(task: Any, row: _Row) -> Iterator[tuple[Cause, Sentence]]:
    try:
        kwargs = brought_up(task, row.kwargs, stored_version(row.options))
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        yield ("upcast", type(error).__name__), lambda: f"its upcast fails: {told}"
        return
    faults = signature_of(task).refusals(row.args, kwargs) if task.typing else {}
    if faults:
        yield ("arguments", *sorted(faults)), lambda: str(ArgumentsRefused(short_name(row.task), faults))
