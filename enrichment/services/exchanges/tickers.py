"""The markets' newest prices."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.utils import timezone

from enrichment.models import Order, Ticker
from enrichment.providers.exchanges.client import ExchangeClient
from enrichment.providers.exchanges.records import TickerRecord

_MOST = 300  # markets of one exchange, the busiest first, beside those that somebody traded in
_FIELDS = ("last", "bid", "ask", "high", "low", "volume", "quote_volume", "change", "at")


@dataclass(frozen=True)
class TickerResult:
    """How many prices were stored, and when (ISO 8601 in UTC)."""

    exchange: str
    tickers: int
    at: str


def update_tickers(exchange: str, client: ExchangeClient, symbols: Sequence[str] | None) -> TickerResult:
    """Fetch prices and put them in the place of those stored; one row per market, however often it runs."""
    records = client.tickers(list(symbols) if symbols is not None else None)
    now = timezone.now()
    chosen = records if symbols is not None else _worth_keeping(exchange, records)
    Ticker.objects.bulk_create(
        [
            Ticker(exchange=exchange, at=now, **asdict(one))
            for one in sorted(chosen, key=lambda one: one.symbol)
        ],
        update_conflicts=True,
        unique_fields=["exchange", "symbol"],
        update_fields=list(_FIELDS),
    )
    return TickerResult(exchange, len(chosen), now.isoformat())


def _worth_keeping(exchange: str, records: Sequence[TickerRecord]) -> list[TickerRecord]:
    if len(records) <= _MOST:
        return list(records)
    traded = set(Order.objects.filter(account__exchange=exchange).values_list("symbol", flat=True).distinct())
    by_volume = sorted(records, key=lambda one: one.quote_volume or Decimal(0), reverse=True)
    return by_volume[:_MOST] + [one for one in by_volume[_MOST:] if one.symbol in traded]
