"""Which jobs a test means: a task and some of its arguments, as they are written in the code under test."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from jobs import celery_json
from jobs.arguments import signature_of
from jobs.models import Job


def matching(task: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[Job]:
    """Jobs of `task`, oldest first, that were given these arguments, whatever else they were given."""
    wanted = {name: _stored(task, name, value) for name, value in _named(task, args, kwargs).items()}
    return [job for job in Job.objects.filter(task=task.name).order_by("id") if _fits(task, job, wanted)]


def described(job: Job) -> str:
    """A job in one line, for messages."""
    given = [*map(repr, job.args), *(f"{name}={value!r}" for name, value in job.kwargs.items())]
    why = f": {job.reason}" if job.reason else ""
    return f"{job.short_task}({', '.join(given)}) is {job.state}{why}"


def _fits(task: Any, job: Job, wanted: Mapping[str, Any]) -> bool:
    given = _named(task, job.args, job.kwargs)
    return all(name in given and given[name] == value for name, value in wanted.items())


def _named(task: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    return {**dict(zip(signature_of(task).positional, args, strict=False)), **kwargs}


def _stored(task: Any, name: str, value: Any) -> Any:
    """The value as the row has it."""
    adapter = signature_of(task).types.get(name)
    if adapter is not None:
        value = adapter.dump_python(adapter.validate_python(value), mode="json", by_alias=True)
    return json.loads(celery_json.dumps(value))
