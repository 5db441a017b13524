"""/monitoring: alerts with their rules and silences, and the signal that autoscalers read."""

from datetime import datetime
from typing import Literal

from django.db import transaction
from django.http import HttpRequest
from ninja import Field, Query, Router
from ninja.responses import Status

from jobs import audit
from jobs.configuration import queue_book
from jobs.errors import NotFound
from jobs.http.answers import PROBLEMS
from jobs.http.auth import must_operate
from jobs.http.schemas import Camel, Strict, Text
from monitoring.models import Alert, AlertRule
from monitoring.queries.scaling import signals
from monitoring.scaling import together
from monitoring.services.alerts import silence, trial_of
from monitoring.tasks.alerts import tell

router = Router(by_alias=True, tags=["monitoring"])


class AlertOut(Camel):
    """An alert; resolved ones are the history."""

    id: int
    rule: str
    subject: str
    state: Literal["pending", "firing", "resolved"]
    severity: str
    value: float
    threshold: float
    since: datetime
    fired_at: datetime | None
    resolved_at: datetime | None
    told_at: datetime | None
    silenced: bool


class Alerts(Camel):
    """Alerts, newest first."""

    items: list[AlertOut]


class AlertFilter(Camel):
    """Which alerts."""

    state: Literal["pending", "firing", "resolved"] | None = None
    limit: int = Field(100, ge=1, le=500)


class RuleOut(Camel):
    """A rule: it fires while `measure` exceeds `threshold` for `forSeconds`. An empty subject is every one."""

    name: str
    measure: str
    subject: str
    threshold: float
    for_seconds: float
    cooldown_seconds: float
    severity: str
    channel: str
    recipient: str
    advice: str
    enabled: bool


class Rules(Camel):
    """Every rule."""

    rules: list[RuleOut]


class SilenceIn(Strict):
    """Tell nobody for a while; without a rule or subject, of none of them."""

    rule: Text | None = None
    subject: Text | None = None
    minutes: float = Field(gt=0, le=60 * 24 * 30)
    reason: Text | None = None


class SilenceOut(Camel):
    """Until when nobody is told."""

    until: datetime


class Tested(Camel):
    """The job that delivers the test message; empty when it only went to the log."""

    job_id: str


class SignalOut(Camel):
    """`runnable`: jobs that a free slot would start now, 0 while paused, limited or held back by a breaker.

    `slots`: how many are worth having; `drainSeconds` null: the backlog does not shrink.
    """

    queue: str
    runnable: int
    slots: int
    drain_seconds: float | None


class Signals(Camel):
    """Every queue's."""

    queues: list[SignalOut]


@router.get("/alerts", response={200: Alerts, **PROBLEMS})
def read_alerts(request: HttpRequest, wanted: Query[AlertFilter]) -> Alerts:
    """Alerts of the platform: pending, firing, and the history."""
    found = Alert.objects.filter(**({"state": wanted.state} if wanted.state else {})).order_by("-id")
    return Alerts(items=[AlertOut.model_validate(alert) for alert in found[: wanted.limit]])


@router.get("/rules", response={200: Rules, **PROBLEMS})
def read_rules(request: HttpRequest) -> Rules:
    """The rules; the admin edits them."""
    return Rules(rules=[RuleOut.model_validate(rule) for rule in AlertRule.objects.order_by("name")])


@router.post("/rules/{rule}/test", response={202: Tested, **PROBLEMS})
def test_rule(request: HttpRequest, rule: Text) -> Status[Tested]:
    """Send a message as the rule would, to see that it arrives."""
    must_operate(request)
    found = AlertRule.objects.filter(name=rule).first()
    if found is None:
        raise NotFound(f"There is no rule {rule!r}.")
    with transaction.atomic():
        audit.record("test alert rule", f"rule {rule}")
        return Status(202, Tested(job_id=tell(trial_of(found))))


@router.post("/silences", response={201: SilenceOut, **PROBLEMS})
def add_silence(request: HttpRequest, body: SilenceIn) -> Status[SilenceOut]:
    """Tell nobody of these alerts for a while; they fire all the same."""
    user = str(must_operate(request))
    made = silence(body.rule or "", body.subject or "", body.minutes * 60, user, body.reason or "")
    return Status(201, SilenceOut(until=made.until))


@router.get("/autoscaling", response={200: Signals, **PROBLEMS})
def read_signals(request: HttpRequest) -> Signals:
    """What each queue could use: for KEDA's metrics-api scaler (`valueLocation: queues.0.slots`) and others."""
    return Signals(
        queues=[SignalOut(queue=name, **vars(found)) for name, found in signals(queue_book().names).items()]
    )


@router.get("/autoscaling/{queue}", response={200: SignalOut, **PROBLEMS})
def read_signal(request: HttpRequest, queue: Text) -> SignalOut:
    """The signal of one queue (`valueLocation: slots`); that of a queue with partitions is of all of them together."""
    found = signals(queue_book().parts_of(queue))
    return SignalOut(queue=queue_book().get(queue).name, **vars(together(list(found.values()))))
