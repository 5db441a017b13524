"""/intents: hand one in, read what became of it."""

from typing import Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from analysis.flows.intents import start_intent
from analysis.services.intents.draft import Draft
from execution.flows.intents import INTENT
from execution.http import represent as own
from execution.http.answers import IntentDetail, IntentList, IntentStartedOut, SenderOut
from execution.queries.intents import newest_intents, senders, trail_of
from jobs.http import represent
from jobs.http.answers import PROBLEMS
from jobs.http.auth import must_start

router = Router(by_alias=True, tags=["intents"])


class Wanted(Schema):
    """Which page of the list."""

    state: Literal["", "received", "invalid", "accepted", "sent", "confirmed", "failed"] = ""
    after: int | None = Field(None, ge=1, le=2**62, description="The cursor of the page before.")
    limit: int = Field(50, ge=1, le=200)


@router.get("", response={200: IntentList, **PROBLEMS})
def newest(request: HttpRequest, wanted: Query[Wanted]) -> IntentList:
    """Intents, newest first, and the accounts that may act."""
    rows = newest_intents(wanted.state, wanted.after, wanted.limit)
    return IntentList(
        items=[own.intent(row) for row in rows],
        next=rows[-1].pk if len(rows) == wanted.limit else None,
        senders=[SenderOut.model_validate(sender) for sender in senders()],
    )


@router.post("", response={202: IntentStartedOut, **PROBLEMS})
def create(request: HttpRequest, draft: Draft) -> Status[IntentStartedOut]:
    """Hand an intent in: it is checked, and when it is valid, executed. Amounts are in wei.

    With a `requestKey` the same intent is never stored twice.
    """
    must_start(request, *INTENT)
    started = start_intent(draft)
    return Status(
        202,
        IntentStartedOut(
            id=started.intent.uid,
            created=started.created,
            correlation_id=started.intent.correlation_id,
            job_id=started.job_id,
            links=represent.links(started.job_id),
        ),
    )


@router.get("/{uid}", response={200: IntentDetail, **PROBLEMS})
def read(request: HttpRequest, uid: str) -> IntentDetail:
    """One intent: the verdict, the jobs of both queues, the transaction and its signed forms."""
    return own.trail(trail_of(uid))
