"""Which coins are followed."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from enrichment.models import Coin, ScrapedCoin
from enrichment.providers.prices.samples import SampleCoin
from enrichment.services.social.coins import watch_coin
from jobs import audit


def follow(mint: str, slug: str = "", symbol: str = "", name: str = "") -> Coin:
    """The coin of this mint, followed from now on; one that is known already keeps its slug.

    Without a slug the mint itself is taken. Raises ValueError when another coin has the slug.
    """
    names = {"symbol": symbol[:64], "name": name[:255]}
    try:
        with transaction.atomic():
            coin, created = Coin.objects.get_or_create(mint=mint, defaults={"slug": slug or mint, **names})
    except IntegrityError:
        raise ValueError(f"another coin is called {slug!r} already") from None
    if not created and not coin.active:
        Coin.objects.filter(pk=coin.pk).update(active=True)
        coin.active = True
    _listen(coin)
    audit.record("follow coin", f"coin {coin.slug}", mint=coin.mint)
    return coin


@transaction.atomic
def follow_samples(samples: Sequence[SampleCoin]) -> int:
    """Add the coins that were never followed; how many. One that somebody stopped following stays so.

    All of it or nothing: a coin that is known is not listened to by the next call.
    """
    known = set(Coin.objects.filter(mint__in=[one.mint for one in samples]).values_list("mint", flat=True))
    new = [
        Coin(slug=one.symbol, mint=one.mint, symbol=one.symbol, name=one.name)
        for one in samples
        if one.mint not in known
    ]
    before = Coin.objects.count()
    Coin.objects.bulk_create(new, ignore_conflicts=True)
    for coin in new:
        _listen(coin)
    return Coin.objects.count() - before


def learn_names(coin: Coin, symbol: str, name: str) -> None:
    """Fill in what a market calls the coin, where nothing is known."""
    missing = {"symbol": coin.symbol or symbol[:64], "name": coin.name or name[:255]}
    if (coin.symbol, coin.name) != (missing["symbol"], missing["name"]):
        Coin.objects.filter(pk=coin.pk).update(**missing)
        coin.symbol, coin.name = missing["symbol"], missing["name"]
        _listen(coin)


def leave(coin: Coin) -> None:
    """Stop following a coin; its prices and its alerts stay, and rest."""
    with transaction.atomic():
        Coin.objects.filter(pk=coin.pk).update(active=False)
        ScrapedCoin.objects.filter(coin=coin.mint).update(watched=False)
        audit.record("stop following coin", f"coin {coin.slug}", mint=coin.mint)


def _listen(coin: Coin) -> None:
    """Have people asked about a followed coin, as soon as it has a name to look for."""
    if coin.symbol and coin.active:
        watch_coin(coin.mint, coin.symbol, coin.name)
