"""Notifications as people see them: the newest first, each with the state that it is really in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

from execution.models import Notification
from jobs.errors import NotFound
from jobs.models import Job

_OPEN = {Notification.State.WAITING, Notification.State.SENDING, Notification.State.RETRYING}
_GIVEN_UP: dict[str, "Shown"] = {"failed": "failed", "cancelled": "cancelled"}

Shown = Literal["waiting", "sending", "retrying", "delivered", "failed", "cancelled"]


@dataclass(frozen=True)
class NotificationView:
    """A row, and its state: one whose job has ended without delivering it is not waiting any more."""

    row: Notification
    state: Shown


@dataclass(frozen=True)
class NotificationPage:
    """One page; `next` is the cursor of the page after it."""

    items: Sequence[NotificationView]
    next: int | None


def notifications(
    limit: int = 50, before: int | None = None, *, channel: str = "", state: str = ""
) -> NotificationPage:
    """The newest notifications; `state` is that of the row."""
    rows = Notification.objects.order_by("-id")
    wanted = {"channel": channel, "state": state}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if before:
        rows = rows.filter(id__lt=before)
    found = list(rows[: limit + 1])
    return NotificationPage(_seen(found[:limit]), found[limit - 1].pk if len(found) > limit else None)


def notification(number: int) -> NotificationView:
    """One notification. NotFound when there is none."""
    row = Notification.objects.filter(pk=number).first()
    if row is None:
        raise NotFound(f"There is no notification {number}.")
    return _seen([row])[0]


def _seen(rows: Sequence[Notification]) -> list[NotificationView]:
    waiting = {row.job_uid for row in rows if row.state in _OPEN}
    states = dict(Job.objects.filter(uid__in=waiting).values_list("uid", "state"))
    return [NotificationView(row, _state(row, states)) for row in rows]


def _state(row: Notification, states: dict[str, str]) -> Shown:
    own = cast("Shown", row.state)
    if own not in _OPEN:
        return own
    # A job that is gone was pruned, and only ended ones are.
    return _GIVEN_UP.get(states.get(row.job_uid, "failed"), own)
