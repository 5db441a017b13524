"""What is stored of wallets, for jobs that work on many of them."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from enrichment.models import SyncState, TokenBalance, Wallet


def wallets_needing_sync(addresses: Sequence[str], most_age: float | None = None) -> list[str]:
    """Those whose history is not stored as a whole, or was synced longer ago than `most_age` seconds.

    The order is kept.
    """
    whole = SyncState.objects.filter(
        wallet__address__in=addresses, complete=True, walk__isnull=True, last_synced_at__isnull=False
    )
    if most_age is not None:
        whole = whole.filter(last_synced_at__gt=timezone.now() - timedelta(seconds=most_age))
    current = set(whole.values_list("wallet__address", flat=True))
    return [address for address in addresses if address not in current]


def wallets_without_balances(addresses: Sequence[str]) -> list[str]:
    """Those whose balances were never fetched; the order is kept."""
    known = set(
        Wallet.objects.filter(address__in=addresses, balances_at__isnull=False).values_list(
            "address", flat=True
        )
    )
    return [address for address in addresses if address not in known]


def held_mints(addresses: Sequence[str]) -> list[str]:
    """The tokens that the wallets hold, those of the most wallets first."""
    rows = TokenBalance.objects.filter(wallet__address__in=addresses, amount__gt=0)
    counted = rows.values("mint").annotate(holders=Count("wallet")).order_by("-holders", "mint")
    return [row["mint"] for row in counted]
