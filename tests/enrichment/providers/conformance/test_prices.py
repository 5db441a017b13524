"""Every adapter that tells prices keeps the same promises, and reads the sandbox's market alike."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import httpx2
import pytest

from enrichment.providers.budget import Provider
from enrichment.providers.prices import coingecko, defillama, dexscreener, jupiter
from enrichment.providers.solana.programs import SOL_MINT
from tests.enrichment.providers.conformance.promises import Adapter, Promises, provider
from tests.outside import Outside

__all__ = ["provider"]

MINT = SOL_MINT
ADAPTERS = {
    "DexScreener prices": Adapter(
        Provider.DEXSCREENER, lambda: dexscreener.dollar_prices([MINT]), (b"[]",), {}
    ),
    "DexScreener markets": Adapter(
        Provider.DEXSCREENER, lambda: dexscreener.markets_of([MINT]), (b"[]",), {}
    ),
    "DexScreener quote": Adapter(Provider.DEXSCREENER, lambda: dexscreener.quote_of(MINT), (b"[]",)),
    "DexScreener search": Adapter(
        Provider.DEXSCREENER, lambda: dexscreener.find_token("SOL"), (b'{"pairs": null}',)
    ),
    "Jupiter": Adapter(Provider.JUPITER, lambda: jupiter.dollar_prices([MINT]), (b"{}",), {}),
    "DefiLlama": Adapter(
        Provider.DEFILLAMA, lambda: defillama.dollar_prices([MINT]), (b'{"coins": {}}',), {}
    ),
    "CoinGecko quote": Adapter(Provider.COINGECKO, lambda: coingecko.quote_of(MINT), (b"{}",)),
    "CoinGecko history": Adapter(
        Provider.COINGECKO, lambda: coingecko.history_of(MINT, 30), (b'{"prices": []}',), []
    ),
    "CoinGecko SOL": Adapter(
        Provider.COINGECKO, coingecko.sol_usd, (b'{"solana": {"usd": 150.25}}',), Decimal("150.25")
    ),
}


@pytest.fixture(params=list(ADAPTERS))
def adapter(request: pytest.FixtureRequest) -> Adapter:
    """One after the other."""
    return ADAPTERS[request.param]


class TestPriceAdapters(Promises):
    """All of the promises."""


def coingecko_prices(mints: Sequence[str]) -> dict[str, Decimal]:
    """One after the other: it is asked for coins that people follow, not for lists."""
    return {mint: quote.usd for mint in mints if (quote := coingecko.quote_of(mint))}


PRICES: dict[str, Callable[[Sequence[str]], dict[str, Decimal]]] = {
    "DexScreener": dexscreener.dollar_prices,
    "Jupiter": jupiter.dollar_prices,
    "DefiLlama": defillama.dollar_prices,
    "CoinGecko": coingecko_prices,
}


@pytest.mark.parametrize("name", list(PRICES))
def test_prices_are_exact_decimals_of_the_markets_and_unknown_tokens_are_left_out(
    outside: Outside, name: str
) -> None:
    known = {row["mint"]: row for row in httpx2.get(f"{outside.url}/sandbox/tokens").json()}
    mints = [mint for mint, row in known.items() if row["symbol"] in {"SOL", "PEBL", "KITE", "LUMN"}]
    found = PRICES[name]([*mints, "1" * 44])
    assert set(found) == set(mints)
    for mint, price in found.items():
        assert isinstance(price, Decimal)
        assert float(price) == pytest.approx(known[mint]["usd"], rel=1e-5)
