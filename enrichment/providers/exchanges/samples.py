"""The sandbox's sample accounts, for people who have none at hand. Their keys are worth nothing elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from enrichment.providers.exchanges.addresses import exchanges
from enrichment.providers.exchanges.records import ApiKeys
from enrichment.providers.samples import offered


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
    return offered("sandbox/exchange/accounts", partial(_accounts, local.name))


def _accounts(exchange: str, rows: Sequence[dict[str, Any]]) -> tuple[SampleAccount, ...]:
    return tuple(
        SampleAccount(
            exchange, row["name"], row["label"], row["description"], row["orders"],
            ApiKeys(row["api_key"], row["api_secret"]),
        )
        for row in rows
        if not row["revoked"]
    )  # fmt: skip
