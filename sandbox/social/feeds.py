"""News feeds: two in RSS 2.0, one in Atom (RFC 4287), each with ETag and Last-Modified (RFC 9110, 13).

The second RSS feed takes over most articles of the first, with a guid, address and title of its own.
"""

import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from html import escape
from itertools import islice

from sandbox.http import Request, Response
from sandbox.social.board import Board, Said

ITEMS = 40
LONGEST = 5 * 86_400  # seconds
RSS = {"content-type": "application/rss+xml; charset=utf-8"}
ATOM = {"content-type": "application/atom+xml; charset=utf-8"}


class Feeds:
    """Answers the paths of three newsrooms."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def answer(self, request: Request) -> Response:
        """A feed; 304 without a body when the reader has it already."""
        name = request.path.strip("/")
        if name not in {"courier.rss", "wire.rss", "ledger.atom"}:
            return Response(b"no such feed", 404, {"content-type": "text/plain"})
        articles = self._articles(name)
        newest = max((said.time for said in articles), default=0)
        content = (_atom(articles) if name.endswith("atom") else _rss(name, articles)).encode()
        headers = {
            "etag": f'"{hashlib.sha256(content).hexdigest()[:20]}"',
            "last-modified": format_datetime(datetime.fromtimestamp(newest, UTC), usegmt=True),
            "cache-control": "max-age=60",
        }
        if _known(request, headers["etag"], newest):
            return Response(b"", 304, headers)
        return Response(content, headers={**headers, **(ATOM if name.endswith("atom") else RSS)})

    def _articles(self, name: str) -> list[Said]:
        own = 1 if name == "ledger.atom" else 0
        since = self._board.wall() - LONGEST
        found = (
            said for said in self._board.newest_first("news", since) if said.number // 16 % 3 // 2 == own
        )
        if name == "wire.rss":
            found = (said for said in found if said.number // 16 % 5)
        return list(islice(found, ITEMS))


def _known(request: Request, etag: str, newest: int) -> bool:
    """Whether the reader's copy is current; If-None-Match counts before If-Modified-Since."""
    if "if-none-match" in request.headers:
        return etag in [tag.strip().removeprefix("W/") for tag in request.headers["if-none-match"].split(",")]
    try:
        return parsedate_to_datetime(request.headers.get("if-modified-since", "")).timestamp() >= newest
    except ValueError:
        return False


def _rss(name: str, articles: list[Said]) -> str:
    title = "Chain Courier" if name == "courier.rss" else "Market Wire"
    items = "".join(_item(name, said) for said in articles)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>{title}</title><link>https://{_host(name)}/</link><description>Coins, by the hour</description>"
        f"{items}</channel></rss>"
    )


def _item(name: str, said: Said) -> str:
    date = format_datetime(datetime.fromtimestamp(said.time, UTC), usegmt=True)
    title, link = escape(said.title), f"https://{_host(name)}/{said.number}-{said.symbol.lower()}"
    if name == "wire.rss":
        title, link = f"{title} - Market Wire", f"{link}?utm_source=rss&amp;utm_medium=feed"
    return (
        f'<item><title>{title}</title><link>{link}</link><guid isPermaLink="false">{name}:{said.number}</guid>'
        f"<pubDate>{date}</pubDate><author>desk@{_host(name)} ({said.author})</author>"
        f"<description>{escape(f'<p>{said.text}</p>')}</description></item>"
    )


def _atom(articles: list[Said]) -> str:
    newest = max((said.time for said in articles), default=0)
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        "<title>Ledger Letter</title><id>urn:ledger-letter</id>"
        f"<updated>{_iso(newest)}</updated>{''.join(_entry(said) for said in articles)}</feed>"
    )


def _entry(said: Said) -> str:
    link = f"https://{_host('ledger.atom')}/{said.number}"
    return (
        f'<entry><title>{escape(said.title)}</title><link rel="alternate" href="{link}"/>'
        f"<id>urn:ledger-letter:{said.number}</id><published>{_iso(said.time)}</published>"
        f"<updated>{_iso(said.time)}</updated><author><name>{said.author}</name></author>"
        f'<summary type="text">{escape(said.text)}</summary></entry>'
    )


def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _host(name: str) -> str:
    return f"{name.partition('.')[0]}.example"
