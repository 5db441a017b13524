"""Feeds, as they come."""

import gzip
from datetime import UTC, datetime

import pytest
from django.conf import LazySettings

from enrichment.providers.http import NotUnderstood
from enrichment.providers.social.feeds import Validators, _parsed, fetch_feed, plain_text
from jobs.errors import Permanent
from tests.enrichment.providers.conformance.server import Reply, scripted
from tests.outside import Outside

URL = "https://news.example/feed"


def rss(*items: str) -> bytes:
    """An RSS feed with these items."""
    return f'<rss version="2.0"><channel><title>N &amp; M</title>{"".join(items)}</channel></rss>'.encode()


@pytest.mark.parametrize("name", ["courier.rss", "wire.rss", "ledger.atom"])
def test_a_feed_is_read_once_until_it_changes(outside: Outside, name: str) -> None:
    url = f"{outside.url}/feeds/{name}"
    first = fetch_feed(url)
    assert first.entries
    assert first.validators.etag
    assert first.validators.last_modified
    again = fetch_feed(url, first.validators)
    assert (again.entries, again.validators) == (None, first.validators)
    assert fetch_feed(url, Validators(etag='"old"')).entries == first.entries


def test_entries_are_plain_text_with_absolute_addresses() -> None:
    item = (
        "<item><title>A &lt;b&gt;bold&lt;/b&gt; &amp;amp; fine title</title><link>/one</link>"
        "<description>&lt;script&gt;alert(1)&lt;/script&gt;&lt;p&gt;Text&lt;/p&gt;</description>"
        "<pubDate>Sun, 01 Nov 2026 10:00:00 +0200</pubDate><category>Breaking</category></item>"
    )
    feed = _parsed(URL, rss(item), Validators())
    (entry,) = feed.entries or ()
    assert (feed.title, entry.title, entry.summary) == ("N & M", "A bold & fine title", "Text")
    assert (entry.url, entry.guid) == ("https://news.example/one", "https://news.example/one")
    assert entry.published_at == datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert entry.categories == ("Breaking",)


@pytest.mark.parametrize(
    "item",
    [
        "<item><link>https://a.example</link></item>",
        "<item><title>t</title><link>javascript:alert(1)</link></item>",
        "<item><title>t</title><link>data:text/html,x</link></item>",
        "<item><title>t</title></item>",
        "<item><title>t</title><link>http://[half/an/address</link></item>",
        "<item><title>t</title><link>http://a.example:99999/</link></item>",
        f"<item><title>t</title><link>http://a.example/{'x' * 2_000}</link></item>",
    ],
)
def test_entries_that_lead_nowhere_are_left_out(item: str) -> None:
    assert _parsed(URL, rss(item), Validators()).entries == ()


@pytest.mark.parametrize("content", [b"", b"<html><body>Sorry</body></html>", b'{"a": 1}', b"\x00\xff"])
def test_what_is_no_feed_is_not_understood(content: bytes) -> None:
    with pytest.raises(NotUnderstood, match="something that is no feed"):
        _parsed(URL, content, Validators())


def test_an_empty_feed_is_a_feed() -> None:
    assert _parsed(URL, rss(), Validators()).entries == ()


def test_scripts_are_no_text() -> None:
    assert plain_text("<p>a</p><style>b{}</style>c<script>d()</script>e") == "a c e"


def test_a_broken_entry_costs_no_other_and_what_is_endless_is_bounded() -> None:
    good = "<item><title>good</title><link>/one</link></item>"
    broken = "<item><title>t</title><link>http://[half</link></item>"
    far = "<item><title>far</title><link>/far</link><pubDate>Sun, 01 Nov 99999 10:00:00 GMT</pubDate></item>"
    long = f"<item><title>{'t' * 2_000_000}</title><link>/long</link><guid>{'g' * 9_000}</guid></item>"
    entries = _parsed(URL, rss(broken, good, far, long), Validators()).entries or ()
    assert [entry.title for entry in entries] == ["good", "far", "t" * 1_000]
    assert [entry.published_at for entry in entries[1:2]] == [None]
    assert entries[2].guid.startswith("sha256:")


def test_entities_that_multiply_are_not_unfolded() -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY l0 "ha">{levels}]>'.encode()
    item = "<item><title>&l9;</title><link>/one</link></item>"
    assert all(
        len(entry.title) < 1_000 for entry in _parsed(URL, bomb + rss(item), Validators()).entries or ()
    )


def test_a_feed_that_is_too_large_even_packed_is_given_up_while_it_comes(settings: LazySettings) -> None:
    packed = gzip.compress(b"<rss>" + b" " * 30_000_000)
    with scripted() as server:
        server.reply = Reply(body=packed, headers={"Content-Encoding": "gzip"})
        with pytest.raises(Permanent, match="more than 10,000,000 bytes"):
            fetch_feed(server.url)


def test_a_validator_that_no_header_can_hold_is_not_sent_back(settings: LazySettings) -> None:
    with scripted() as server:
        server.reply = Reply(body=rss(), headers={"ETag": '"\xe9"', "Last-Modified": "today"})
        assert fetch_feed(server.url).validators == Validators("", "today")
