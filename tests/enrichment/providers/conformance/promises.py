"""What every adapter promises, whoever it talks to; a suite gives the adapters as its fixture `adapter`."""

import logging
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import cache

from enrichment.providers import asking
from enrichment.providers.budget import Provider
from enrichment.providers.exchanges import client as exchange_client
from jobs.errors import JobError, Permanent, RateLimited, Transient
from tests.enrichment.providers.conformance.server import Reply, Scripted, scripted
from tests.outside import forget_budgets

SECRET = "hush-hush"

TOKEN = b'{"access_token": "%s", "token_type": "bearer", "expires_in": 3600, "scope": "*"}' % SECRET.encode()


@dataclass(frozen=True)
class Adapter:
    """An adapter: whose budget it draws on, how it is asked for something, and what it is without asking.

    `least`: answers that say the least there is, one for each request that it makes (the last one for all that
    follow), and `gives`: what it makes of them. `absent`: statuses that tell it that there is nothing.
    """

    provider: Provider
    ask: Callable[[], Any]
    least: tuple[bytes, ...]
    gives: Any = None
    absent: frozenset[int] = frozenset()


@pytest.fixture
def provider(settings: LazySettings) -> Iterator[Scripted]:
    """The outsider that every address of the settings names, with keys that must never be told."""
    with scripted() as running:
        point_at(running.url, settings)
        running.always = {
            "/reddit/api/v1/access_token": Reply(body=TOKEN),
            "/exchange/api/v3/exchangeInfo": Reply(body=b'{"symbols": []}'),
        }
        yield running
    forget()


def point_at(url: str, settings: LazySettings) -> None:
    """Let every adapter ask there, with a key wherever one can be given."""
    settings.SANDBOX_URL = url
    for name in ("DEXSCREENER_URL", "COINGECKO_URL", "JUPITER_URL", "DEFILLAMA_URL", "RUGCHECK_URL"):
        setattr(settings, name, url)
    settings.HELIUS_URL = f"{url}/helius"
    settings.SOLANA_RPC_URL = f"{url}/{SECRET}/?api-key={SECRET}"
    settings.EVM_RPC_URL = f"{url}/v3/{SECRET}"
    for name in ("HELIUS_API_KEY", "COINGECKO_API_KEY", "JUPITER_API_KEY"):
        setattr(settings, name, SECRET)
    settings.NEWS_FEEDS, settings.TELEGRAM_CHANNELS = [f"{url}/feed.rss?key={SECRET}"], []
    forget()


def forget() -> None:
    """What a process and the workers together remember of outsiders."""
    exchange_client._markets.clear()
    cache.clear()
    forget_budgets()


def refused(adapter: Adapter, reply: Reply, provider: Scripted) -> JobError:
    """What the adapter makes of an outsider that always answers so."""
    provider.reply = reply
    with pytest.raises(JobError) as caught:
        adapter.ask()
    return caught.value


def script(provider: Scripted, bodies: Sequence[bytes], before: Sequence[Reply] = ()) -> None:
    """Let the outsider answer with these bodies, the last one again and again; `before` comes first."""
    *earlier, last = (Reply(body=body) for body in bodies)
    provider.first, provider.reply = [*before, *earlier], last


