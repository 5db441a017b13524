"""What the markets say about a coin."""

from decimal import Decimal
from itertools import pairwise

import httpx2
import pytest

from enrichment.providers.prices import coingecko, dexscreener, market
from enrichment.providers.solana.programs import SOL_MINT
from jobs.errors import RateLimited
from tests.enrichment.providers.test_prices import tokens
from tests.outside import Outside

NOBODY = "11111111111111111111111111111111"


def test_a_quote_has_price_volume_liquidity_and_pools(outside: Outside) -> None:
    known = tokens(outside)["KITE"]
    quote = dexscreener.quote_of(str(known["mint"]))
    assert quote is not None
    assert (quote.symbol, quote.name, quote.source) == ("KITE", "Kite Protocol", "dexscreener")
    assert float(quote.usd) == pytest.approx(float(str(known["usd"])), rel=1e-6)
    pairs = httpx2.get(f"{outside.url}/dexscreener/tokens/v1/solana/{known['mint']}").json()
    assert set(quote.pools) == {pair["pairAddress"] for pair in pairs}
    assert len(quote.pools) == 2
    assert quote.liquidity == sum(Decimal(str(pair["liquidity"]["usd"])) for pair in pairs)
    assert quote.volume_24h == sum(Decimal(str(pair["volume"]["h24"])) for pair in pairs)


def test_the_liquidity_of_a_pair_in_which_the_coin_is_only_the_quote_is_not_its_own(outside: Outside) -> None:
    pebl = str(tokens(outside)["PEBL"]["mint"])
    quote = dexscreener.quote_of(pebl)
    pairs = httpx2.get(f"{outside.url}/dexscreener/tokens/v1/solana/{pebl}").json()
    own = [pair for pair in pairs if pair["baseToken"]["address"] == pebl]
    assert (len(pairs), len(own)) == (2, 1)
    assert quote is not None
    assert quote.liquidity == Decimal(str(own[0]["liquidity"]["usd"]))


def test_both_markets_agree_on_a_price(outside: Outside) -> None:
    mint = str(tokens(outside)["LUMN"]["mint"])
    one, other = dexscreener.quote_of(mint), coingecko.quote_of(mint)
    assert one is not None
    assert other is not None
    assert float(one.usd) == pytest.approx(float(other.usd), rel=1e-6)
    assert (other.source, other.liquidity) == ("coingecko", None)
    assert other.market_cap is not None
    assert other.market_cap > 0


def test_a_coin_that_nobody_trades_has_no_quote(outside: Outside) -> None:
    assert dexscreener.quote_of(NOBODY) is None
    assert coingecko.quote_of(NOBODY) is None
    assert market.quote_of(NOBODY) is None


def test_the_second_market_is_asked_when_the_first_is_away(outside: Outside) -> None:
    mint = str(tokens(outside)["FERN"]["mint"])
    with outside.faults(status_500=1, paths=["/dexscreener"]):
        quote = market.quote_of(mint)
    assert quote is not None
    assert quote.source == "coingecko"


def test_that_there_is_no_price_is_only_said_when_every_market_answered(outside: Outside) -> None:
    with (
        outside.faults(status_429=1, retry_after=7, paths=["/dexscreener"]),
        pytest.raises(RateLimited) as it,
    ):
        market.quote_of(NOBODY)
    assert it.value.delay == 7


def test_the_past_comes_by_the_hour_and_ends_at_the_present_price(outside: Outside) -> None:
    known = tokens(outside)["PEBL"]
    past = coingecko.history_of(str(known["mint"]), 60)
    steps = {(after.time - before.time).total_seconds() for before, after in pairwise(past)}
    assert steps == {3600.0}
    assert float(past[-1].usd) == pytest.approx(float(str(known["usd"])), rel=1e-9)
    assert len({one.usd for one in past}) > 50
    assert max(one.volume_24h or 0 for one in past) > 0


def test_the_past_of_a_coin_begins_when_it_was_launched(outside: Outside) -> None:
    known = tokens(outside)
    old, young = (coingecko.history_of(str(known[name]["mint"]), 90) for name in ("KITE", "NIMB"))
    assert old[0].time < young[0].time


def test_sol_has_a_past_too(outside: Outside) -> None:
    assert 100 < coingecko.history_of(SOL_MINT, 30)[-1].usd < 300
