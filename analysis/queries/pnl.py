"""A wallet's profit and loss as the pages show it. Money is in SOL; quantities are whole units."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from analysis.models import PnlReport
from enrichment.models import Token
from enrichment.providers.solana.programs import SOL_MINT

Json = dict[str, Any]


@dataclass(frozen=True)
class Totals:
    """Sums over a report; see `analysis.services.pnl.sums.Money`. `unpriced` are mints without a price."""

    proceeds: Decimal
    cost_basis: Decimal
    gain: Decimal
    income: Decimal
    fees: Decimal
    transfer_fees: Decimal
    net: Decimal
    missing_proceeds: Decimal
    open_cost: Decimal
    market_value: Decimal | None
    unrealised: Decimal | None
    unpriced: tuple[str, ...]


@dataclass(frozen=True)
class TokenLine:
    """One token's sums."""

    mint: str
    symbol: str
    name: str
    acquired: Decimal
    sold: Decimal
    held: Decimal
    missing: Decimal
    proceeds: Decimal
    cost_basis: Decimal
    gain: Decimal
    income: Decimal
    fees: Decimal
    net: Decimal
    open_cost: Decimal
    market_value: Decimal | None
    unrealised: Decimal | None


@dataclass(frozen=True)
class DayPoint:
    """What one day (UTC) brought; `cumulative_net` is the realised profit and loss up to its end."""

    day: date
    gain: Decimal
    income: Decimal
    cumulative_net: Decimal


@dataclass(frozen=True)
class Flag:
    """Something that a reader of the report must know, with a sentence."""

    kind: str
    mint: str
    symbol: str
    at: datetime | None
    quantity: Decimal | None
    message: str


@dataclass(frozen=True)
class Lot:
    """What is left of an acquisition; `acquired_at` is None for the pool of average cost."""

    mint: str
    symbol: str
    acquired_at: datetime | None
    quantity: Decimal
    cost_basis: Decimal


@dataclass(frozen=True)
class Analysis:
    """A wallet's newest report by one method. `sol_usd` is the dollar price of one SOL at `computed_at`."""

    address: str
    method: str
    computed_at: datetime
    transactions: int
    sol_usd: Decimal | None
    totals: Totals
    tokens: tuple[TokenLine, ...]
    days: tuple[DayPoint, ...]
    flags: tuple[Flag, ...]
    open_lots: tuple[Lot, ...]

    def in_usd(self, amount: Decimal) -> Decimal | None:
        """An amount of SOL in dollars, at the price of SOL when the report was made."""
        return None if self.sol_usd is None else amount * self.sol_usd


def analysis_of(address: str, method: str = "fifo") -> Analysis | None:
    """The wallet's report by a method (fifo, lifo, hifo, average); None when there is none yet."""
    row = PnlReport.objects.filter(address=address, method=method).defer("matches").first()
    if row is None:
        return None
    names = _Names(row.report)
    return Analysis(
        address=row.address,
        method=row.method,
        computed_at=row.computed_at,
        transactions=row.transactions,
        sol_usd=row.sol_usd,
        totals=_totals(row.report["totals"]),
        tokens=tuple(_token_line(mint, sums, names) for mint, sums in row.report["assets"].items()),
        days=tuple(_day(day) for day in row.report["days"]),
        flags=tuple(_flag(flag, names) for flag in row.report["flags"]),
        open_lots=tuple(_lot(lot, names) for lot in row.report["open_lots"]),
    )


class _Names:
    """Symbols and names of a report's tokens; a token that no market knows goes by its mint's beginning."""

    def __init__(self, report: Json) -> None:
        self._tokens = Token.objects.in_bulk(list(report["assets"]), field_name="mint")

    def symbol(self, mint: str) -> str:
        if mint == SOL_MINT:
            return "SOL"
        token = self._tokens.get(mint)
        return token.symbol if token and token.symbol else f"{mint[:4]}…{mint[-4:]}"

    def name(self, mint: str) -> str:
        token = self._tokens.get(mint)
        return token.name if token else ""


def _totals(plain: Json) -> Totals:
    values: Json = {name: _decimal(plain[name]) for name in Totals.__dataclass_fields__ if name != "unpriced"}
    return Totals(**values, unpriced=tuple(plain["unpriced"]))


def _token_line(mint: str, plain: Json, names: _Names) -> TokenLine:
    own = {"mint", "symbol", "name"}
    values: Json = {name: _decimal(plain[name]) for name in TokenLine.__dataclass_fields__ if name not in own}
    return TokenLine(mint, names.symbol(mint), names.name(mint), **values)


def _day(plain: Json) -> DayPoint:
    amounts = (Decimal(plain[name]) for name in ("gain", "income", "cumulative_net"))
    return DayPoint(date.fromisoformat(plain["day"]), *amounts)


def _flag(plain: Json, names: _Names) -> Flag:
    mint = plain["asset"]
    return Flag(
        kind=plain["kind"],
        mint=mint,
        symbol=names.symbol(mint) if mint else "",
        at=_moment(plain["time"]),
        quantity=_decimal(plain["quantity"]),
        message=plain["message"].replace(mint, names.symbol(mint)) if mint else plain["message"],
    )


def _lot(plain: Json, names: _Names) -> Lot:
    mint = plain["asset"]
    quantity, cost = Decimal(plain["quantity"]), Decimal(plain["cost_basis"])
    return Lot(mint, names.symbol(mint), _moment(plain["acquired_at"]), quantity, cost)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
