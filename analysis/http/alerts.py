"""/alerts: everybody's own alert rules. Somebody else's do not exist for you."""

from dataclasses import replace
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router
from ninja.responses import Status

from analysis.flows.coins import start_alert_check
from analysis.http.coin_schemas import (
    AlertChange,
    AlertFilter,
    AlertIn,
    AlertList,
    AlertOut,
    FiringList,
    FiringOut,
)
from analysis.models import AlertRule
from analysis.queries.alerts import firings_of, rule_of, rules_of
from analysis.services.alerts.rules import Wanted, change_rule, create_rule, delete_rule, wanted_of
from analysis.services.alerts.words import condition
from analysis.tasks.alerts import check_specific_alert
from enrichment.models import Coin
from jobs.errors import NotFound
from jobs.http import represent
from jobs.http.answers import PROBLEMS, Started
from jobs.http.auth import must_start, user_of
from jobs.http.schemas import RowId

router = Router(by_alias=True, tags=["alerts"])

Id = Annotated[RowId, Path(description="The alert's id.")]


@router.get("", response={200: AlertList, **PROBLEMS})
def mine(request: HttpRequest, wanted: Query[AlertFilter]) -> AlertList:
    """Your alerts, newest first, a page at a time."""
    rules = rules_of(user_of(request), wanted.coin or "")
    rows = list((rules.filter(pk__lt=wanted.cursor) if wanted.cursor else rules)[: wanted.limit + 1])
    shown = rows[: wanted.limit]
    return AlertList(
        items=[_alert(rule) for rule in shown], next=shown[-1].pk if len(rows) > wanted.limit else None
    )


@router.post("", response={201: AlertOut, **PROBLEMS})
def create(request: HttpRequest, body: AlertIn) -> Status[AlertOut]:
    """Make an alert of your own; it is checked every minute from now on."""
    user = must_start(request, check_specific_alert)
    coin = Coin.objects.filter(slug=body.coin).first()
    if coin is None:
        raise NotFound(f"There is no coin {body.coin!r}; POST its mint to /coins first.")
    wanted = Wanted(**body.model_dump(exclude={"coin"}))
    return Status(201, _alert(create_rule(user, coin, wanted)))


@router.get("/{alert_id}", response={200: AlertOut, **PROBLEMS})
def read(request: HttpRequest, alert_id: Id) -> AlertOut:
    """One of your alerts."""
    return _alert(rule_of(user_of(request), alert_id))


@router.patch("/{alert_id}", response={200: AlertOut, **PROBLEMS})
def change(request: HttpRequest, alert_id: Id, body: AlertChange) -> AlertOut:
    """Change one of your alerts; what is left out stays."""
    rule = rule_of(must_start(request, check_specific_alert), alert_id)
    return _alert(change_rule(rule, replace(wanted_of(rule), **body.model_dump(exclude_none=True))))


@router.delete("/{alert_id}", response={204: None, **PROBLEMS})
def delete(request: HttpRequest, alert_id: Id) -> Status[None]:
    """Delete one of your alerts with its history."""
    delete_rule(rule_of(must_start(request, check_specific_alert), alert_id))
    return Status(204, None)


@router.get("/{alert_id}/firings", response={200: FiringList, **PROBLEMS})
def firings(request: HttpRequest, alert_id: Id) -> FiringList:
    """The last hundred times that one of your alerts came true."""
    found = firings_of([rule_of(user_of(request), alert_id)], 100)
    return FiringList(
        items=[
            FiringOut(
                fired_at=one.fired_at,
                value=one.value,
                threshold=one.threshold,
                message=one.message,
                job_id=one.job_uid,
            )
            for one in found
        ]
    )


@router.post("/{alert_id}/check", response={202: Started, **PROBLEMS})
def check(request: HttpRequest, alert_id: Id) -> Status[Started]:
    """Check one of your alerts now, instead of at the next minute."""
    rule = rule_of(must_start(request, check_specific_alert), alert_id)
    return Status(202, represent.started(start_alert_check(rule.pk, rule.coin)))


def _alert(rule: AlertRule) -> AlertOut:
    wanted = wanted_of(rule)
    return AlertOut(
        id=rule.pk,
        coin=rule.coin.slug,
        kind=rule.kind,
        threshold=rule.threshold,
        window=wanted.window,
        cooldown=wanted.cooldown,
        channel=rule.channel,
        recipient=rule.recipient,
        enabled=rule.enabled,
        condition=condition(rule.kind, rule.threshold, rule.window),
        created_at=rule.created_at,
        last_triggered_at=rule.last_triggered_at,
    )
