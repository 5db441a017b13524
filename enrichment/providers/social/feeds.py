"""RSS and Atom feeds, fetched conditionally (RFC 9110, 13) and read by feedparser."""

from calendar import timegm
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from heapq import nlargest
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.core.cache import cache

from enrichment.providers.addresses import news_feeds
from enrichment.providers.budget import Provider
from enrichment.providers.http import Answer, NotUnderstood, Service
from enrichment.providers.social.matching import has_any
from enrichment.providers.social.records import Post

_SERVICE = Service("The feed", Provider.FEEDS, by_host=True, largest=10_000_000)
_ACCEPT = "application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5"
_LONGEST_URL, _LONGEST_GUID, _LONGEST_TITLE = 2_000, 500, 1_000  # characters
_ENTRIES = 300  # of one feed
_FRESH = 30  # seconds in which a feed is not asked for again
_REMEMBERED = 24 * 3600  # seconds that a process keeps a feed, to ask for what changed


@dataclass(frozen=True, slots=True)
class Entry:
    """One article of a feed, its texts plain. `published_at` is None when the feed does not say."""

    guid: str
    url: str
    title: str
    summary: str
    author: str
    published_at: datetime | None
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave with a feed, to be sent back with the next request."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it is now; `entries` is None when it did not change (304)."""

    title: str
    entries: tuple[Entry, ...] | None
    validators: Validators


class Feeds:
    """Articles of the news feeds, as posts."""

    platform = "feeds"

    def search(self, words: Sequence[str], since: datetime, limit: int) -> list[Post]:
        """See `PostSource.search`."""
        found = [
            _post(url, entry, entry.published_at)
            for url in news_feeds()
            for entry in _remembered(url)
            if entry.published_at and entry.published_at >= since
            if has_any(f"{entry.title} {entry.summary}", words)
        ]
        return nlargest(limit, found, key=lambda post: post.posted_at)


def fetch_feed(url: str, validators: Validators = Validators()) -> Feed:
    """A feed, if it changed since the validators were given. Raises RateLimited, Transient, Permanent."""
    headers = {
        "accept": _ACCEPT,
        "if-none-match": validators.etag,
        "if-modified-since": validators.last_modified,
    }
    sent = {name: value for name, value in headers.items() if value}
    return _SERVICE.fetch(url, {}, partial(_read, url, validators), sent)


def _read(url: str, known: Validators, answer: Answer) -> Feed:
    if answer.status == 304:
        return Feed("", None, known)
    given = Validators(*(_sendable(answer.headers.get(name, "")) for name in ("etag", "last-modified")))
    return _parsed(url, answer.content, given)


def _sendable(validator: str) -> str:
    """A validator that can be sent back as a header; empty for one that cannot."""
    return validator if validator.isascii() and validator.isprintable() else ""


def _remembered(url: str) -> tuple[Entry, ...]:
    """The feed's entries; a process that read it before asks for changes only, and not at once again."""
    known: Feed | None = cache.get(f"feed:{url}")
    if known and cache.get(f"feed-is-fresh:{url}"):
        return known.entries or ()
    feed = fetch_feed(url, known.validators if known else Validators())
    cache.set(f"feed-is-fresh:{url}", True, _FRESH)
    if feed.entries is None and known:
        return known.entries or ()
    cache.set(f"feed:{url}", feed, _REMEMBERED)
    return feed.entries or ()


def _parsed(url: str, content: bytes, given: Validators) -> Feed:
    import feedparser

    parsed = feedparser.parse(content, response_headers={"content-location": url})
    if not parsed.get("version"):
        raise NotUnderstood("something that is no feed")
    entries = (_entry(url, plain) for plain in parsed.entries[:_ENTRIES])
    return Feed(plain_text(parsed.feed.get("title", "")), tuple(filter(None, entries)), given)


def _entry(url: str, plain: Any) -> Entry | None:
    """None for an entry that has no title or no address to go to: one that is broken costs no other."""
    title, link = plain_text(plain.get("title", ""))[:_LONGEST_TITLE], _address(url, plain.get("link", ""))
    if not title or not link:
        return None
    return Entry(
        guid=_short(plain.get("id") or link),
        url=link,
        title=title,
        summary=plain_text(plain.get("summary", "")),
        author=plain_text(plain.get("author", "")),
        published_at=_moment(plain.get("published_parsed") or plain.get("updated_parsed")),
        categories=tuple(tag.term for tag in plain.get("tags", ()) if tag.get("term")),
    )


def _address(url: str, link: str) -> str:
    """Where an entry leads, seen from its feed; empty when that is nowhere that a browser could go."""
    if not link:
        return ""
    try:
        whole = urljoin(url, link)
        parts = urlsplit(whole)
        reachable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that are no address, or a port that is none
        return ""
    return whole if reachable and len(whole) <= _LONGEST_URL else ""


def _short(guid: str) -> str:
    """A guid that fits an index; of a longer one its hash."""
    return (
        guid if len(guid) <= _LONGEST_GUID else f"sha256:{sha256(guid.encode(errors='replace')).hexdigest()}"
    )


def _moment(time: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(timegm(time), UTC) if time else None
    except (ValueError, OverflowError):
        return None


def _post(feed: str, entry: Entry, published_at: datetime) -> Post:
    text = f"{entry.title}\n{entry.summary}".strip()
    author = entry.author or urlsplit(feed).netloc
    return Post("feeds", entry.guid, author, text, entry.url, published_at)


def plain_text(html: str) -> str:
    """The text of a piece of HTML, in one line."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    return " ".join(unescape("".join(reader.parts)).split())


class _Text(HTMLParser):
    """Collects text; what scripts and styles hold is none."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._mute = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append(" ")
        self._mute += tag in {"script", "style"}

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(" ")
        self._mute -= tag in {"script", "style"} and self._mute > 0

    def handle_data(self, data: str) -> None:
        if not self._mute:
            self.parts.append(data)
