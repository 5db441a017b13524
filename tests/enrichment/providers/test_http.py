"""Failures of outsiders as the errors that say what to do about them; keys stay out of words."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from enrichment.providers.http import Service, retry_after
from jobs.errors import JobError, Permanent, RateLimited, Transient

NOW = datetime(2026, 11, 1, 12, 0, 0, tzinfo=UTC)


class Answering(BaseHTTPRequestHandler):
    """Answers `/<status>` with that status, and with what the rest of the path says."""

    def do_GET(self) -> None:
        status, _, rest = self.path.partition("?")[0].strip("/").partition("/")
        self.send_response(int(status))
        if rest.startswith("after-"):
            self.send_header("Retry-After", rest.removeprefix("after-"))
        if status.startswith("3"):
            self.send_header("Location", "/200")
        self.end_headers()
        self.wfile.write(b"no JSON" if rest == "garbage" else b'{"fine": true}')

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("500", Transient),
        ("503", Transient),
        ("408", Transient),
        ("200/garbage", Transient),
        ("400", Permanent),
        ("401", Permanent),
        ("403", Permanent),
        ("404", Permanent),
        ("301", Permanent),
    ],
)
def test_an_answer_becomes_the_error_that_fits(url: str, path: str, kind: type[JobError]) -> None:
    with pytest.raises(kind, match=r"Helius \(/"):
        Service("Helius").get(f"{url}/{path}", {}, dict)


def test_too_many_requests_carry_the_seconds_to_wait(url: str) -> None:
    with pytest.raises(RateLimited) as caught:
        Service("Helius").get(f"{url}/429/after-7", {}, dict)
    assert caught.value.delay == 7.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("-3", 0.0),
        ("86400", 900.0),
        ("Sun, 01 Nov 2026 12:00:30 GMT", 30.0),
        ("Sun, 01 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", 5.0),
        (None, 5.0),
    ],
)
def test_retry_after_is_a_number_or_a_date_and_bounded(header: str | None, seconds: float) -> None:
    assert retry_after(header, NOW) == seconds


def test_nobody_there_is_transient() -> None:
    with pytest.raises(Transient, match="cannot be reached"):
        Service("Helius").get("http://127.0.0.1:9", {}, dict)


def test_a_key_is_in_no_message_and_no_log(url: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        Service("Helius").get(f"{url}/200?api-key=secret-1", {}, dict)
        for path in ("403", "500", "429", "200/garbage"):
            with pytest.raises(JobError) as caught:
                Service("Helius").get(f"{url}/{path}", {"api-key": "secret-2"}, dict)
            assert "secret" not in f"{caught.value}{caught.value.__cause__}"
    assert "secret" not in caplog.text
