"""The sandbox's coins, for people who follow none yet."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from enrichment.providers.addresses import solana
from enrichment.providers.http import SANDBOX
from enrichment.providers.solana.programs import MONEY
from jobs.errors import JobError


@dataclass(frozen=True)
class SampleCoin:
    """A coin of the sandbox's market."""

    mint: str
    symbol: str
    name: str


def fetch_sample_coins() -> tuple[SampleCoin, ...]:
    """Every coin that is traded there but money; none when it is out of reach or the chain is a real one."""
    if not solana().is_sandbox:
        return ()
    try:
        return SANDBOX.get(f"{settings.SANDBOX_URL.rstrip('/')}/sandbox/tokens", {}, _coins)
    except JobError:
        return ()


def _coins(rows: Any) -> tuple[SampleCoin, ...]:
    return tuple(
        SampleCoin(row["mint"], row["symbol"], row["name"]) for row in rows if row["mint"] not in MONEY
    )
