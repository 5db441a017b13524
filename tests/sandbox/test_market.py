"""Prices and pairs are what the pools say."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx2
import pytest

from sandbox.market.dexscreener import activity
from sandbox.market.trades import Trade
from sandbox.solana.chain import Chain
from tests.sandbox.calls import get
from tests.sandbox.conftest import Server


def test_sol_costs_what_the_dollar_pool_says(server: Server, chain: Chain) -> None:
    pool = chain.directory.sol_usdc
    dollars = pool.reserve(chain.node, pool.quote) / 10**6
    sol = pool.reserve(chain.node, pool.base) / 10**9
    answer = get(server.url, "/coingecko/api/v3/simple/price", ids="solana,nothing", vs_currencies="usd,eur")
    assert answer == {"solana": {"usd": pytest.approx(dollars / sol)}}


def test_coingecko_asks_for_its_parameters(server: Server) -> None:
    response = httpx2.get(f"{server.url}/coingecko/api/v3/simple/price?ids=solana")
    assert (response.status_code, response.json()) == (422, {"error": "Missing parameter vs_currencies"})


def test_a_coin_can_be_the_quote_of_a_returned_pair(
    start: Callable[..., AbstractContextManager[Server]], chain: Chain
) -> None:
    pebble = str(chain.directory.assets["PEBL"].mint)
    with (
        start() as server
    ):  # one in which nobody has traded since: a day later there are no trades of the day
        pairs = get(server.url, f"/dexscreener/token-pairs/v1/solana/{pebble}")
    sides = {(pair["baseToken"]["symbol"], pair["quoteToken"]["symbol"]) for pair in pairs}
    assert sides == {("PEBL", "SOL"), ("KITE", "PEBL")}
    own = next(pair for pair in pairs if pair["baseToken"]["address"] == pebble)
    pool = chain.directory.pools["PEBL"]
    assert float(own["priceNative"]) == pytest.approx(pool.price(chain.node), rel=1e-6)
    assert own["pairAddress"] == str(pool.address)
    assert own["txns"]["h24"]["buys"] + own["txns"]["h24"]["sells"] > 0
    assert own["volume"]["h24"] >= own["volume"]["h6"] >= own["volume"]["h1"] >= 0
    assert own["liquidity"]["usd"] > 100_000


def test_many_tokens_in_one_call_and_nothing_on_another_chain(server: Server, chain: Chain) -> None:
    mints = ",".join(str(chain.directory.assets[symbol].mint) for symbol in ("BRIM", "FERN"))
    pairs = get(server.url, f"/dexscreener/tokens/v1/solana/{mints}")
    assert {pair["baseToken"]["symbol"] for pair in pairs} == {"BRIM", "FERN"}
    assert get(server.url, f"/dexscreener/tokens/v1/ethereum/{mints}") == []


def test_a_search_finds_by_name_and_says_null_for_nothing(server: Server) -> None:
    found = get(server.url, "/dexscreener/latest/dex/search", q="nimbus")
    assert [pair["baseToken"]["symbol"] for pair in found["pairs"]] == ["NIMB"]
    assert get(server.url, "/dexscreener/latest/dex/search", q="no such coin")["pairs"] is None


def test_activity_counts_by_window() -> None:
    trades = [
        Trade(1_000, True, 9.0, 1.0),
        Trade(90_000, False, 2.0, 2.0),
        Trade(99_900, True, 3.0, 4.0),
    ]
    found = activity(trades, 100_000, 4.0, 10.0)
    assert found["txns"]["m5"] == {"buys": 1, "sells": 0}
    assert found["txns"]["h6"] == {"buys": 1, "sells": 1}
    assert found["volume"] == {"m5": 30.0, "h1": 30.0, "h6": 50.0, "h24": 50.0}
    assert found["priceChange"] == {"m5": 100.0, "h1": 100.0, "h6": 300.0, "h24": 300.0}


def test_the_sandbox_lists_its_wallets_and_tokens(server: Server, chain: Chain) -> None:
    wallets = get(server.url, "/sandbox/wallets")
    assert wallets[0] == {
        "address": str(chain.directory.key("wallet/scalper-1").pubkey()),
        "label": "Scalper 1",
        "style": "scalper",
        "description": "Trades one coin in and out within hours",
        "transactions": chain.node.history.count_of(wallets[0]["address"]),
    }
    ledger = get(server.url, f"/sandbox/wallets/{wallets[0]['address']}/ledger")
    assert ledger["entries"] == chain.node.ledger.of_wallet(wallets[0]["address"])
    tokens = {token["symbol"]: token for token in get(server.url, "/sandbox/tokens")}
    assert len(tokens) == 12
    assert tokens["MOTH"]["mint_authority"] == str(chain.directory.issuer.pubkey())
    assert tokens["PEBL"]["mint_authority"] is None
    assert httpx2.get(f"{server.url}/sandbox/wallets/nobody").status_code == 404
    assert httpx2.get(f"{server.url}/elsewhere").status_code == 404
