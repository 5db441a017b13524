"""Search words as Reddit and X take them: `(PEBL OR "Pebble") -is:retweet lang:en`."""

import re
from dataclasses import dataclass

_PART = re.compile(r'-?"[^"]*"|[^\s()"]+')


@dataclass(frozen=True)
class Terms:
    """A text fits when it has one of `any_of` and none of `none_of`; no words at all fit nothing."""

    any_of: tuple[str, ...]
    none_of: tuple[str, ...]

    def fit(self, text: str) -> bool:
        """Whether a text has the words, as whole words, whatever their case."""
        return any(_has(text, word) for word in self.any_of) and not any(
            _has(text, word) for word in self.none_of
        )


def parse_terms(query: str) -> Terms:
    """Words joined by OR; operators with a colon (`lang:en`, `-is:retweet`) are taken as fulfilled."""
    any_of: list[str] = []
    none_of: list[str] = []
    for part in _PART.findall(query):
        if part in {"OR", "AND"} or (":" in part and '"' not in part):
            continue
        word = part.lstrip("-").strip('"').lstrip("$").strip()
        (none_of if part.startswith("-") else any_of).append(word)
    return Terms(tuple(filter(None, any_of)), tuple(filter(None, none_of)))


def _has(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) is not None
