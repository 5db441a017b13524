"""Payloads that an older build stored, brought up to what this build's task takes.

A task declares `upcast=(first, second, ...)`: each function turns the keyword arguments of one version into
those of the next. A payload that was stored without a version is of version 1, and a task with n functions
stores version n + 1. A signature carries the version of its arguments too, for a later step of a canvas may be
enqueued by another build. Positional arguments have no names to go by and stay as they are.
"""

from collections.abc import Callable, Mapping
from typing import Any

VERSION = "payload_version"  # in a job's options, when it is not 1, and in those of a signature

Upcast = Callable[[dict[str, Any]], dict[str, Any]]


def version_of(task: Any) -> int:
    """The version of the payloads that are stored for `task` now."""
    return len(upcasts(task)) + 1


def stored_version(options: Mapping[str, Any]) -> int:
    """The version of a payload, by its job's options."""
    return int(options.get(VERSION, 1))


def upcasts(task: Any) -> tuple[Upcast, ...]:
    """What the task declares, oldest first; a single function counts as one step."""
    declared = type(task).upcast  # of the class: a function asked of the instance would be bound to it
    return (declared,) if callable(declared) else tuple(declared)


def brought_up(task: Any, kwargs: Mapping[str, Any], version: int) -> dict[str, Any]:
    """Keyword arguments of `version` as this build's task takes them. Whatever a step raises comes through."""
    payload = dict(kwargs)
    for step in upcasts(task)[version - 1 :]:
        payload = step(payload)
    return payload
