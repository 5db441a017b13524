"""Accounts with money on the local chain, keys and all, for people who have none at hand."""

from dataclasses import dataclass, field

from django.conf import settings
from django.core.cache import cache

from enrichment.providers.addresses import evm
from enrichment.providers.http import Service
from jobs.errors import JobError

_SERVICE = Service("the sandbox", connect=0.5, answer=2.0)
_KEY = "enrichment:evm-accounts"
_KEPT = 300  # seconds; an empty answer is asked for again sooner
_EMPTY_KEPT = 5


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
    known: tuple[SampleAccount, ...] | None = cache.get(_KEY)
    if known is None:
        known = _ask()
        cache.set(_KEY, known, _KEPT if known else _EMPTY_KEPT)
    return known


def _ask() -> tuple[SampleAccount, ...]:
    try:
        rows = _SERVICE.get(f"{settings.SANDBOX_URL.rstrip('/')}/sandbox/evm/accounts", {})
    except JobError:
        return ()
    return tuple(SampleAccount(row["label"], row["address"], row["private_key"]) for row in rows)
