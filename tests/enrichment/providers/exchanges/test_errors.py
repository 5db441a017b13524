"""What an exchange refuses or fails at, as the errors that say what to do about it; and no key in any."""

import logging

import ccxt
import pytest
from django.conf import LazySettings

from enrichment.providers.exchanges.addresses import exchange, exchanges
from enrichment.providers.exchanges.client import open_client
from enrichment.providers.exchanges.errors import KeysRefused, NothingThere, translated
from enrichment.providers.exchanges.records import ApiKeys
from jobs.errors import JobError, Permanent, RateLimited, Transient
from tests.exchange import trader
from tests.outside import Outside


@pytest.mark.parametrize(
    ("raised", "meant", "message"),
    [
        (ccxt.RateLimitExceeded("u"), RateLimited, "Ex asks to wait 7 s"),
        (ccxt.DDoSProtection("u"), RateLimited, "Ex asks to wait 7 s"),
        (ccxt.AuthenticationError("u"), KeysRefused, "Ex refused the key or its secret"),
        (ccxt.PermissionDenied("u"), KeysRefused, "Ex says that the key may not do this"),
        (ccxt.BadSymbol("u"), NothingThere, "Ex knows no such market"),
        (ccxt.OrderNotFound("u"), NothingThere, "Ex knows no such order"),
        (ccxt.RequestTimeout("u"), Transient, "Ex did not answer in time"),
        (ccxt.InvalidNonce("u"), Transient, "Ex says that this machine's clock is off"),
        (
            ccxt.ExchangeNotAvailable("u"),
            Transient,
            "Ex cannot be reached or is out of order: ExchangeNotAvailable",
        ),
        (ccxt.ExchangeError("u"), Transient, "Ex answered with an error: ExchangeError"),
    ],
)
def test_each_error_of_ccxt_has_its_meaning(raised: Exception, meant: type[JobError], message: str) -> None:
    error = translated("Ex", raised, {"Retry-After": "7"})
    assert (type(error), str(error)) == (meant, message)


@pytest.mark.parametrize(
    ("faults", "meant"),
    [
        ({"status_429": 1, "retry_after": 30}, RateLimited),
        ({"status_500": 1}, Transient),
    ],
)
def test_faults_of_the_exchange_arrive_as_such(
    outside: Outside, faults: dict[str, int], meant: type[JobError]
) -> None:
    who = trader(outside.url, "newcomer")
    client = open_client("binance", who.keys)
    with outside.faults(paths=["/exchange"], **faults), pytest.raises(meant) as raised:
        client.balances()
    assert who.key not in str(raised.value)
    assert "signature" not in str(raised.value)
    if isinstance(raised.value, RateLimited):
        assert raised.value.delay == 30
    assert client.balances()


def test_a_wrong_secret_is_the_keys_fault(outside: Outside) -> None:
    client = open_client("binance", ApiKeys(trader(outside.url, "newcomer").key, "y" * 64))
    with pytest.raises(KeysRefused, match="refused the key or its secret"):
        client.balances()


def test_keys_show_in_no_text_and_in_no_log(outside: Outside, caplog: pytest.LogCaptureFixture) -> None:
    who = trader(outside.url, "newcomer")
    with caplog.at_level(logging.DEBUG):
        open_client("binance", who.keys).balances()
    assert who.key not in caplog.text
    assert "signature" not in caplog.text
    assert who.secret not in repr(who.keys)
    assert who.key not in repr(who.keys)


def test_without_a_setting_the_exchange_is_the_sandboxes_and_with_one_it_is_real(
    outside: Outside, settings: LazySettings
) -> None:
    assert {name: one.is_sandbox for name, one in exchanges().items()} == {"binance": True}
    settings.EXCHANGES = ["kraken", "binance=https://testnet.binance.vision/"]
    found = exchanges()
    assert (found["kraken"].base, found["kraken"].is_sandbox) == ("", False)
    assert found["binance"].base == "https://testnet.binance.vision"
    with pytest.raises(Permanent, match="none of the exchanges of this site"):
        exchange("okx")
    settings.EXCHANGES = ["bynance"]
    with pytest.raises(Permanent, match="ccxt knows no exchange named 'bynance'"):
        open_client("bynance")
