"""Entries of the event log as values."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

OUTCOMES = frozenset(
    {"completed", "retried", "snoozed", "failed", "stalled", "cancelled", "expired", "replaced"}
)

_LAST_MS = 253_402_300_800_000  # the year 10000, which Python's dates do not reach


@dataclass(frozen=True)
class Event:
    """One entry. Times are Redis time in ms, to the microsecond; `started_ms` is set on outcomes."""

    queue: str
    cursor: str
    kind: str
    uid: str = ""
    run: int = 0
    at_ms: float = 0
    started_ms: float = 0
    worker: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_outcome(self) -> bool:
        """Whether it ends a run."""
        return self.kind in OUTCOMES


class MalformedEvent(Exception):
    """An entry that no worker of ours wrote; it is skipped and reported, never a reason to stop."""


def parse(queue: str, cursor: str, fields: Mapping[str, str]) -> Event:
    """An entry of the stream. MalformedEvent when it makes no sense."""
    try:
        data = json.loads(fields.get("d") or "{}", parse_constant=lambda _: None)
        if not isinstance(data, dict):
            raise MalformedEvent(f"{queue} {cursor}: data is no object")
        event = Event(
            queue=queue,
            cursor=cursor,
            kind=fields["e"],
            uid=fields.get("j", ""),
            run=int(fields.get("r", 0)),
            at_ms=float(fields.get("t", 0)),
            started_ms=float(fields.get("s", 0)),
            worker=fields.get("w", ""),
            data=data,
        )
    except (ArithmeticError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise MalformedEvent(f"{queue} {cursor}: {error!r}") from error
    if not (0 <= event.run < 2**31 and 0 <= event.at_ms < _LAST_MS and 0 <= event.started_ms < _LAST_MS):
        raise MalformedEvent(f"{queue} {cursor}: a number is out of range")
    return event


def rounds(events: Iterable[Event]) -> list[list[Event]]:
    """Split a batch so that no round has two outcomes of one job; order within a job is kept."""
    split: list[list[Event]] = []
    place: dict[str, int] = {}
    for event in events:
        index = place.get(event.uid, 0)
        while len(split) <= index:
            split.append([])
        split[index].append(event)
        if event.is_outcome:
            place[event.uid] = index + 1
    return split
