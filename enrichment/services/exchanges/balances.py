"""What an account holds now."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from enrichment.models import ExchangeAccount, ExchangeBalance
from enrichment.providers.exchanges.client import ExchangeClient


@dataclass(frozen=True)
class ExchangeBalanceResult:
    """How many assets the account holds, and when that was asked (ISO 8601 in UTC)."""

    account: str
    exchange: str
    assets: int
    fetched_at: str


def refresh_balances(account: ExchangeAccount, client: ExchangeClient) -> ExchangeBalanceResult:
    """Ask the exchange, and put the answer in the place of what is stored. Raises what the client raises."""
    held = client.balances()
    now = timezone.now()
    with transaction.atomic():
        ExchangeAccount.objects.select_for_update().get(pk=account.pk)
        ExchangeBalance.objects.filter(account=account).delete()
        ExchangeBalance.objects.bulk_create(
            ExchangeBalance(account=account, asset=one.asset[:20], free=one.free, locked=one.locked)
            for one in held
        )
        ExchangeAccount.objects.filter(pk=account.pk).update(balances_at=now)
    return ExchangeBalanceResult(account.uid, account.exchange, len(held), now.isoformat())
