"""News is found by words, coin, age and sentiment."""

import pytest

from enrichment.models import NewsArticle
from enrichment.queries.news import Place, Wanted, find_news, highlighted
from tests.enrichment.social_rows import ago, article, coin

pytestmark = pytest.mark.django_db


def titles(wanted: Wanted) -> list[str]:
    """What is found."""
    return [one.title for one in find_news(wanted, 50)[0]]


def test_words_are_found_in_every_form_and_the_title_counts_more() -> None:
    article("Traders wait", "Pebble rallied again")
    article("Pebble rallies", "Traders wait")
    article("Nothing of it")
    assert titles(Wanted("rally")) == ["Pebble rallies", "Traders wait"]


def test_phrases_and_exclusions_are_those_of_a_search_engine() -> None:
    article("Big listing for Pebble")
    article("Listing big things of Moth")
    assert titles(Wanted('"big listing"')) == ["Big listing for Pebble"]
    assert titles(Wanted("listing -pebble")) == ["Listing big things of Moth"]


@pytest.mark.parametrize("text", ["peb", "listing peb", "Pebb", "lis", "listin", "pebble listin", "listings"])
def test_the_last_word_may_be_unfinished(text: str) -> None:
    article("Big listing for Pebble")
    article("Trades of Moth")
    assert titles(Wanted(text)) == ["Big listing for Pebble"]


@pytest.mark.parametrize("typed", ["tr", "tra", "trad", "tradi", "tradin", "trading"])
def test_nothing_is_lost_between_two_letters(typed: str) -> None:
    article("Trading begins", "Regulation of trading in Moth")
    article("Nothing of it", "Moth")
    (found,), _ = find_news(Wanted(f"regulation {typed}"), 5)
    assert found.title_highlighted == "<mark>Trading</mark> begins"
    assert found.summary_highlighted == "<mark>Regulation</mark> of <mark>trading</mark> in Moth"


@pytest.mark.parametrize(
    "text", ["'", '"', "&", "a:* | b", "((", "!", ":*", "\\", "-", "or", "%", "<script>"]
)
def test_no_input_breaks_the_search(text: str) -> None:
    article("Big listing for Pebble")
    assert titles(Wanted(text)) == []


def test_what_was_found_is_marked_and_what_looks_like_html_stays_text() -> None:
    article(
        "<script>alert(1)</script> Pebble & <b>friends</b>", "All of Pebble's <img src=x onerror=alert(1)>"
    )
    (found,), _ = find_news(Wanted("pebble"), 5)
    assert found.title_highlighted == (
        "&lt;script&gt;alert(1)&lt;/script&gt; <mark>Pebble</mark> &amp; &lt;b&gt;friends&lt;/b&gt;"
    )
    assert "<img" not in found.summary_highlighted
    assert "<mark>Pebble</mark>" in found.summary_highlighted


def test_marks_are_the_only_html() -> None:
    assert highlighted("a \ue000b\ue001 <c>") == "a <mark>b</mark> &lt;c&gt;"


def test_filters_narrow_together() -> None:
    coin("PEBL", "PEBL")
    article("Pebble rallies, wonderful", coins=("PEBL",), hours=1)
    article("Pebble crashes, terrible", coins=("PEBL",), hours=1)
    article("Pebble rallied, wonderful", coins=("PEBL",), hours=50)
    article("Moth rallies, wonderful", coins=("MOTH",), hours=1)
    wanted = Wanted("rally", coin="pebl", since=ago(24), sentiment="positive")
    assert titles(wanted) == ["Pebble rallies, wonderful"]
    assert titles(Wanted(sentiment="negative")) == ["Pebble crashes, terrible"]


@pytest.mark.parametrize("text", ["", "pebble"])
def test_pages_hold_every_article_once(text: str) -> None:
    for number in range(7):
        article(f"Pebble number {number}", "pebble " * (number % 3), hours=number % 2 + 1)
    seen: list[int] = []
    place: Place | None = None
    while True:
        found, place = find_news(Wanted(text), 3, place)
        seen += [one.id for one in found]
        if place is None:
            break
    assert len(seen) == len(set(seen)) == 7
    if not text:
        rows = NewsArticle.objects.order_by("-published_at", "-id")
        assert seen == list(rows.values_list("id", flat=True))
