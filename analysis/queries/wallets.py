"""What the wallet pages show. Amounts are whole units; money is in SOL, with the price of SOL beside it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Max, Min, Q

from analysis.models import PnlReport
from enrichment.models import (
    SyncState,
    Token,
    TokenBalance,
    TokenMarket,
    Trade,
    Wallet,
    WalletTransaction,
)
from enrichment.providers.solana.programs import SOL_MINT
from enrichment.providers.solana.samples import SampleWallet, fetch_sample_wallets
from enrichment.queries.tokens import tokens_with_markets

__all__ = [
    "Balance",
    "SampleWallet",
    "WalletOverview",
    "WalletRow",
    "recent_wallets",
    "sample_wallets",
    "wallet_overview",
]

_SOL_DECIMALS = 9


@dataclass(frozen=True)
class WalletRow:
    """A wallet in a list; `net` is that of its newest report by any method, in SOL."""

    address: str
    transactions: int
    complete: bool
    last_synced_at: datetime | None
    net: Decimal | None
    method: str | None


@dataclass(frozen=True)
class Balance:
    """What a wallet holds of one token; price, value, liquidity and market cap in dollars, where they are known.

    `source` is who told the price, `priced_at` when; `change_24h` is in per cent.
    """

    mint: str
    symbol: str
    name: str
    amount: Decimal
    price: Decimal | None = None
    value: Decimal | None = None
    change_24h: Decimal | None = None
    liquidity: Decimal | None = None
    market_cap: Decimal | None = None
    image: str = ""
    page: str = ""
    source: str = ""
    priced_at: datetime | None = None


@dataclass(frozen=True)
class WalletOverview:
    """What is stored of a wallet; `known` is False for one that nobody asked about yet."""

    address: str
    known: bool
    transactions: int = 0
    failed: int = 0
    trades: int = 0
    complete: bool = False
    first_at: datetime | None = None
    last_at: datetime | None = None
    last_synced_at: datetime | None = None
    sol: Decimal | None = None
    balances: tuple[Balance, ...] = ()
    balances_at: datetime | None = None

    @property
    def holdings_value(self) -> Decimal | None:
        """Dollars of all tokens that have a price; None when none has."""
        values = [balance.value for balance in self.balances if balance.value is not None]
        return sum(values, Decimal(0)) if values else None


def sample_wallets() -> tuple[SampleWallet, ...]:
    """Wallets to try, from the sandbox; none when it is out of reach or the chain is a real one."""
    return fetch_sample_wallets()


def recent_wallets(limit: int = 20) -> tuple[WalletRow, ...]:
    """The wallets that were synced last."""
    states = SyncState.objects.exclude(last_synced_at=None).select_related("wallet")
    newest = list(
        states.annotate(found=Count("wallet__transactions")).order_by("-last_synced_at", "-id")[:limit]
    )
    reports = _newest_reports([state.wallet.address for state in newest])
    return tuple(
        WalletRow(
            address=state.wallet.address,
            transactions=state.found,
            complete=state.complete,
            last_synced_at=state.last_synced_at,
            net=reports[state.wallet.address][0] if state.wallet.address in reports else None,
            method=reports[state.wallet.address][1] if state.wallet.address in reports else None,
        )
        for state in newest
    )


def wallet_overview(address: str) -> WalletOverview:
    """What is stored of one wallet."""
    wallet = Wallet.objects.filter(address=address).first()
    if wallet is None:
        return WalletOverview(address, known=False)
    state = SyncState.objects.filter(wallet=wallet).first()
    sums = WalletTransaction.objects.filter(wallet=wallet).aggregate(
        found=Count("id"), failed=Count("id", filter=Q(failed=True)), first=Min("time"), last=Max("time")
    )
    return WalletOverview(
        address=address,
        known=True,
        transactions=sums["found"],
        failed=sums["failed"],
        trades=Trade.objects.filter(transaction__wallet=wallet).count(),
        complete=bool(state and state.complete),
        first_at=sums["first"],
        last_at=sums["last"],
        last_synced_at=state.last_synced_at if state else None,
        sol=None if wallet.lamports is None else wallet.lamports.scaleb(-_SOL_DECIMALS),
        balances=_balances(wallet),
        balances_at=wallet.balances_at,
    )


def _newest_reports(addresses: list[str]) -> dict[str, tuple[Decimal, str]]:
    rows = PnlReport.objects.filter(address__in=addresses).order_by("address", "-computed_at")
    found = rows.distinct("address").values_list("address", "net", "method")
    return {address: (net, method) for address, net, method in found}


def _balances(wallet: Wallet) -> tuple[Balance, ...]:
    """SOL first, then what is worth the most, then what has no price."""
    held = list(TokenBalance.objects.filter(wallet=wallet, amount__gt=0).order_by("mint"))
    tokens = tokens_with_markets([balance.mint for balance in held])
    rows = [_balance(balance, tokens.get(balance.mint)) for balance in held]
    return tuple(
        sorted(rows, key=lambda row: (row.mint != SOL_MINT, -(row.value or 0), not row.symbol, row.symbol))
    )


def _balance(held: TokenBalance, token: Token | None) -> Balance:
    amount = held.amount.scaleb(-held.decimals)
    symbol, name = (token.symbol, token.name) if token else ("", "")
    market: TokenMarket | None = getattr(token, "market", None)
    if market is None:
        return Balance(held.mint, symbol, name, amount)
    return Balance(
        mint=held.mint,
        symbol=symbol,
        name=name,
        amount=amount,
        price=market.price,
        value=None if market.price is None else amount * market.price,
        change_24h=market.change_24h,
        liquidity=market.liquidity,
        market_cap=market.market_cap,
        image=market.image,
        page=market.page,
        source=market.source,
        priced_at=market.fetched_at,
    )