class Promises:
    """Inherited by the suites."""

    @pytest.mark.parametrize("status", [500, 503])
    def test_an_outsider_out_of_order_is_transient_and_was_asked_again(
        self, adapter: Adapter, provider: Scripted, status: int
    ) -> None:
        assert isinstance(refused(adapter, Reply(status, b"oops"), provider), Transient)
        assert len(provider.asked) == asking.TRIES

    def test_an_answer_that_never_comes_is_transient(
        self, adapter: Adapter, provider: Scripted, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.PROVIDER_TIMEOUT = 0.1
        monkeypatch.setattr(asking, "LONGEST", 0.0)
        error = refused(adapter, Reply(hangs=True), provider)
        assert isinstance(error, Transient)
        assert "did not answer in time" in str(error)

    def test_nobody_there_is_transient(self, adapter: Adapter, settings: LazySettings) -> None:
        point_at("http://127.0.0.1:9", settings)
        with pytest.raises(Transient, match="cannot be reached"):
            adapter.ask()
        forget()

    def test_a_rate_limit_is_told_with_its_seconds_and_holds_for_all(
        self, adapter: Adapter, provider: Scripted
    ) -> None:
        error = refused(adapter, Reply(429, b"{}", {"Retry-After": "17"}), provider)
        assert isinstance(error, RateLimited)
        assert error.delay == 17
        asked = len(provider.asked)
        provider.reply = Reply(500)
        with pytest.raises(RateLimited, match=f"budget of {adapter.provider}") as held:
            adapter.ask()
        assert held.value.delay == pytest.approx(17, abs=2)
        assert len(provider.asked) == asked, "an outsider that asked to wait was asked again"

    def test_a_short_rate_limit_is_waited_for(self, adapter: Adapter, provider: Scripted) -> None:
        provider.first = [Reply(429, b"{}", {"Retry-After": "0"})]
        assert not isinstance(refused(adapter, Reply(500), provider), RateLimited)
        assert len(provider.asked) == asking.TRIES

    def test_a_moment_s_trouble_is_gone_before_the_job_hears_of_it(
        self, adapter: Adapter, provider: Scripted
    ) -> None:
        busy = Reply(429, b"{}", {"Retry-After": "0"})
        script(provider, adapter.least, [Reply(500), busy, Reply(body=b"\xff"), Reply(503)])
        assert adapter.ask() == adapter.gives
        assert not provider.first

    @pytest.mark.parametrize("status", [400, 401, 403, 404])
    def test_a_refusal_is_permanent_and_not_repeated(
        self, adapter: Adapter, provider: Scripted, status: int
    ) -> None:
        if status in adapter.absent:
            provider.reply = Reply(status)
            assert adapter.ask() == adapter.gives
        else:
            assert isinstance(refused(adapter, Reply(status), provider), Permanent)
        assert len(provider.asked) == 1

    @pytest.mark.parametrize("body", [b"", b"{", b"<html>Sorry</html>", b"\xff\xfe\x00", b"[" * 100_000])
    def test_what_is_not_of_its_format_is_transient(
        self, adapter: Adapter, provider: Scripted, body: bytes
    ) -> None:
        assert isinstance(refused(adapter, Reply(body=body), provider), Transient)

    @pytest.mark.parametrize(
        "body", [b"7", b"{}", b'"text"', b"[7]", b'[{"a": 1}]', b'{"pairs": [3], "meta": 3, "coins": 7}']
    )
    def test_json_of_another_shape_never_breaks_the_adapter(
        self, adapter: Adapter, provider: Scripted, body: bytes
    ) -> None:
        provider.reply = Reply(body=body)
        try:
            assert not adapter.ask(), "out of nonsense something was read"
        except JobError as error:
            assert isinstance(error, Transient)  # noqa: PT017 -- either is right, any other error is not

    def test_an_answer_that_says_the_least_there_is_is_read(
        self, adapter: Adapter, provider: Scripted
    ) -> None:
        script(provider, adapter.least)
        assert adapter.ask() == adapter.gives
        assert not provider.first

    @pytest.mark.parametrize("status", [200, 401, 429, 500])
    def test_no_key_is_told_to_anybody(
        self, adapter: Adapter, provider: Scripted, status: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            error = refused(adapter, Reply(status, b"no", {"Retry-After": "60"}), provider)
        told = "".join(traceback.format_exception(error))
        for secret in (SECRET, "sandbox-bearer", "sandbox-secret"):
            assert secret not in f"{error}{error!r}"
            assert secret not in told
            assert secret not in caplog.text
