"""News about the market."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models


class NewsFeed(models.Model):
    """A feed, and what its server gave to ask it for changes with (RFC 9110, 13)."""

    url = models.TextField(unique=True)
    title = models.CharField(max_length=255, default="")
    etag = models.TextField(default="")
    last_modified = models.TextField(default="")
    fetched_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)
    problem = models.TextField(default="")

    def __str__(self) -> str:
        return self.title or self.url


class NewsArticle(models.Model):
    """An article, stored once, whichever feeds carry it. `coins` are keys as in `SocialMention.coin`."""

    guid = models.TextField()
    url = models.TextField()
    canonical_url = models.TextField(unique=True)
    title = models.TextField()
    summary = models.TextField(default="")
    source = models.CharField(max_length=255)
    author = models.CharField(max_length=255, default="")
    published_at = models.DateTimeField()
    indexed_at = models.DateTimeField(auto_now_add=True)
    breaking = models.BooleanField(default=False)
    sentiment = models.FloatField()
    coins: Any = ArrayField(models.CharField(max_length=64), default=list)
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config="english")
        + SearchVector("summary", weight="B", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    # As they are written: while somebody types, a word's beginning is looked for, and stems have other ends.
    words = models.GeneratedField(
        expression=SearchVector("title", weight="A", config="simple")
        + SearchVector("summary", weight="B", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        indexes = (
            GinIndex(fields=["words"], name="news_article_words"),
            GinIndex(fields=["search"], name="news_article_search"),
            GinIndex(fields=["coins"], name="news_article_coins"),
            models.Index(fields=["-published_at", "-id"], name="news_article_latest"),
            models.Index(fields=["guid"], name="news_article_guid"),
        )

    def __str__(self) -> str:
        return self.title
