"""The sandbox's sample accounts, for people who have none at hand. Their keys are worth nothing elsewhere."""

from dataclasses import dataclass, field

from django.conf import settings
from django.core.cache import cache

from enrichment.providers.exchanges.addresses import exchanges
from enrichment.providers.exchanges.records import ApiKeys
from enrichment.providers.http import Service
from jobs.errors import JobError

_SERVICE = Service("the sandbox", connect=0.5, answer=2.0)
_KEY = "enrichment:sample-exchange-accounts"
_KEPT = 300  # seconds; an empty answer is asked for again sooner
_EMPTY_KEPT = 5


@dataclass(frozen=True)
class SampleAccount:
    """An account of the sandbox's exchange: how it trades, in a sentence, and its keys."""

    exchange: str
    name: str
    label: str
    description: str
    orders: int
    keys: ApiKeys = field(repr=False)


def fetch_sample_accounts() -> tuple[SampleAccount, ...]:
    """All sample accounts, cached; none when the sandbox is out of reach or the exchanges are real ones."""
    local = next((one for one in exchanges().values() if one.is_sandbox), None)
    if local is None:
        return ()
    known: tuple[SampleAccount, ...] | None = cache.get(_KEY)
    if known is None:
        known = _ask(local.name)
        cache.set(_KEY, known, _KEPT if known else _EMPTY_KEPT)
    return known


def _ask(exchange: str) -> tuple[SampleAccount, ...]:
    try:
        rows = _SERVICE.get(f"{settings.SANDBOX_URL.rstrip('/')}/sandbox/exchange/accounts", {})
    except JobError:
        return ()
    return tuple(
        SampleAccount(
            exchange, row["name"], row["label"], row["description"], row["orders"],
            ApiKeys(row["api_key"], row["api_secret"]),
        )
        for row in rows
        if not row["revoked"]
    )  # fmt: skip
