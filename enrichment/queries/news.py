"""Finds news: by words (as people type them into a search engine), coin, age, and sentiment."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db.models import F, FloatField, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from enrichment.models import NewsArticle, NewsFeed, ScrapedCoin, Token
from enrichment.queries.social import key_of
from enrichment.services.sentiment.scoring import THRESHOLD, Label, label

_FROM, _TO = "\ue000", "\ue001"  # marks of a highlight; the index lets none of them in
_LONGEST = 200  # characters of a search


@dataclass(frozen=True)
class Wanted:
    """What to find; what is left out restricts nothing."""

    text: str = ""
    coin: str = ""
    since: datetime | None = None
    sentiment: Label | None = None
    breaking: bool = False


@dataclass(frozen=True)
class Place:
    """The last article of a page: its rank (0 without words), time and id."""

    rank: float
    published_at: datetime
    id: int


@dataclass(frozen=True)
class TaggedCoin:
    """A coin that an article speaks of."""

    coin: str
    symbol: str


@dataclass(frozen=True)
class FoundArticle:
    """An article; the two highlighted texts are safe HTML, with <mark> around what was looked for."""

    id: int
    title: str
    url: str
    source: str
    published_at: datetime
    breaking: bool
    sentiment: float
    coins: tuple[TaggedCoin, ...]
    title_highlighted: SafeString
    summary_highlighted: SafeString
    place: Place

    @property
    def label(self) -> Label:
        """The sentiment's word."""
        return label(self.sentiment)


def find_news(
    wanted: Wanted, limit: int, after: Place | None = None
) -> tuple[list[FoundArticle], Place | None]:
    """A page of articles, and where the next one goes on: the best first with words, else the newest."""
    words = _words(wanted.text)
    rows = _filtered(NewsArticle.objects.defer("search", "words"), wanted)
    if words:
        rows = rows.filter(words.found)
    rank: Any = Cast(words.rank, FloatField()) if words else Value(0.0, FloatField())
    rows = rows.annotate(rank=rank, headed=_headline("title", words), summed=_headline("summary", words))
    if after:
        rows = rows.filter(_below(after))
    page = list(rows.order_by("-rank", "-published_at", "-id")[: limit + 1])
    symbols = _symbols({coin for row in page for coin in row.coins})
    found = [_found(row, symbols) for row in page[:limit]]
    return found, found[-1].place if len(page) > limit else None


def news_feeds_read() -> list[NewsFeed]:
    """The feeds that were read, with what was wrong with them."""
    return list(NewsFeed.objects.order_by("title", "url"))


def news_coins() -> list[TaggedCoin]:
    """The coins that people asked about, to filter by."""
    rows = ScrapedCoin.objects.order_by("symbol", "coin").values_list("coin", "symbol")
    return [TaggedCoin(coin, symbol) for coin, symbol in rows]


@dataclass(frozen=True)
class _Words:
    """What was typed: all of it in finished words; and, while the last may be unfinished, those before it and it."""

    whole: SearchQuery
    before: SearchQuery | None = None
    unfinished: SearchQuery | None = None

    @property
    def found(self) -> Q:
        """The articles that have them."""
        if self.unfinished is None:
            return Q(search=self.whole)
        typing = Q(words=self.unfinished)
        return Q(search=self.whole) | (typing & Q(search=self.before) if self.before else typing)

    @property
    def rank(self) -> Any:
        """How well they fit."""
        rank: Any = SearchRank(F("search"), self.whole)
        for field, query in (("search", self.before), ("words", self.unfinished)):
            if query is not None:
                rank += SearchRank(F(field), query)
        return rank


def _words(text: str) -> _Words | None:
    """Words, "phrases", -without and or, as in a search engine; the last word may be unfinished."""
    text = text.replace("\0", " ").strip()[:_LONGEST]
    if not text:
        return None
    whole = SearchQuery(text, config="english", search_type="websearch")
    head, _, last = text.rpartition(" ")
    if not last.isalnum() or len(last) < 2 or '"' in head:
        return _Words(whole)
    before = SearchQuery(head, config="english", search_type="websearch") if head else None
    return _Words(whole, before, SearchQuery(f"{last}:*", config="simple", search_type="raw"))


def _filtered(rows: QuerySet[NewsArticle], wanted: Wanted) -> QuerySet[NewsArticle]:
    if wanted.coin:
        rows = rows.filter(coins__contains=[key_of(wanted.coin)])
    if wanted.since:
        rows = rows.filter(published_at__gte=wanted.since)
    if wanted.breaking:
        rows = rows.filter(breaking=True)
    if wanted.sentiment == "positive":
        return rows.filter(sentiment__gte=THRESHOLD)
    if wanted.sentiment == "negative":
        return rows.filter(sentiment__lte=-THRESHOLD)
    if wanted.sentiment == "neutral":
        return rows.filter(sentiment__gt=-THRESHOLD, sentiment__lt=THRESHOLD)
    return rows


def _headline(field: str, words: _Words | None) -> Any:
    """The field with marks around what was found. Only the rows of the page are worked out."""
    if words is None:
        return F(field)
    how: dict[str, Any] = {"highlight_all": True} if field == "title" else {"max_words": 40, "min_words": 20}
    marks: dict[str, Any] = {"start_sel": _FROM, "stop_sel": _TO}
    query: Any = words.whole
    for other in (words.before, words.unfinished):
        query = query if other is None else query | other
    found = SearchHeadline(field, query, config="english", **marks, **how)
    if words.unfinished is None:
        return found
    return SearchHeadline(found, words.unfinished, config="simple", highlight_all=True, **marks)


def _below(place: Place) -> Q:
    same_rank = Q(rank=place.rank)
    older = Q(published_at__lt=place.published_at)
    same_time = Q(published_at=place.published_at, id__lt=place.id)
    return Q(rank__lt=place.rank) | (same_rank & (older | same_time))


def _symbols(coins: set[str]) -> dict[str, str]:
    tokens = Token.objects.filter(mint__in=coins).exclude(symbol="").values_list("mint", "symbol")
    asked = ScrapedCoin.objects.filter(coin__in=coins).values_list("coin", "symbol")
    return {**dict(tokens), **dict(asked)}


def _found(row: Any, symbols: dict[str, str]) -> FoundArticle:
    return FoundArticle(
        id=row.id,
        title=row.title,
        url=row.url,
        source=row.source,
        published_at=row.published_at,
        breaking=row.breaking,
        sentiment=row.sentiment,
        coins=_tagged(row.coins, symbols),
        title_highlighted=highlighted(row.headed),
        summary_highlighted=highlighted(_with_ellipsis(row.summed, row.summary)),
        place=Place(row.rank, row.published_at, row.id),
    )


def _with_ellipsis(excerpt: str, whole: str) -> str:
    """An excerpt that says so where it breaks off."""
    plain = excerpt.replace(_FROM, "").replace(_TO, "").strip()
    return excerpt if whole.rstrip().endswith(plain[-40:]) else f"{excerpt} …"


def _tagged(coins: Sequence[str], symbols: dict[str, str]) -> tuple[TaggedCoin, ...]:
    return tuple(TaggedCoin(coin, symbols.get(coin, coin)) for coin in coins)


def highlighted(text: str) -> SafeString:
    """A text with marks as HTML: what was outside stays text, whatever it looks like."""
    once = re.sub(f"{_TO}+", _TO, re.sub(f"{_FROM}+", _FROM, text))
    marked = escape(once).replace(_FROM, "<mark>").replace(_TO, "</mark>")
    return mark_safe(marked)  # noqa: S308 -- escaped in the line above
