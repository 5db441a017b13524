"""Rows about what people say, as tests need them."""

from datetime import datetime, timedelta

from django.utils import timezone

from enrichment.models import NewsArticle, ScrapedCoin, SocialPost
from enrichment.providers.social.records import Post
from enrichment.services.news.duplicates import canonical_url
from enrichment.services.sentiment.scoring import score
from enrichment.services.social.store import count_again, store_posts

MINT = "So11111111111111111111111111111111111111112"


def ago(hours: float) -> datetime:
    """A moment so many hours ago."""
    return timezone.now() - timedelta(hours=hours)


def coin(coin: str = "PEBL", symbol: str = "PEBL", name: str = "Pebble") -> ScrapedCoin:
    """A coin that people were asked about just now."""
    return ScrapedCoin.objects.create(coin=coin, symbol=symbol, name=name, scraped_at=timezone.now())


def post(number: int, text: str, at: datetime, platform: str = "x", likes: int = 0) -> Post:
    """A post as a provider gives it."""
    return Post(platform, f"p{number}", "author", text, f"https://example.com/{number}", at, likes)


def say(coin: str, *posts: Post) -> None:
    """Store posts about a coin and count them."""
    store_posts([(one, [coin]) for one in posts])
    count_again([coin], min(one.posted_at for one in posts))


def article(title: str, summary: str = "", coins: tuple[str, ...] = (), hours: float = 1) -> NewsArticle:
    """A stored article."""
    url = f"https://courier.example/{NewsArticle.objects.count()}"
    return NewsArticle.objects.create(
        guid=url, url=url, canonical_url=canonical_url(url), title=title, summary=summary, source="Courier",
        published_at=ago(hours), sentiment=score(f"{title}. {summary}"), coins=list(coins),
    )  # fmt: skip


def stored(platform: str) -> list[SocialPost]:
    """The posts of a platform, newest first."""
    return list(SocialPost.objects.filter(platform=platform).order_by("-posted_at"))
