"""A payload as a person edited it, checked like a new one."""

from collections.abc import Mapping
from typing import Any

from jobs.configuration import queue_book
from jobs.enqueue import prepare
from jobs.errors import ArgumentsRefused
from jobs.masking import MASK, named, names_of
from jobs.models import DeadLetter, Job
from jobs.names import resolve_task
from jobs.payloads import VERSION, stored_version, version_of
from jobs.store.payloads import Payload


def edited(row: Job | DeadLetter, data: Mapping[str, Any]) -> Payload:
    """The payload that takes the place of the row's. A `Refused` error names what does not fit.

    A value that is still masked stands for the stored one. A unique key that follows from the payload
    follows the edit; one that was given by hand stays.
    """
    task = resolve_task(row.task)
    known = row.queue in queue_book()
    same_queue = {"queue": queue_book().get(row.queue).declared_name} if known else {}
    new = prepare(task, (), _unmasked(task, row, data), same_queue)
    key = new.unique_key if _key_follows(task, row) else row.unique_key
    return Payload(new.args, new.kwargs, key, new.subject, new.queue, new.limit_key, version_of(task))


def _key_follows(task: Any, row: Job | DeadLetter) -> bool:
    if not row.unique_key:
        return True
    try:
        old = prepare(task, row.args, row.kwargs, {VERSION: stored_version(row.options)})
    except ArgumentsRefused:  # it does not fit any more, which is why it is edited
        return True
    return old.unique_key == row.unique_key


def _unmasked(task: Any, row: Job | DeadLetter, data: Mapping[str, Any]) -> dict[str, Any]:
    stored = named(row.args, row.kwargs, names_of(row.task))
    faults: dict[str, str] = {}
    merged = {name: _merged(name, value, stored.get(name), faults) for name, value in data.items()}
    if faults:
        raise ArgumentsRefused(task.name.rpartition(".")[2], faults)
    return merged


def _merged(place: str, value: Any, stored: Any, faults: dict[str, str]) -> Any:
    if value == MASK:
        if stored is None:
            faults[place] = "is masked, but there is no stored value that it could stand for"
        return stored
    if isinstance(value, dict):
        known = stored if isinstance(stored, dict) else {}
        return {k: _merged(f"{place}.{k}", v, known.get(k), faults) for k, v in value.items()}
    if isinstance(value, list):
        items = stored if isinstance(stored, list) else []
        padded = [*items[: len(value)], *[None] * (len(value) - len(items))]
        pairs = enumerate(zip(value, padded, strict=True))
        return [_merged(f"{place}.{n}", v, known, faults) for n, (v, known) in pairs]
    return value
