"""`/sandbox/exchange/...`: the sample accounts with their keys, and what the markets hold in all."""

from typing import Any

from sandbox.exchange.accounts import SAMPLES, Sample, keys_of
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.markets import ASSETS
from sandbox.http import Request, Response


class ExchangeControl:
    """Faults never touch these paths."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def answer(self, request: Request) -> Response:
        """Sample accounts; sums by asset."""
        match (request.method, request.path.strip("/")):
            case "GET", "accounts":
                return Response([self._account(sample) for sample in SAMPLES])
            case "GET", "totals":
                ledger = self._exchange.engine.ledger
                return Response({asset: str(ledger.total(asset)) for asset in ASSETS})
        return Response({"error": f"nothing at /sandbox/exchange{request.path}"}, 404)

    def _account(self, sample: Sample) -> dict[str, Any]:
        keys = keys_of(self._exchange.seed, sample)
        return {
            "name": sample.name,
            "label": sample.label,
            "style": sample.style,
            "description": sample.description,
            "api_key": keys.key,
            "api_secret": keys.secret,
            "revoked": keys.revoked,
            "orders": self._exchange.store.count(sample.name),
        }
