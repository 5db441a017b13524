"""When two articles are one."""

import pytest

from enrichment.services.news.duplicates import canonical_url, is_told, plain_title, scoped_guid, told


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("http://www.A.example/One/?utm_source=rss&id=2&a=1#top", "https://a.example/One?a=1&id=2"),
        ("https://a.example:443/", "https://a.example"),
        ("https://a.example:8443/x", "https://a.example:8443/x"),
        ("https://a.example/x?ref=home&fbclid=abc", "https://a.example/x"),
        ("https://a.example/x?reference=7", "https://a.example/x?reference=7"),
    ],
)
def test_addresses_lose_what_does_not_change_where_they_lead(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


def test_an_address_that_no_index_could_hold_is_known_by_its_hash() -> None:
    long = "https://a.example/x?q=" + "|" * 900
    assert len(long) < 1_000, "written out it has three times as many characters"
    assert canonical_url(long).startswith("sha256:")
    assert canonical_url(long) == canonical_url(f"{long}&utm_source=rss") != canonical_url(f"{long}|")


def test_a_short_guid_is_unique_in_its_feed_alone() -> None:
    assert scoped_guid("17", "https://a.example/feed") == "https://a.example/feed#17"
    assert scoped_guid("urn:a:long:enough:17", "https://a.example/feed") == "urn:a:long:enough:17"


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("Coin rallies - Market Wire", "Coin rallies"),
        ("Coin rallies | market wire", "Coin rallies"),
        ("Coin rallies - again", "Coin rallies - again"),
        ("Market Wire", "Market Wire"),
    ],
)
def test_titles_lose_the_name_of_their_publisher(title: str, plain: str) -> None:
    assert plain_title(title, "Market Wire") == plain


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Pebble wins a major listing, volume surges", "PEBBLE WINS A MAJOR LISTING: volume surges!", True),
        ("Pebble wins a major listing, volume surges", "Pebble wins major listing, volume surges", True),
        ("Pebble plunges 5% in heavy selling", "Pebble plunges 8% in heavy selling", False),
        ("Pebble rallies", "Pebble rallies", False),  # too short to tell
        ("Pebble wins a major listing today", "Moth suffers an outage and holders worry", False),
    ],
)
def test_titles_that_hardly_differ(one: str, other: str, same: bool) -> None:
    assert is_told(told(one, "", ["P"]), [told(other, "", ["P"])]) is same


def test_the_same_words_about_another_coin_are_another_article() -> None:
    title = "It holds steady while traders wait for direction"
    assert not is_told(told(title, "", ["P"]), [told(title, "", ["M"])])
