"""The sandbox's coins, for people who follow none yet."""

from dataclasses import dataclass

from django.conf import settings

from enrichment.providers.addresses import solana
from enrichment.providers.http import Service
from enrichment.providers.solana.programs import MONEY
from jobs.errors import JobError

_SERVICE = Service("the sandbox", connect=0.5, answer=2.0)


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
        rows = _SERVICE.get(f"{settings.SANDBOX_URL.rstrip('/')}/sandbox/tokens", {})
    except JobError:
        return ()
    return tuple(
        SampleCoin(row["mint"], row["symbol"], row["name"]) for row in rows if row["mint"] not in MONEY
    )
