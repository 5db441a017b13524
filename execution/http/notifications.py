"""/notifications: tell somebody something, see what became of it."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Path, Query, Router
from ninja.responses import Status
from pydantic import JsonValue

from execution.flows.notifications import notify
from execution.queries.notifications import NotificationView, Shown, notification, notifications
from execution.recipients import Channel
from execution.tasks.notifications import send_notification
from jobs.http import represent
from jobs.http.answers import PROBLEMS, Links
from jobs.http.auth import must_start
from jobs.http.schemas import Camel, RowId, Strict, Tag
from jobs.http.words import in_the_words_of_the_body

router = Router(by_alias=True, tags=["notifications"])

Number = Annotated[RowId, Path(description="The notification's number.")]


class NotificationIn(Strict):
    """A message. Texts are checked by the job itself, field by field."""

    channel: Channel
    recipient: str = Field(description="A URL, an e-mail address, or a name for the log.", max_length=2000)
    subject: str = Field(max_length=200)
    body: str = Field("", max_length=20_000)
    data: dict[str, JsonValue] = Field(default_factory=dict, description="Goes with a webhook's body.")
    idempotency_key: str = Field("", description="One delivery per key; empty makes one up.", max_length=200)
    priority: int | None = Field(None, ge=1, le=10)
    tags: list[Tag] = Field(default_factory=list, max_length=20)


class NotificationOut(Camel):
    """A notification; of a webhook's URL only the host is shown."""

    id: int
    idempotency_key: str
    channel: str
    recipient: str
    subject: str
    body: str
    data: dict[str, Any]
    state: Shown
    attempts: int = Field(description="Tries to hand it over, also those that were asked to wait (429).")
    last_error: str
    created_at: datetime
    delivered_at: datetime | None
    job_id: str
    links: Links


class NotificationAsked(Camel):
    """The notification and its job; `created` is false when the key was there before."""

    id: int
    idempotency_key: str
    job_id: str
    created: bool
    links: Links


class NotificationList(Camel):
    """A page; `next` is the cursor of the page after it."""

    items: list[NotificationOut]
    next: int | None


class Wanted(Camel):
    """Which, and how many."""

    limit: int = Field(50, ge=1, le=200)
    cursor: RowId | None = None
    channel: Channel | None = None


@router.post("", response={202: NotificationAsked, **PROBLEMS})
def send(request: HttpRequest, response: HttpResponse, body: NotificationIn) -> Status[NotificationAsked]:
    """Send a message once per idempotency key; 422 for a key that another message had."""
    must_start(request, send_notification)
    options = {"priority": body.priority, "tags": body.tags or None}
    with in_the_words_of_the_body():
        asked = notify(
            body.channel.value, body.recipient, body.subject, body.body, body.data, body.idempotency_key,
            **{name: value for name, value in options.items() if value is not None},
        )  # fmt: skip
    links = represent.links(asked.job_uid)
    response["Location"] = f"{request.path}/{asked.notification.pk}"
    return Status(
        202,
        NotificationAsked(
            id=asked.notification.pk,
            idempotency_key=asked.notification.idempotency_key,
            job_id=asked.job_uid,
            created=asked.created,
            links=links,
        ),
    )


@router.get("", response={200: NotificationList, **PROBLEMS})
def listing(request: HttpRequest, wanted: Query[Wanted]) -> NotificationList:
    """The notifications, newest first, a page at a time."""
    page = notifications(wanted.limit, wanted.cursor, channel=wanted.channel.value if wanted.channel else "")
    return NotificationList(items=[_out(view) for view in page.items], next=page.next)


@router.get("/{number}", response={200: NotificationOut, **PROBLEMS})
def read(request: HttpRequest, number: Number) -> NotificationOut:
    """One notification, with its state, attempts and last error."""
    return _out(notification(number))


def _out(view: NotificationView) -> NotificationOut:
    row = view.row
    same = ("idempotency_key", "channel", "recipient", "subject", "body", "data", "attempts", "last_error",
            "created_at", "delivered_at")  # fmt: skip
    return NotificationOut(
        **{name: getattr(row, name) for name in same},
        id=row.pk,
        state=view.state,
        job_id=row.job_uid,
        links=represent.links(row.job_uid),
    )
