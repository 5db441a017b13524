"""Accounts with money on the local chain, keys and all, for people who have none at hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from enrichment.providers.addresses import evm
from enrichment.providers.samples import offered


@dataclass(frozen=True)
class SampleAccount:
    """A funded account of the local chain. Its key is worth nothing anywhere else."""

    label: str
    address: str
    private_key: str = field(repr=False)


def sample_accounts() -> tuple[SampleAccount, ...]:
    """All of them, cached; none when the sandbox is out of reach or the chain is a real one."""
    if not evm().is_sandbox:
        return ()
    return offered("sandbox/evm/accounts", _accounts)


def _accounts(rows: Sequence[dict[str, Any]]) -> tuple[SampleAccount, ...]:
    return tuple(SampleAccount(row["label"], row["address"], row["private_key"]) for row in rows)
