"""Which coin is meant, by its mint or its symbol, and under which names people talk of it."""

from enrichment.addresses import checked_address
from enrichment.models import ScrapedCoin, Token
from enrichment.providers.prices.dexscreener import find_token, names_of
from enrichment.queries.social import known_coin
from enrichment.services.news.tagging import tag_articles
from enrichment.services.social.names import CoinNames
from jobs.errors import Permanent


def ensure_coin(text: str) -> CoinNames:
    """The coin with this mint or symbol, remembered from now on; a market is asked for what nobody knows yet.

    Raises Permanent for a mint that no market knows, and what the market's provider raises. A symbol that no
    market knows is a coin of its own.
    """
    known = known_coin(text)
    found = known or _asked(text)
    if known is None:
        watch_coin(found.coin, found.symbol, found.name)
        tag_articles(found)
    return found


def watch_coin(coin: str, symbol: str, name: str = "") -> None:
    """Have a coin looked for every half hour, under these names."""
    names = {"symbol": symbol[:64], "name": name[:255], "watched": True}
    ScrapedCoin.objects.update_or_create(coin=coin, defaults=names)


def _asked(text: str) -> CoinNames:
    if _is_mint(text):
        return _by_mint(text)
    found = find_token(text)
    return CoinNames(found.mint, found.symbol, found.name) if found else CoinNames(text.upper(), text.upper())


def _by_mint(mint: str) -> CoinNames:
    token = Token.objects.filter(mint=mint).exclude(symbol="").first()
    if token:
        return CoinNames(mint, token.symbol, token.name)
    found = names_of([mint]).get(mint)
    if found is None or not found.symbol:
        raise Permanent(f"no market knows a name for the token {mint}, so nobody can be asked about it")
    return CoinNames(mint, found.symbol, found.name)


def _is_mint(text: str) -> bool:
    try:
        return checked_address(text) == text
    except ValueError:
        return False
