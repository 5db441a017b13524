"""What a wallet holds now."""

from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from enrichment.models import TokenBalance, Wallet
from enrichment.providers.solana.accounts import TokenAccount, lamports_of, token_accounts_of
from enrichment.providers.solana.rpc import Rpc


@dataclass(frozen=True)
class BalanceResult:
    """The native balance in lamports, how many tokens are held, and when (ISO 8601 in UTC)."""

    address: str
    lamports: int
    tokens: int
    token_accounts: int
    fetched_at: str


def refresh_balances(address: str, rpc: Rpc) -> BalanceResult:
    """Ask the node, and put the answer in the place of what is stored. Raises what the node raises."""
    lamports, accounts = lamports_of(rpc, address), token_accounts_of(rpc, address)
    held = _per_mint(accounts)
    now = timezone.now()
    with transaction.atomic():
        wallet, _ = Wallet.objects.get_or_create(address=address)
        Wallet.objects.select_for_update().get(pk=wallet.pk)
        TokenBalance.objects.filter(wallet=wallet).delete()
        TokenBalance.objects.bulk_create(
            TokenBalance(wallet=wallet, mint=mint, amount=amount, decimals=decimals)
            for mint, (amount, decimals) in held.items()
        )
        Wallet.objects.filter(pk=wallet.pk).update(lamports=lamports, balances_at=now)
    return BalanceResult(address, lamports, len(held), len(accounts), now.isoformat())


def _per_mint(accounts: list[TokenAccount]) -> dict[str, tuple[int, int]]:
    amounts: dict[str, int] = defaultdict(int)
    decimals = {account.mint: account.decimals for account in accounts}
    for account in accounts:
        amounts[account.mint] += account.amount
    return {mint: (amount, decimals[mint]) for mint, amount in amounts.items() if amount}
