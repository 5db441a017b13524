"""What `/coins` and `/alerts` take and give. Amounts are exact decimals as text, money in dollars."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self

from ninja import Field, Schema
from pydantic import StringConstraints, field_validator, model_validator

from analysis.http.answers import Amount, Answer
from analysis.models import AlertChannel, AlertKind
from enrichment.addresses import SolanaAddress
from enrichment.coins import SLUG, CoinSlug
from jobs.http.answers import Started
from jobs.http.schemas import RowId, Strict

Text = Annotated[str, StringConstraints(max_length=255, pattern=r"^[^\x00]*$")]
Minutes = Annotated[int, Field(ge=1, le=43_200)]
Threshold = Annotated[Decimal, Field(gt=0, lt=Decimal(10) ** 18)]


class Page(Schema):
    """Which part of a list."""

    after: Annotated[str, StringConstraints(max_length=64, pattern=r"^[^\x00]*$")] = Field(
        "", description="`next` of the page before."
    )
    limit: int = Field(50, ge=1, le=200)


class Days(Schema):
    """How far back."""

    days: int = Field(30, ge=1, le=45)


class Follow(Strict):
    """A coin to follow."""

    mint: SolanaAddress
    id: Annotated[str, StringConstraints(pattern=SLUG)] | None = Field(
        None, description="What it is called here; the mint where nothing is given."
    )
    symbol: Annotated[str, StringConstraints(max_length=64, pattern=r"^[^\x00]*$")] = ""
    name: Text = ""


class CoinOut(Answer):
    """A coin with its newest price; `change24h` is in per cent, `riskScore` 1 (little) to 100 (much)."""

    id: str
    mint: str
    symbol: str
    name: str
    active: bool
    usd: Amount | None
    change_24h: Amount | None = Field(alias="change24h")
    volume_24h: Amount | None = Field(alias="volume24h")
    liquidity: Amount | None
    market_cap: Amount | None
    source: str
    priced_at: datetime | None
    risk_score: int | None
    risk_level: str | None


class CoinList(Answer):
    """A page of coins by their ids; `next` is null at the end."""

    items: list[CoinOut]
    next: str | None


class Followed(Answer):
    """The coin, and the job that fetches its price."""

    coin: CoinOut
    job: Started


class PricePointOut(Answer):
    """What the coin cost then."""

    time: datetime
    usd: Amount


class PricesOut(Answer):
    """The coin's prices, oldest first: full hours by their last price, what came since point by point."""

    coin: str
    points: list[PricePointOut]


class InputOut(Answer):
    """A figure that a part of the score looked at."""

    name: str
    value: str
    is_bad: bool


class PartOut(Answer):
    """A part of the score; `points` (0 to 100) is null when nothing is known, and then it does not count."""

    name: str
    weight: int
    points: int | None
    note: str
    inputs: list[InputOut]


class RiskOut(Answer):
    """A coin's newest risk assessment."""

    coin: str
    score: int
    level: str
    assessed_at: datetime
    parts: list[PartOut]


class AlertIn(Strict):
    """An alert to make."""

    coin: CoinSlug
    kind: AlertKind
    threshold: Threshold = Field(
        description="Dollars for prices and volume, per cent for rises and falls, points for the risk, "
        "standard deviations for mentions."
    )
    window: Minutes = Field(60, description="Minutes over which a rise or a fall is measured.")
    cooldown: Minutes = Field(60, description="Minutes of silence after it fired.")
    channel: AlertChannel = AlertChannel.LOG
    recipient: Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")] = Field(
        "", description="An e-mail address, or the address of a webhook; nothing for the log."
    )
    enabled: bool = True

    @field_validator("threshold")
    @classmethod
    def _places(cls, threshold: Decimal) -> Decimal:
        if -int(threshold.normalize().as_tuple().exponent) > 18:
            raise ValueError("has at most 18 decimal places")
        return threshold


class AlertChange(Strict):
    """What to change of an alert; what is left out stays."""

    kind: AlertKind | None = None
    threshold: Threshold | None = None
    window: Minutes | None = None
    cooldown: Minutes | None = None
    channel: AlertChannel | None = None
    recipient: Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")] | None = None
    enabled: bool | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_dump(exclude_none=True):
            raise ValueError("names nothing to change")
        return self


class AlertFilter(Schema):
    """Which alerts, and which page of them."""

    coin: CoinSlug | None = None
    cursor: RowId | None = Field(None, description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=200)


class AlertOut(Answer):
    """One of your alerts; `condition` says it in words."""

    id: int
    coin: str
    kind: str
    threshold: Amount
    window: int
    cooldown: int
    channel: str
    recipient: str
    enabled: bool
    condition: str
    created_at: datetime
    last_triggered_at: datetime | None


class AlertList(Answer):
    """Your alerts, newest first; `next` is null at the end."""

    items: list[AlertOut]
    next: int | None


class FiringOut(Answer):
    """A time that an alert came true; `jobId` is the notification's, empty where nobody could send it."""

    fired_at: datetime
    value: Amount
    threshold: Amount
    message: str
    job_id: str


class FiringList(Answer):
    """The newest firings of an alert, newest first."""

    items: list[FiringOut]
