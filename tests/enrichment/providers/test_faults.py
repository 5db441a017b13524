"""The sandbox's faults, as every source tells them."""

import pytest

from enrichment.providers.http import Service
from enrichment.providers.prices.coingecko import sol_usd
from enrichment.providers.prices.dexscreener import dollar_prices
from enrichment.providers.solana.programs import USDC_MINT
from jobs.errors import RateLimited, Transient
from tests.enrichment.providers.solana.sources import MAKERS, everything, source_at
from tests.outside import Outside

every_source = pytest.mark.parametrize("name", list(MAKERS))


@every_source
def test_a_rate_limit_says_how_long_to_wait(outside: Outside, name: str) -> None:
    address = outside.address("Sniper 1")
    with outside.faults(status_429=1, retry_after=17), pytest.raises(RateLimited) as caught:
        everything(source_at(outside.url, name), address)
    assert caught.value.delay == 17.0


@every_source
def test_a_server_error_is_transient(outside: Outside, name: str) -> None:
    address = outside.address("Sniper 1")
    with outside.faults(status_500=1), pytest.raises(Transient, match="answered 500"):
        everything(source_at(outside.url, name), address)


def test_an_answer_that_does_not_come_is_transient(outside: Outside) -> None:
    with outside.faults(timeout=1), pytest.raises(Transient, match="did not answer in time"):
        Service("DexScreener", answer=0.3).get(f"{outside.url}/dexscreener/tokens/v1/solana/x", {}, list)


def test_prices_fail_in_the_same_words(outside: Outside) -> None:
    with outside.faults(status_429=1, retry_after=30), pytest.raises(RateLimited) as caught:
        sol_usd()
    assert caught.value.delay == 30.0
    with outside.faults(status_500=1), pytest.raises(Transient, match="DexScreener"):
        dollar_prices([USDC_MINT])
