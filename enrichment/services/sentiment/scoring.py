"""Scores texts by VADER's rules (Hutto & Gilbert 2014) with the crypto lexicon on top.

What is no word of feeling is taken out first: addresses, names of people, and cashtags.
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

from django.conf import settings

from enrichment.services.sentiment.lexicon import DELIVERED, load_lexicon

Label = Literal["positive", "negative", "neutral"]

THRESHOLD = 0.05  # as VADER's authors recommend: scores nearer to 0 are neutral
_LONGEST = 4_000  # characters that are looked at
_NO_FEELING = re.compile(r"https?://\S+|@\w+|\$[A-Za-z][A-Za-z0-9]*")
_MOVE = re.compile(r"(?<![\w.])([+\-−])\d+(?:[.,]\d+)?\s?%")
_UP_DOWN = re.compile(r"\b(up|down)\s+(?:by\s+)?(?:over\s+|almost\s+)?\d+(?:[.,]\d+)?\s?%", re.IGNORECASE)


def score(text: str) -> float:
    """How a text feels, from -1 to 1."""
    return round(_scorer()(_prepared(text[:_LONGEST])), 4)


def label(value: float) -> Label:
    """The word for a score."""
    if value >= THRESHOLD:
        return "positive"
    return "negative" if value <= -THRESHOLD else "neutral"


def _prepared(text: str) -> str:
    """A text as the rules can read it; a change in per cent becomes a word of feeling."""
    text = _NO_FEELING.sub(" ", text)
    text = _MOVE.sub(lambda found: " gaining " if found[1] == "+" else " losing ", text)
    return _UP_DOWN.sub(lambda found: " gaining " if found[1].lower() == "up" else " losing ", text)


def _scorer() -> Callable[[str], float]:
    return _loaded(Path(settings.SENTIMENT_LEXICON or DELIVERED))


@cache
def _loaded(path: Path) -> Callable[[str], float]:
    """Once per process and file: building the analyser costs more than scoring a thousand texts."""
    from vader import SentimentIntensityAnalyzer
    from vader.data.lexicon import MULTIWORD

    lexicon = load_lexicon(path)
    analyser = SentimentIntensityAnalyzer(
        extra_lexicon=lexicon.words, multiword={**MULTIWORD, **lexicon.phrases}
    )
    return lambda text: float(analyser.polarity_scores(text)["compound"])
