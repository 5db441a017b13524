"""The sandbox's sample wallets, for people who have none at hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from enrichment.providers.addresses import solana
from enrichment.providers.samples import offered


@dataclass(frozen=True)
class SampleWallet:
    """A wallet of the sandbox: how it trades, in a word and in a sentence."""

    address: str
    label: str
    style: str
    description: str
    transactions: int


def fetch_sample_wallets() -> tuple[SampleWallet, ...]:
    """All sample wallets, cached; none when the sandbox is out of reach or the chain is a real one."""
    if not solana().is_sandbox:
        return ()
    return offered("sandbox/wallets", _wallets)


def _wallets(rows: Sequence[dict[str, Any]]) -> tuple[SampleWallet, ...]:
    names = SampleWallet.__dataclass_fields__
    return tuple(SampleWallet(**{name: row[name] for name in names}) for row in rows)
