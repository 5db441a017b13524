"""What operators do to whole queues: pause, resume, drain, clear, and change limits. Durable, and live."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import connection, transaction

from jobs import audit
from jobs.configuration import queue_book
from jobs.errors import OptionRefused, Unavailable
from jobs.fence import keys, leases, scripts
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.limits import Limits
from jobs.queries.queue_settings import NO_RATE, resolve, settings_of
from jobs.queues import Queue
from jobs.rates import parse_rate
from jobs.store import queue_settings as store
from jobs.store.dependencies import count_down
from jobs.store.moves import end_withdrawn
from jobs.store.parents import tell_parents
from jobs.wake import wake

_BATCH = 500
_AHEAD = 0.15  # seconds after its claim in which a job of a bundle has begun, or was handed back
_RATES = ("rate", "rate_per_key")
_MOST = 1_000_000_000  # more is no limit, and no column holds it
_COUNTS = ("burst", "max_running", "max_running_per_key")
SETTABLE = (*_RATES, *_COUNTS, "fair", "ageing")


def pause(queue: str, by: str, reason: str = "") -> None:
    """Stop starting jobs of a queue; what runs goes on.

    When this returns (outside a transaction), no later claim is possible, and what was claimed has begun.
    Unavailable when Redis does not answer: the queue is paused all the same, but a job that was released before
    may still start once Redis is back.
    """
    _set_state("pause", store.State.PAUSED, queue, by, reason, _take_tickets)


def resume(queue: str, by: str, reason: str = "") -> None:
    """Let jobs of a paused or draining queue start again."""
    _set_state("resume", store.State.OPEN, queue, by, reason, _allow_tickets)


def drain(queue: str, by: str, reason: str = "") -> None:
    """Let what is enqueued now run out; what is enqueued later waits until `resume`."""
    _set_state("drain", store.State.DRAINING, queue, by, reason, _allow_tickets)


def _set_state(
    act: str, state: str, queue: str, by: str, reason: str, then: Callable[[list[str]], None]
) -> None:
    names = queue_book().parts_of(queue)
    with transaction.atomic():
        for name in names:
            store.set_state(name, state, by, reason)
            audit.record(act, f"queue {name}", by, reason=reason)
    transaction.on_commit(partial(then, names))


def clear(queue: str, by: str, reason: str = "") -> int:
    """Cancel every job of the queue that has not started, a batch at a time; answers how many.

    Jobs that start meanwhile are left alone.
    """
    why = reason or f"the queue was cleared by {by}"
    return sum(_clear_part(name, by, reason, why) for name in queue_book().parts_of(queue))


def _clear_part(name: str, by: str, reason: str, why: str) -> int:
    cleared, after = 0, 0
    while True:
        rows = _not_started(name, after)
        if not rows:
            audit.record("clear", f"queue {name}", by, reason=reason, cancelled=cleared)
            return cleared
        after = rows[-1][0]
        cleared += _cancel_all(name, [uid for _, uid in rows], why)


def change_limits(queue: str, changes: Mapping[str, Any], by: str) -> Limits:
    """Override limits of a queue, live; None takes an override back, `none` or 0 lifts a declared limit.

    Answers with the limits that hold now. OptionRefused names what is wrong; nothing is stored then.
    """
    checked, limits = check_limits(queue, changes)
    names = queue_book().parts_of(queue)
    with transaction.atomic():
        for name in names:
            store.set_limits(name, checked, by)
            audit.record("change limits", f"queue {name}", by, **checked)
    transaction.on_commit(partial(wake, names), robust=True)
    return limits


def check_limits(queue: str, changes: Mapping[str, Any]) -> tuple[dict[str, Any], Limits]:
    """The changes as they would be stored, and the limits that would hold. OptionRefused names what is wrong."""
    checked = {name: _checked(name, value) for name, value in changes.items()}
    return checked, _resulting(queue_book().get(queue), checked)


def _resulting(declared: Queue, checked: Mapping[str, Any]) -> Limits:
    """The limits as they will be. OptionRefused when they would not make sense."""
    row = settings_of(declared.parts[0].name)
    for name, value in checked.items():
        setattr(row, name, value)
    limits = resolve(declared, row)
    if limits.per_key and declared.key is None:
        per_key = (name for name in ("rate_per_key", "max_running_per_key", "fair") if checked.get(name))
        raise OptionRefused(
            next(per_key, next(iter(checked))), f"the queue {declared.name!r} declares no key to count by"
        )
    whole = [name for name in ("rate", "max_running") if checked.get(name) and getattr(limits, name)]
    if whole and (declared.partitions > 1 or declared.part_of):
        raise OptionRefused(
            whole[0], f"no leader sees all partitions of {declared.declared_name!r}; limit it per key"
        )
    return limits


def _checked(name: str, value: Any) -> Any:
    if name not in SETTABLE:
        raise OptionRefused(name, f"is no limit; the limits are {', '.join(SETTABLE)}")
    if value is None:
        return None
    if name in _RATES:
        return _rate(name, str(value))
    if name == "fair":
        return bool(value)
    whole = name in _COUNTS
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or value < 0
        or (whole and value != int(value))
        or value > _MOST
    ):
        raise OptionRefused(
            name,
            f"must be a {'whole ' if whole else ''}number up to {_MOST:,}, 0 for no limit, got {value!r}",
        )
    return int(value) if whole else float(value)


def _rate(name: str, text: str) -> str:
    try:
        return text if text == NO_RATE else str(parse_rate(text))
    except ValueError as error:
        raise OptionRefused(name, f"{error}, or {NO_RATE!r}") from None


def _take_tickets(queues: list[str]) -> None:
    try:
        for queue in queues:
            leases.pause(client(), queue)
        _let_the_claimed_begin(queues)
    except REDIS_ERRORS as error:
        raise Unavailable(
            f"{queue} is paused, but Redis does not answer: a job that was released before may still start."
        ) from error
    wake(queues)


def _let_the_claimed_begin(queues: list[str]) -> None:
    """Bundles claim a few milliseconds ahead: what was claimed a moment ago may not have begun yet."""
    end = time.monotonic() + _AHEAD
    while time.monotonic() < end:
        age = leases.youngest(client(), queues)
        if age is None or age >= _AHEAD:
            return
        time.sleep(0.01)


def _allow_tickets(queues: list[str]) -> None:
    try:
        for queue in queues:
            leases.resume(client(), queue)
    except REDIS_ERRORS:
        return  # the leaders do it as soon as Redis answers
    wake(queues)


def _not_started(queue: str, after: int) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_NOT_STARTED, [queue, after, _BATCH])
        return list(cursor.fetchall())


def _cancel_all(queue: str, uids: Sequence[str], reason: str) -> int:
    """Withdraw the tickets first: once that is done, no claim can start these jobs."""
    names = [keys.tickets(queue), keys.running(queue), keys.withdrawn(queue), keys.ended(queue)]
    calls = [scripts.Call("withdraw", names, [uid, 60_000]) for uid in uids]
    try:
        answers = scripts.call_all(client(), calls)
    except REDIS_ERRORS as error:
        raise Unavailable("Redis does not answer; the rest of the queue was not cleared.") from error
    free = [uid for uid, answer in zip(uids, answers, strict=True) if answer == "withdrawn"]
    with transaction.atomic():
        ended = end_withdrawn(free, reason)
        parents = count_down([(row_id, False) for row_id in ended])
        transaction.on_commit(partial(wake, sorted({queue, *(p.queue for p in parents)})), robust=True)
    tell_parents(parents)
    return len(ended)


_NOT_STARTED = """
SELECT id, uid FROM jobs_job
WHERE queue = %s AND state IN ('waiting', 'delayed', 'blocked') AND id > %s ORDER BY id LIMIT %s
"""
