"""Which coins a text speaks of.

A cashtag in any case ($pebl), a symbol in capitals (PEBL), a name of several words in any case (kite protocol),
and a name of one word with its capital (Pebble): coins are named after things that texts speak of, too.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_CASHTAG = re.compile(r"\$([A-Za-z][A-Za-z0-9]{0,31})\b")
_CAPITALS = re.compile(r"(?<![\w$])[A-Z][A-Z0-9]{1,31}(?!\w)")
_SHORTEST = 3  # letters that a symbol without its dollar sign, or a name, must have


@dataclass(frozen=True, slots=True)
class CoinNames:
    """A coin's key (see `SocialMention.coin`), symbol, and name, which may be empty."""

    coin: str
    symbol: str
    name: str = ""

    @property
    def words(self) -> list[str]:
        """What to search a platform for."""
        return list(dict.fromkeys(filter(None, (self.symbol, self.name))))


class Tagger:
    """Finds coins in texts; built once for many texts."""

    def __init__(self, coins: Iterable[CoinNames]) -> None:
        self._by_symbol: dict[str, list[str]] = {}
        self._by_name: dict[str, list[tuple[str, str]]] = {}
        for coin in coins:
            self._by_symbol.setdefault(coin.symbol.upper(), []).append(coin.coin)
            if len(coin.name) >= _SHORTEST:
                self._by_name.setdefault(coin.name.lower(), []).append((coin.name, coin.coin))
        self._names = _any_of(self._by_name)

    def coins_in(self, text: str) -> list[str]:
        """The keys of the coins that a text speaks of, each once, sorted."""
        symbols = {tag.upper() for tag in _CASHTAG.findall(text)}
        symbols |= {word for word in _CAPITALS.findall(text) if len(word) >= _SHORTEST}
        found = {coin for symbol in symbols for coin in self._by_symbol.get(symbol, ())}
        if self._names:
            found.update(self._named(match[0]) for match in self._names.finditer(text))
        return sorted(found - {""})

    def _named(self, words: str) -> str:
        for name, coin in self._by_name[words.lower()]:
            if " " in name or words == name:
                return coin
        return ""


def _any_of(names: Iterable[str]) -> re.Pattern[str] | None:
    listed = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<![\w$])(?:{listed})(?!\w)", re.IGNORECASE) if listed else None
