"""What `/wallets` gives. Names are camelCase on the wire; amounts are exact decimals as text, money in SOL."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Schema
from pydantic import ConfigDict, PlainSerializer
from pydantic.alias_generators import to_camel

from analysis.services.pnl.exact import plain
from jobs.http.answers import Links

Amount = Annotated[Decimal, PlainSerializer(plain, return_type=str)]


class Answer(Schema):
    """Base of every answer."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)


class StepOut(Answer):
    """One job of an analysis."""

    id: str
    title: str
    links: Links


class AnalysisStarted(Answer):
    """The jobs of an analysis; all carry the correlation id, but for one that was under way before."""

    correlation_id: str
    jobs: list[StepOut]


class SampleOut(Answer):
    """A wallet to try."""

    address: str
    label: str
    style: str
    description: str
    transactions: int


class WalletRowOut(Answer):
    """A wallet in a list."""

    address: str
    transactions: int
    complete: bool
    last_synced_at: datetime | None
    net: Amount | None
    method: str | None


class WalletList(Answer):
    """The wallets that were synced last, and some to try."""

    items: list[WalletRowOut]
    samples: list[SampleOut]


class BalanceOut(Answer):
    """What a wallet holds of one token, in whole units; the rest in dollars, null where nobody knows it."""

    mint: str
    symbol: str
    name: str
    amount: Amount
    price: Amount | None
    value: Amount | None
    change_24h: Amount | None
    liquidity: Amount | None
    market_cap: Amount | None
    image: str
    page: str
    source: str
    priced_at: datetime | None


class WalletOut(Answer):
    """What is stored of one wallet."""

    address: str
    transactions: int
    failed: int
    trades: int
    complete: bool
    first_at: datetime | None
    last_at: datetime | None
    last_synced_at: datetime | None
    sol: Amount | None
    balances: list[BalanceOut]
    balances_at: datetime | None


class TotalsOut(Answer):
    """Sums over a report."""

    proceeds: Amount
    cost_basis: Amount
    gain: Amount
    income: Amount
    fees: Amount
    transfer_fees: Amount
    net: Amount
    missing_proceeds: Amount
    open_cost: Amount
    market_value: Amount | None
    unrealised: Amount | None
    unpriced: list[str]


class TokenOut(Answer):
    """One token's sums."""

    mint: str
    symbol: str
    name: str
    acquired: Amount
    sold: Amount
    held: Amount
    missing: Amount
    proceeds: Amount
    cost_basis: Amount
    gain: Amount
    income: Amount
    fees: Amount
    net: Amount
    open_cost: Amount
    market_value: Amount | None
    unrealised: Amount | None


class DayOut(Answer):
    """What one day (UTC) brought, and the net up to its end."""

    day: date
    gain: Amount
    income: Amount
    cumulative_net: Amount


class FlagOut(Answer):
    """Something that a reader of the report must know."""

    kind: str
    mint: str
    symbol: str
    at: datetime | None
    quantity: Amount | None
    message: str


class LotOut(Answer):
    """What is left of an acquisition."""

    mint: str
    symbol: str
    acquired_at: datetime | None
    quantity: Amount
    cost_basis: Amount


class PnlOut(Answer):
    """A wallet's newest profit and loss report by one method."""

    address: str
    method: str
    computed_at: datetime
    transactions: int
    sol_usd: Amount | None
    totals: TotalsOut
    tokens: list[TokenOut]
    days: list[DayOut]
    flags: list[FlagOut]
    open_lots: list[LotOut]


class BalancesOut(Answer):
    """What a wallet holds; `holdingsValue` in dollars, of the tokens that have a price."""

    address: str
    sol: Amount | None
    balances: list[BalanceOut]
    holdings_value: Amount | None
    balances_at: datetime | None


class BehaviorOut(Answer):
    """How a wallet trades. `report` keeps the names of `measure.Behavior`; money in SOL, times in seconds."""

    address: str
    scope: str
    wanted: dict[str, Any]
    computed_at: datetime
    complete: bool
    report: dict[str, Any]


class ComparisonStarted(AnalysisStarted):
    """A comparison's name, under which its result is read, and its jobs."""

    request_id: str
    wallets_needing_sync: list[str]


class ComparisonOut(Answer):
    """A comparison as it was asked for, its jobs, and its result (as the job gives it), null until there is one."""

    request_id: str
    wanted: dict[str, Any]
    created_at: datetime
    computed_at: datetime | None
    jobs: list[str]
    result: dict[str, Any] | None


class ComparisonList(Answer):
    """The newest comparisons, without their results."""

    items: list[ComparisonOut]
