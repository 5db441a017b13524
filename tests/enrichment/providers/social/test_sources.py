"""Every place where people talk keeps the same promises."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.conf import LazySettings

from enrichment.providers.social.matching import has_any
from enrichment.providers.social.records import Post, PostSource
from enrichment.providers.social.sources import SOURCES
from jobs.errors import Permanent, RateLimited, Transient
from tests.outside import Outside

WORDS = ["PEBL", "Pebble", "MOTH"]

every_source = pytest.mark.parametrize("source", list(SOURCES.values()), ids=list(SOURCES))


def search(source: PostSource, hours: float = 48, limit: int = 400, words: list[str] = WORDS) -> list[Post]:
    """What was said about some coins."""
    return source.search(words, datetime.now(UTC) - timedelta(hours=hours), limit)


@every_source
def test_posts_are_found_by_word_newest_first_and_once(outside: Outside, source: PostSource) -> None:
    found = search(source)
    assert len(found) >= 3
    assert all(has_any(post.text, WORDS) for post in found)
    assert all(newer.posted_at >= older.posted_at for newer, older in pairwise(found))
    assert len({post.post_id for post in found}) == len(found)
    assert {post.platform for post in found} == {source.platform}


@every_source
def test_posts_are_whole(outside: Outside, source: PostSource) -> None:
    for post in search(source):
        assert post.author
        assert post.url.startswith("https://")
        assert post.posted_at.tzinfo is not None
        assert datetime.now(UTC) - timedelta(hours=48) <= post.posted_at <= datetime.now(UTC)
        assert min(post.likes, post.replies) >= 0
        assert "&lt;" not in post.text


@every_source
def test_no_post_is_older_than_what_was_asked_for_and_none_is_left_out(
    outside: Outside, source: PostSource
) -> None:
    day = datetime.now(UTC) - timedelta(hours=24)
    assert search(source, 24) == [post for post in search(source) if post.posted_at >= day]


@every_source
def test_the_limit_keeps_the_newest(outside: Outside, source: PostSource) -> None:
    assert search(source, limit=3) == search(source)[:3]


@every_source
def test_words_that_nobody_says_find_nothing(outside: Outside, source: PostSource) -> None:
    assert search(source, words=["Nobodysaysthis"]) == []


@every_source
def test_a_rate_limit_says_how_long_to_wait(outside: Outside, source: PostSource) -> None:
    with outside.faults(status_429=1, retry_after=17), pytest.raises(RateLimited) as caught:
        search(source)
    assert caught.value.delay == pytest.approx(17, abs=1.5)


@every_source
def test_a_server_error_is_transient(outside: Outside, source: PostSource) -> None:
    with outside.faults(status_500=1), pytest.raises(Transient, match="answered 500"):
        search(source)


@every_source
def test_nobody_at_the_address_is_transient(
    outside: Outside, settings: LazySettings, source: PostSource
) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    with pytest.raises(Transient, match="cannot be reached"):
        search(source)


@every_source
def test_an_address_where_nothing_is_will_not_get_better(
    outside: Outside, settings: LazySettings, source: PostSource
) -> None:
    settings.SANDBOX_URL = f"{outside.url}/nowhere"
    with pytest.raises(Permanent, match="404") as caught:
        search(source)
    for secret in ("sandbox-bearer", "sandbox-secret"):
        assert secret not in str(caught.value)
