"""Works out and stores a wallet's profit and loss."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Context, Decimal
from typing import Any

from django.utils import timezone

from analysis.models import PnlReport
from analysis.services.pnl.as_json import report_as_json
from analysis.services.pnl.exact import plain, share
from analysis.services.pnl.lots import Method
from analysis.services.pnl.report import Report, calculate
from analysis.services.wallet_pnl.entries import entries_of
from analysis.services.wallet_pnl.flags import flags_of, incomplete_history, no_prices
from analysis.services.wallet_pnl.history import History, read_history
from analysis.services.wallet_pnl.worth import WorthBook
from enrichment.providers.prices.coingecko import sol_usd
from enrichment.providers.prices.dexscreener import dollar_prices
from enrichment.providers.solana.programs import DOLLARS, SOL_MINT
from jobs.errors import JobError, Permanent, RateLimited

OnStep = Callable[[float, str], None]  # share of the work done, and what comes next
_PLACES = Decimal(1).scaleb(-18)
_WIDE = Context(prec=200)
_ONE = Decimal(1)


@dataclass(frozen=True)
class PnlResult:
    """A report in short; money in SOL as exact decimal text, `computed_at` ISO 8601 in UTC."""

    address: str
    method: str
    transactions: int
    tokens: int
    gain: str
    income: str
    fees: str
    net: str
    unrealised: str | None
    sol_usd: str | None
    flags: int
    computed_at: str


@dataclass(frozen=True)
class Market:
    """Today's prices: dollars per SOL, SOL per token; `fault` says why there are none."""

    sol_usd: Decimal | None
    prices: dict[str, Decimal] | None
    fault: str = ""


def analyse(address: str, method: Method, on_step: OnStep) -> PnlResult:
    """Compute from what is stored, and put the report in the place of the one before.

    Raises Permanent for a wallet that was never synced, RateLimited when a price service asks to wait;
    without another service's prices the report only lacks what they are for, and says so.
    """
    on_step(0.05, "Reading the history")
    history = read_history(address)
    if not history.moments and not history.complete:
        raise Permanent(f"{address} has no stored history: sync_wallet must run first")
    on_step(0.3, "Asking for prices")
    market = ask_market(mint for mint in history.decimals if mint != SOL_MINT)
    on_step(0.5, f"Matching lots by {method.value}")
    report, flags = work_out(history, method, market)
    on_step(0.85, "Storing the report")
    return _store(address, len(history.moments), report, flags, market)


def work_out(history: History, method: Method, market: Market) -> tuple[Report, list[dict[str, Any]]]:
    """The engine's report on a history, and the flags that are not the engine's."""
    book = WorthBook(history.moments, history.decimals, market.sol_usd)
    found = entries_of(history.moments, book)
    flags = flags_of(found.notes)
    if not history.complete:
        flags.append(incomplete_history())
    if market.fault:
        flags.append(no_prices(market.fault))
    return calculate(found.entries, method, market.prices), flags


def ask_market(mints: Iterable[str]) -> Market:
    """Prices of the tokens and of SOL. Raises RateLimited."""
    try:
        dollars_per_sol = sol_usd()
    except RateLimited:
        raise
    except JobError as error:
        return Market(None, None, str(error))
    try:
        dollars = dollar_prices(sorted(mints))
    except RateLimited:
        raise
    except JobError as error:
        return Market(dollars_per_sol, None, str(error))
    dollars |= dict.fromkeys(DOLLARS, _ONE)
    prices = {mint: share(price, _ONE, dollars_per_sol) for mint, price in dollars.items()}
    return Market(dollars_per_sol, {**prices, SOL_MINT: _ONE})


def _store(
    address: str, transactions: int, report: Report, flags: list[dict[str, Any]], market: Market
) -> PnlResult:
    body = report_as_json(report)
    matches = body.pop("matches")
    body["flags"] += flags
    now: datetime = timezone.now()
    PnlReport.objects.update_or_create(
        address=address,
        method=report.method.value,
        defaults={
            "computed_at": now,
            "transactions": transactions,
            "net": report.totals.net.quantize(_PLACES, context=_WIDE),
            "sol_usd": market.sol_usd,
            "report": body,
            "matches": matches,
        },
    )
    return _result(address, transactions, report, len(body["flags"]), market, now)


def _result(
    address: str, transactions: int, report: Report, flags: int, market: Market, now: datetime
) -> PnlResult:
    totals, unrealised = report.totals, report.valuation.unrealised
    return PnlResult(
        address=address,
        method=report.method.value,
        transactions=transactions,
        tokens=len(report.assets),
        gain=plain(totals.gain),
        income=plain(totals.income),
        fees=plain(totals.fees),
        net=plain(totals.net),
        unrealised=None if unrealised is None else plain(unrealised),
        sol_usd=None if market.sol_usd is None else plain(market.sol_usd),
        flags=flags,
        computed_at=now.isoformat(),
    )
