"""Writes posts and what is counted of them. Everything may come again, and at the same time: it is there once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from enrichment.models import ScrapedCoin, SocialMention, SocialMetric, SocialPost
from enrichment.providers.social.records import Post
from enrichment.services.sentiment.scoring import THRESHOLD, score

_BATCH = 5_000  # rows deleted in one transaction

# Sorted by key, so that two jobs with the same posts wait for each other instead of for ever.
_UPSERT = """
INSERT INTO enrichment_socialpost (platform, post_id, author, text, url, posted_at, sentiment, likes, replies)
SELECT * FROM unnest(
    %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::float8[], %s::bigint[],
    %s::bigint[]
) AS given (platform, post_id) ORDER BY platform, post_id
ON CONFLICT (platform, post_id) DO UPDATE SET likes = excluded.likes, replies = excluded.replies
RETURNING platform, post_id, id, (xmax = 0) AS is_new
"""

_COUNT = """
INSERT INTO enrichment_socialmetric
    (coin, platform, window_start, mentions, sentiment, positive, negative, engagement)
SELECT m.coin, p.platform, date_trunc('hour', m.posted_at, 'UTC'), count(*), avg(p.sentiment),
    count(*) FILTER (WHERE p.sentiment >= %(threshold)s),
    count(*) FILTER (WHERE p.sentiment <= -%(threshold)s),
    sum(p.likes + p.replies)
FROM enrichment_socialmention m JOIN enrichment_socialpost p ON p.id = m.post_id
WHERE m.coin = ANY(%(coins)s) AND m.posted_at >= date_trunc('hour', %(since)s::timestamptz, 'UTC')
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
ON CONFLICT (coin, platform, window_start) DO UPDATE SET
    mentions = excluded.mentions, sentiment = excluded.sentiment, positive = excluded.positive,
    negative = excluded.negative, engagement = excluded.engagement
"""


@dataclass(frozen=True)
class StoredPosts:
    """What storing brought: posts that were not there, by platform."""

    new: Mapping[str, int]


def store_posts(posts: Sequence[tuple[Post, Sequence[str]]]) -> StoredPosts:
    """Store posts, each with the coins that it speaks of."""
    once = {(post.platform, post.post_id): (post, coins) for post, coins in posts}
    new: dict[str, int] = {}
    with transaction.atomic():
        mentions = []
        for platform, post_id, row, is_new in _upsert([post for post, _ in once.values()]):
            post, coins = once[platform, post_id]
            new[platform] = new.get(platform, 0) + is_new
            mentions += [SocialMention(post_id=row, coin=coin, posted_at=post.posted_at) for coin in coins]
        SocialMention.objects.bulk_create(mentions, ignore_conflicts=True)
    return StoredPosts(new)


def count_again(coins: Sequence[str], since: datetime) -> None:
    """Bring the coins' hourly metrics up to date from the hour of `since` on."""
    values: dict[str, Any] = {"coins": sorted(coins), "since": since, "threshold": THRESHOLD}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)


def note_scraped(coin: str, moment: datetime) -> None:
    """Every platform was asked about a coin at this moment."""
    ScrapedCoin.objects.filter(coin=coin).update(scraped_at=moment)


def delete_older(days: int) -> dict[str, int]:
    """Delete metrics and posts of more than so many days ago; how many that were."""
    before = timezone.now() - timedelta(days=days)
    return {
        "metrics": _delete(SocialMetric, window_start__lt=before),
        "posts": _delete(SocialPost, posted_at__lt=before),
    }


def _upsert(posts: Sequence[Post]) -> list[tuple[str, str, int, bool]]:
    columns: list[list[Any]] = [
        [post.platform for post in posts],
        [post.post_id for post in posts],
        [post.author[:128] for post in posts],
        [post.text.replace("\0", "") for post in posts],
        [post.url for post in posts],
        [post.posted_at for post in posts],
        [score(post.text) for post in posts],
        [post.likes for post in posts],
        [post.replies for post in posts],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, columns)
        return list(cursor.fetchall())


def _delete(model: Any, **older: Any) -> int:
    """Batch by batch, so that nobody waits long for the rows."""
    deleted = 0
    while rows := list(model.objects.filter(**older).values_list("pk", flat=True)[:_BATCH]):
        model.objects.filter(pk__in=rows).delete()
        deleted += len(rows)
    return deleted
