"""Prices from the sandbox's market."""

from decimal import Decimal

import httpx2
import pytest

from enrichment.providers.prices.coingecko import sol_usd
from enrichment.providers.prices.dexscreener import dollar_prices, names_of
from enrichment.providers.solana.programs import SOL_MINT
from tests.outside import Outside


def tokens(outside: Outside) -> dict[str, dict[str, object]]:
    """What the sandbox knows of its tokens, by symbol."""
    rows = httpx2.get(f"{outside.url}/sandbox/tokens").json()
    return {row["symbol"]: row for row in rows}


def test_a_token_that_is_the_quote_of_a_pair_does_not_get_the_price_of_its_base(outside: Outside) -> None:
    known = tokens(outside)
    pebl, kite = str(known["PEBL"]["mint"]), str(known["KITE"]["mint"])
    pairs = httpx2.get(f"{outside.url}/dexscreener/tokens/v1/solana/{pebl}").json()
    assert kite in {pair["baseToken"]["address"] for pair in pairs}  # the trap is there
    price = dollar_prices([pebl])[pebl]
    assert float(price) == pytest.approx(float(str(known["PEBL"]["usd"])), rel=1e-6)
    assert list(dollar_prices([pebl])) == [pebl]


def test_more_tokens_than_one_request_takes_are_asked_for_in_parts(outside: Outside) -> None:
    mints = [str(row["mint"]) for row in tokens(outside).values()]
    unknown = [f"{number:044d}" for number in range(40)]
    assert set(dollar_prices([*unknown, *mints])) <= set(mints)
    assert len(dollar_prices([*unknown, *mints])) >= 10


def test_a_token_without_a_market_has_no_price_and_no_name(outside: Outside) -> None:
    assert dollar_prices(["1" * 44]) == {}
    assert names_of(["1" * 44]) == {}


def test_names_come_from_either_side_of_a_pair(outside: Outside) -> None:
    assert names_of([SOL_MINT])[SOL_MINT].symbol == "SOL"


def test_the_price_of_sol_is_exact_decimal_text(outside: Outside) -> None:
    assert isinstance(sol_usd(), Decimal)
    assert float(sol_usd()) == pytest.approx(float(str(tokens(outside)["SOL"]["usd"])))
