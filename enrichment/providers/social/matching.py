"""Whether a text has a word: for platforms that cannot be asked for it."""

import re
from collections.abc import Sequence
from functools import lru_cache


def has_any(text: str, words: Sequence[str]) -> bool:
    """Whether a text has one of the words, as a whole word, whatever its case."""
    return bool(words) and _pattern(tuple(words)).search(text) is not None


@lru_cache(maxsize=512)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    listed = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{listed})(?!\w)", re.IGNORECASE)
