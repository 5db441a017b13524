"""Posts are stored once, and counted as they are."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from enrichment.models import SocialMention, SocialMetric, SocialPost
from enrichment.services.social.store import count_again, delete_older, store_posts
from tests.enrichment.social_rows import ago, post, say


@pytest.mark.django_db
def test_a_post_that_comes_again_is_there_once_with_its_newest_numbers() -> None:
    at = ago(1)
    assert store_posts([(post(1, "bullish", at, likes=1), ["A"])]).new == {"x": 1}
    assert store_posts([(post(1, "bullish", at, likes=7), ["A", "B"])] * 2).new == {"x": 0}
    assert store_posts([(post(1, "bullish", at, "reddit"), ["A"])]).new == {"reddit": 1}
    assert SocialPost.objects.get(platform="x").likes == 7
    assert sorted(SocialMention.objects.values_list("coin", flat=True)) == ["A", "A", "B"]


@pytest.mark.django_db
def test_metrics_are_by_hour_and_platform_and_counting_again_changes_nothing() -> None:
    hour = ago(5).replace(minute=0, second=0, microsecond=0)
    say("A", post(1, "bullish", hour, likes=2), post(2, "scam", hour + timedelta(minutes=59, seconds=59)))
    say("A", post(3, "hm", hour + timedelta(hours=1)), post(4, "hm", hour, "reddit"))
    columns = ("platform", "window_start", "mentions", "positive", "negative", "engagement")
    rows = sorted(SocialMetric.objects.values_list(*columns))
    assert rows == [
        ("reddit", hour, 1, 0, 0, 0),
        ("x", hour, 2, 1, 1, 2),
        ("x", hour + timedelta(hours=1), 1, 0, 0, 0),
    ]
    count_again(["A"], hour)
    assert sorted(SocialMetric.objects.values_list(*columns)) == rows


@pytest.mark.django_db
def test_what_is_old_goes_and_what_is_not_stays() -> None:
    say("A", post(1, "hm", ago(24 * 31)), post(2, "hm", ago(24 * 29)))
    assert delete_older(30) == {"metrics": 1, "posts": 1}
    assert [row.post_id for row in SocialPost.objects.all()] == ["p2"]
    assert (SocialMention.objects.count(), SocialMetric.objects.count()) == (1, 1)
    assert delete_older(30) == {"metrics": 0, "posts": 0}


@pytest.mark.django_db(transaction=True)
def test_many_at_once_store_every_post_once_and_do_not_wait_for_each_other_for_ever() -> None:
    now = timezone.now()
    posts = [post(number, "hm", now) for number in range(200)]

    def store(worker: int) -> int:
        try:
            mine = posts if worker % 2 else posts[::-1]
            return store_posts([(one, [f"coin {worker}"]) for one in mine]).new["x"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(store, range(4))) == 200
    assert (SocialPost.objects.count(), SocialMention.objects.count()) == (200, 800)
