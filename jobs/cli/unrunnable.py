"""Jobs to come that this build could not run, found row by row in bounded memory: those that wait, the steps
of a canvas behind them, and what schedules will enqueue."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django_celery_beat.models import PeriodicTask

from jobs.arguments import signature_of
from jobs.configuration import queue_book
from jobs.encryption import KeyMissing
from jobs.errors import ArgumentsRefused, Permanent, UnknownName
from jobs.models import Job
from jobs.names import short_name, tasks_by_any_name
from jobs.payloads import VERSION, brought_up, stored_version, version_of
from jobs.scheduling.firing import refusal_of
from jobs.secret_fields import opened

_TO_COME = ("waiting", "delayed", "blocked")
_OF_DJANGO = "jobs.tasks.run_django_task"
_FOLLOWED = (*_TO_COME, "active")  # of these, too, there are steps to come
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
    canvas: Mapping[str, Any] | None
    state: str


def unrunnable_jobs() -> list[Group]:
    """Every job to come that could not run, grouped by its task and what is wrong, in the order found."""
    groups: dict[tuple[str, Cause], Group] = {}
    tasks = tasks_by_any_name()
    rows = Job.objects.filter(state__in=_FOLLOWED).order_by("id")
    columns = rows.values_list("uid", "queue", "task", "args", "kwargs", "options", "canvas", "state")
    for row in (_Row(*values) for values in columns.iterator(chunk_size=1000)):
        for cause, problem in _problems(row, tasks):
            _count(groups, row, cause, problem)
    return list(groups.values())


def unrunnable_schedules() -> list[str]:
    """A sentence for each enabled schedule whose job would be refused."""
    return [
        f"the schedule {schedule.name!r} of {schedule.task}: {refusal}"
        for schedule in PeriodicTask.objects.filter(enabled=True).order_by("name")
        if (refusal := refusal_of(schedule))
    ]


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
    if row.state in _TO_COME:
        book = queue_book()
        if row.queue not in book:
            yield ("queue", row.queue), lambda: str(UnknownName("queue", row.queue, book.names))
        if row.task not in tasks:
            yield ("task",), lambda: str(UnknownName("task", row.task, sorted(tasks)))
        else:
            yield from _misfit(tasks[row.task], row)
    for step, checked in _steps(row.canvas or {}):
        yield from _unfit_step(step, tasks, checked=checked)


def _misfit(task: Any, row: _Row) -> Iterator[tuple[Cause, Sentence]]:
    try:
        kwargs = brought_up(task, row.kwargs, stored_version(row.options))
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        yield ("upcast", type(error).__name__), lambda: f"its upcast fails: {told}"
        return
    faults = _refusals(task, row.args, kwargs)
    if faults:
        yield ("arguments", *sorted(faults)), lambda: str(ArgumentsRefused(short_name(row.task), faults))
    elif task.name == _OF_DJANGO:
        yield from _missing_function(row.kwargs["path"])


def _refusals(task: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, str]:
    if not task.typing:
        return {}
    try:
        return signature_of(task).refusals(*opened(task, args, kwargs))
    except KeyMissing as error:
        return {"secrets": str(error)}


def _missing_function(path: str) -> Iterator[tuple[Cause, Sentence]]:
    """Of Django's tasks API: a row names the function itself."""
    try:
        from jobs.django_tasks import find_task

        find_task(path)
    except (ImportError, Permanent) as error:
        told = str(error)
        yield ("path", path), lambda: told


def _steps(canvas: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """Every signature in a job's canvas or in a step's options, however deep; False for an errback, which is given
    what Celery sees fit."""
    for name in ("chain", "chord", "link", "link_error"):
        for step in _flat(canvas.get(name)):
            yield step, name != "link_error"
            yield from _steps(step.get("options") or {})


def _flat(steps: Any) -> Iterator[Mapping[str, Any]]:
    """Signatures from lists of them, and from Celery's own that hold others: groups, chains, chords."""
    if isinstance(steps, list):
        for step in steps:
            yield from _flat(step)
    elif isinstance(steps, Mapping) and "task" in steps:
        yield steps
        if _is_celerys(steps):
            for inner in (steps.get("kwargs") or {}).values():
                yield from _flat(inner)


def _is_celerys(step: Mapping[str, Any]) -> bool:
    return str(step["task"]).startswith("celery.")


def _unfit_step(
    step: Mapping[str, Any], tasks: Mapping[str, Any], *, checked: bool
) -> Iterator[tuple[Cause, Sentence]]:
    name = str(step["task"])
    if _is_celerys(step):
        return
    if name not in tasks:
        yield ("step", name), lambda: f"a later step: {UnknownName('task', name, sorted(tasks))}"
    elif checked and (faults := _step_faults(tasks[name], step)):
        refusal = ArgumentsRefused(short_name(name), faults)
        yield ("step", name, *sorted(faults)), lambda: f"a later step: {refusal}"


def _step_faults(task: Any, step: Mapping[str, Any]) -> Mapping[str, str]:
    """What its enqueue will refuse, by field. The value that the step before gives it is not known yet."""
    args, given, options = (list(step.get("args") or ()), step.get("kwargs") or {}, step.get("options") or {})
    passed: list[str] = []
    if not step.get("immutable"):
        args, passed = [None, *args], signature_of(task).positional[:1]
    first: Mapping[str, str] = {}
    # Without a version of its own it may be a payload of today or of the first version; the enqueue tries both.
    for version in [options[VERSION]] if VERSION in options else [version_of(task), 1]:
        try:
            found = _refusals(task, args, brought_up(task, given, version))
        except Exception as error:
            found = {"data": f"its upcast fails: {type(error).__name__}: {error}"}
        faults = {field: text for field, text in found.items() if field not in passed}
        if not faults:
            return {}
        first = first or faults
    return first
