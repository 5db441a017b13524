"""What a payload looks like to people: fields that are secret are never shown."""

import re
from collections.abc import Collection, Sequence
from typing import Any

from jobs.arguments import signature_of
from jobs.encryption import is_encrypted
from jobs.models import DeadLetter, Job
from jobs.names import tasks_by_any_name
from jobs.secret_fields import secret_fields

MASK = "••••••••"
# A task that this process does not know cannot say which of its fields are secret.
_SUSPICIOUS = re.compile(
    r"(?i)pass(word|phrase)?$|secret|(access|auth|bearer|refresh)_?token|api_?key|private_?key|credential"
    r"|mnemonic|seed_phrase"
)


def shown_payload(job: Job | DeadLetter) -> dict[str, Any]:
    """The arguments by name, in order; secret ones masked."""
    task = tasks_by_any_name().get(job.task)
    payload = named(job.args, job.kwargs, names_of(job.task))
    return mask(payload, secret_fields(task) if task else ())


def names_of(task: str) -> Sequence[str]:
    """The positional parameters of a task by its full name; none when this process does not know it."""
    known = tasks_by_any_name().get(task)
    return signature_of(known).positional if known else []


def named(args: Sequence[Any], kwargs: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Positional arguments under their names, as far as these are known, then the others."""
    known = [*names[: len(args)], *(f"argument {place + 1}" for place in range(len(names), len(args)))]
    return {**dict(zip(known, args, strict=True)), **kwargs}


def mask(payload: dict[str, Any], secret: Collection[str]) -> dict[str, Any]:
    """The payload with secret fields, and fields named like one at any depth, replaced."""
    return {name: MASK if name in secret else _masked(name, value) for name, value in payload.items()}


def _masked(name: str, value: Any) -> Any:
    if is_encrypted(value) or (_SUSPICIOUS.search(name) and isinstance(value, str)):
        return MASK
    if isinstance(value, dict):
        return {inner: _masked(str(inner), each) for inner, each in value.items()}
    if isinstance(value, list):
        return [_masked(name, each) for each in value]
    return value
