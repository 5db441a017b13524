"""What a task declares beside its code: Celery's options, with a cluster-wide meaning, and ours.

`TaskOptions` is read once from the task class. An option that nobody knows is a fault at start, with a
suggestion, rather than a wish that is silently ignored.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from math import inf
from typing import Any

from jobs.queues import Queue
from jobs.retry import Exponential, Fixed, RetryPolicy, Strategy, from_plain


@dataclass(frozen=True)
class Unique:
    """At most one live job (waiting, delayed, blocked or active) per value of these payload fields.

    Without fields the whole payload counts.
    """

    fields: tuple[str, ...]

    def __init__(self, *fields: str) -> None:
        object.__setattr__(self, "fields", fields)


@dataclass(frozen=True)
class Throttle:
    """The first of a period wins: others within `period` seconds meet its job, even when it has ended."""

    period: float
    fields: tuple[str, ...]

    def __init__(self, period: float, *fields: str) -> None:
        object.__setattr__(self, "period", _seconds("Throttle", "period", period))
        object.__setattr__(self, "fields", fields)


@dataclass(frozen=True)
class Debounce:
    """The last one wins: each call replaces the payload and starts the delay of `delay` seconds again.

    With `max_wait` it is put off for so many seconds at most, counted from the first call.
    """

    delay: float
    fields: tuple[str, ...]
    max_wait: float | None

    def __init__(self, delay: float, *fields: str, max_wait: float | None = None) -> None:
        checked = None if max_wait is None else _seconds("Debounce", "max_wait", max_wait)
        object.__setattr__(self, "delay", _seconds("Debounce", "delay", delay))
        object.__setattr__(self, "fields", fields)
        object.__setattr__(self, "max_wait", checked)


@dataclass(frozen=True)
class KeepLast:
    """While one runs, at most one more waits, and it carries the newest payload."""

    fields: tuple[str, ...]

    def __init__(self, *fields: str) -> None:
        object.__setattr__(self, "fields", fields)


Dedup = Unique | Throttle | Debounce | KeepLast


def _seconds(mode: str, name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < inf:
        raise ValueError(f"{mode}: {name} must be a number of seconds greater than 0, got {value!r}")
    return float(value)


# What Millrace adds to Celery's own task options. The values are the defaults.
OWN_OPTIONS: dict[str, Any] = {
    "unique": None,  # Unique(...), Throttle(...), Debounce(...) or KeepLast(...)
    "stale_after": None,  # seconds after which a running attempt is given up and fenced
    "strategy": None,  # a retry strategy of its own
    "retry_unexpected": None,  # whether errors that autoretry_for does not name are retried
    "idempotent_for": None,  # seconds for which a result is given again for the same payload
    "subject": None,  # the payload field that names what the job is about (an address, a coin)
    "cancel_grace": 5.0,  # seconds a cancelled run has before it is interrupted, and then before it is killed
    "relies_on": (),  # names of dependencies (JOBS_DEPENDENCIES) whose breakers hold the task back
    "secret": (),  # payload fields that are stored encrypted and never shown
    "bundle": True,  # whether its jobs, when they are short, may share a message
    "aliases": (),  # full names that the task had before: what was enqueued under them runs as this one
    "upcast": (),  # functions that bring an older payload up to date, oldest first; see jobs.payloads
}


@dataclass(frozen=True)
class TaskOptions:
    """A task's options, resolved against the defaults of the queue it runs on."""

    time_limit: float | None
    soft_time_limit: float | None
    stale_after: float | None
    retry: RetryPolicy
    unique: Dedup | None
    idempotent_for: float | None
    subject: str | None
    secret: tuple[str, ...]


def resolve(task: Any, queue: Queue, overrides: dict[str, Any] | None = None) -> TaskOptions:
    """The options of `task` on `queue`; `overrides` are those of one job, as stored in its row."""
    chosen = overrides or {}
    return TaskOptions(
        time_limit=chosen.get("time_limit", task.time_limit),
        soft_time_limit=chosen.get("soft_time_limit", task.soft_time_limit),
        stale_after=chosen.get("stale_after", task.stale_after),
        retry=retry_policy(task, queue, chosen),
        unique=task.unique,
        idempotent_for=task.idempotent_for,
        subject=task.subject,
        secret=tuple(task.secret),
    )


def retry_policy(task: Any, queue: Queue, chosen: dict[str, Any]) -> RetryPolicy:
    """How `task` is retried on `queue`: the job's own wishes first, then the task's, then the queue's."""
    unexpected = task.retry_unexpected
    return RetryPolicy(
        max_attempts=_max_attempts(task, queue, chosen),
        strategy=_strategy(task, queue, chosen),
        retry_on=tuple(getattr(task, "autoretry_for", ())),
        never_on=tuple(getattr(task, "dont_autoretry_for", ())),
        retry_unexpected=queue.retry_unexpected if unexpected is None else unexpected,
    )


def _max_attempts(task: Any, queue: Queue, chosen: dict[str, Any]) -> int | None:
    if "max_attempts" in chosen:
        limit: int | None = chosen["max_attempts"]
        return limit
    retries = getattr(task, "retry_kwargs", {}).get("max_retries", _declared(task, "max_retries", "unset"))
    if retries == "unset":
        return queue.attempts
    return None if retries is None else int(retries) + 1


def _strategy(task: Any, queue: Queue, chosen: dict[str, Any]) -> Strategy:
    if "strategy" in chosen:
        return from_plain(chosen["strategy"])
    own: Strategy | None = task.strategy
    if own is not None:
        return own
    backoff = getattr(task, "retry_backoff", False)
    if backoff:
        # Celery: factor * 2 ** retries, capped, with full jitter unless told otherwise; before any countdown.
        return Exponential(
            first=max(1.0, float(backoff)),
            cap=float(getattr(task, "retry_backoff_max", 600)),
            jitter=1.0 if getattr(task, "retry_jitter", True) else 0.0,
        )
    countdown = getattr(task, "retry_kwargs", {}).get("countdown")
    if countdown is not None:
        return Fixed(float(countdown))
    delay = _declared(task, "default_retry_delay", None)
    return queue.backoff if delay is None else Fixed(float(delay))


def _declared(task: Any, name: str, default: Any) -> Any:
    """An attribute as the task's own class (or a base below Celery's) sets it, else `default`."""
    for cls in type(task).__mro__:
        if cls.__module__.startswith(("celery.", "jobs.")) and cls.__name__ in {"Task", "JobTask"}:
            return default
        if name in vars(cls):
            return vars(cls)[name]
    return default


def unknown_options(task: Any, known: Sequence[str]) -> Iterator[str]:
    """Options of a task that neither Celery nor Millrace knows, as sentences with a suggestion."""
    ours = {*OWN_OPTIONS, *known}
    for name, value in vars(type(task)).items():
        if (
            name.startswith("_")
            or callable(value)
            or isinstance(value, (property, staticmethod, classmethod))
        ):
            continue
        if name not in ours:
            close = get_close_matches(name, sorted(ours), n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            yield f"task {task.name!r} has an unknown option {name!r}{hint}"
