"""Stores intents, and decides on them."""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from analysis.models import Intent
from analysis.services.intents.draft import Draft
from analysis.services.intents.facts import Facts, with_history
from analysis.services.intents.strategies import reasons_against, strategy_named
from jobs.errors import Permanent, Refused
from jobs.ids import new_id


@dataclass(frozen=True)
class Verdict:
    """What was decided; `handed_over` is True for the one who decided that it is valid."""

    intent_id: str
    state: str
    reasons: list[dict[str, str]]
    handed_over: bool = False


def store_intent(draft: Draft) -> tuple[Intent, bool]:
    """The row of a new intent, and whether it is new: the same `request_key` meets the first one.

    Raises Refused for a strategy that is none, and for a key that another intent has.
    """
    strategy = strategy_named(draft.strategy)
    uid = new_id()
    values: dict[str, Any] = draft.model_dump(exclude={"strategy", "request_key"})
    fresh = {"uid": uid, "correlation_id": f"intent-{uid}", "strategy": strategy, **values}
    if draft.request_key is None:
        return Intent.objects.create(**fresh), True
    row, created = Intent.objects.get_or_create(request_key=draft.request_key, defaults=fresh)
    if not created and not _is_same(row, values | {"strategy": strategy}):
        problem = "was used for another intent before"
        raise Refused(f"The request key {problem}.", {"requestKey": problem})
    return row, created


def _is_same(row: Intent, values: dict[str, Any]) -> bool:
    """Of an intent that named no chain, the one it was decided for is in the row."""
    wanted = {name: value for name, value in values.items() if name != "chain_id" or value is not None}
    return all(getattr(row, name) == value for name, value in wanted.items())


def intent_named(uid: str) -> Intent:
    """An intent with its strategy. Permanent when there is none."""
    found = Intent.objects.select_related("strategy").filter(uid=uid).first()
    if found is None:
        raise Permanent(f"there is no intent {uid}")
    return found


@transaction.atomic
def decide(uid: str, facts: Facts) -> Verdict:
    """Run the strategy's checks and write the verdict, once: a decided intent stays as it is.

    Intents of one sender are decided one after another, so that two cannot both be within a limit that has
    room for one.
    """
    intent = intent_named(uid)
    _lock_sender(intent.sender)
    intent = Intent.objects.select_for_update(of=("self",)).select_related("strategy").get(pk=intent.pk)
    if intent.state != Intent.State.RECEIVED:
        return Verdict(uid, intent.state, intent.reasons)
    intent.reasons = reasons_against(intent, with_history(facts, intent), intent.strategy.checks)
    intent.state = Intent.State.INVALID if intent.reasons else Intent.State.ACCEPTED
    intent.chain_id = intent.chain_id or facts.chain_id
    intent.save(update_fields=["state", "reasons", "chain_id", "updated_at"])
    return Verdict(uid, intent.state, intent.reasons, handed_over=not intent.reasons)


def _lock_sender(sender: str) -> None:
    """Until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"intents of {sender}"])
