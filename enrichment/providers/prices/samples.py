"""The sandbox's coins, for people who follow none yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from enrichment.providers.addresses import solana
from enrichment.providers.samples import asked
from enrichment.providers.solana.programs import MONEY


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
    return asked("sandbox/tokens", _coins)


def _coins(rows: Sequence[dict[str, Any]]) -> tuple[SampleCoin, ...]:
    return tuple(
        SampleCoin(row["mint"], row["symbol"], row["name"]) for row in rows if row["mint"] not in MONEY
    )
