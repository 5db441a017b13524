"""Tags the articles that are there with a coin that became known after them."""

from django.db.models import Q

from enrichment.models import NewsArticle
from enrichment.services.social.names import CoinNames, Tagger


def tag_articles(coin: CoinNames) -> int:
    """How many articles got the coin."""
    tagger = Tagger([coin])
    likely = Q()
    for word in coin.words:
        likely |= Q(title__icontains=word) | Q(summary__icontains=word)
    rows = NewsArticle.objects.filter(likely).exclude(coins__contains=[coin.coin])
    found = [
        row for row in rows.only("title", "summary", "coins") if tagger.coins_in(f"{row.title} {row.summary}")
    ]
    for row in found:
        row.coins = sorted([*row.coins, coin.coin])
    NewsArticle.objects.bulk_update(found, ["coins"], batch_size=500)
    return len(found)
