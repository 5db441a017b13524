"""Whether two articles are one: by guid, by address, or by titles that hardly differ."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit

ALIKE = 0.8  # share of words (Jaccard) from which on two titles about the same coins are one
FEWEST = 4  # words that a title needs to be compared
_INDEXED = 2_000  # bytes; PostgreSQL's indexes take some 2,700
_SHORTEST_GUID = 16  # characters; a shorter one is unique in its own feed at best
_TRACKING = re.compile(r"^(utm_|mc_|pk_|hsa_)|^(fbclid|gclid|igshid|ref|source|cmp|via)$", re.IGNORECASE)
_PUBLISHER = re.compile(r"\s+[-|–—]\s+(?P<name>[^-|–—]+)$")


@dataclass(frozen=True, slots=True)
class Told:
    """What an article is recognised by."""

    words: frozenset[str]
    coins: frozenset[str]


def canonical_url(url: str) -> str:
    """An address without what does not change where it leads: tracking, fragment, `www.`, the last slash.

    Of one that no index could hold, its hash.
    """
    parts = urlsplit(url)
    query = sorted((name, value) for name, value in parse_qsl(parts.query) if not _TRACKING.search(name))
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port and parts.port not in {80, 443} else ""
    path = parts.path.rstrip("/")
    whole = f"https://{host}{port}{path}{'?' if query else ''}{urlencode(query)}".encode(errors="replace")
    return whole.decode() if len(whole) <= _INDEXED else f"sha256:{sha256(whole).hexdigest()}"


def scoped_guid(guid: str, feed: str) -> str:
    """A guid that is unique everywhere: `17` is one of its feed alone."""
    return guid if len(guid) >= _SHORTEST_GUID else f"{feed}#{guid}"


def plain_title(title: str, source: str) -> str:
    """A title without the name of its publisher, which feeds like to add: `Coin rallies - Market Wire`."""
    found = _PUBLISHER.search(title)
    return title[: found.start()] if found and found["name"].strip().lower() == source.lower() else title


def told(title: str, source: str, coins: Collection[str]) -> Told:
    """What an article is recognised by."""
    words = re.findall(r"[\w%$']+", plain_title(title, source).lower())
    return Told(frozenset(words), frozenset(coins))


def is_told(article: Told, others: Iterable[Told]) -> bool:
    """Whether one of the others tells the same."""
    return any(_alike(article, other) for other in others)


def _alike(one: Told, other: Told) -> bool:
    if one.coins != other.coins or min(len(one.words), len(other.words)) < FEWEST:
        return False
    return len(one.words & other.words) >= ALIKE * len(one.words | other.words)
