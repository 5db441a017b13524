"""Scores texts by VADER's rules (Hutto & Gilbert 2014) with the crypto lexicon on top.

What is no word of feeling is taken out first: addresses, names of people, and cashtags.
"""

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from django.conf import settings

from enrichment.services.sentiment.lexicon import DELIVERED, LexiconError, load_lexicon

Label = Literal["positive", "negative", "neutral"]

THRESHOLD = 0.05  # as VADER's authors recommend: scores nearer to 0 are neutral
_log = logging.getLogger(__name__)
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


_Scorer = Callable[[str], float]
_Stamp = tuple[int, int] | None  # when a file was written, and how long it is; None for one that is not there

_loaded: dict[Path, tuple[_Stamp, _Scorer]] = {}


def _scorer() -> _Scorer:
    """By the lexicon as it is now; one that was spoilt by an edit takes effect once it is mended."""
    path = Path(settings.SENTIMENT_LEXICON or DELIVERED)
    stamp, known = _stamp(path), _loaded.get(path)
    if known and known[0] == stamp:
        return known[1]
    try:
        scorer = _built(path)
    except LexiconError as error:
        if known is None:
            raise
        _log.error("the lexicon is read as it was before: %s", error)
        scorer = known[1]
    _loaded[path] = (stamp, scorer)
    return scorer


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _built(path: Path) -> _Scorer:
    """Once per process and edit: building the analyser costs more than scoring a thousand texts."""
    from vader import SentimentIntensityAnalyzer
    from vader.data.lexicon import MULTIWORD

    lexicon = load_lexicon(path)
    analyser = SentimentIntensityAnalyzer(
        extra_lexicon=lexicon.words, multiword={**MULTIWORD, **lexicon.phrases}
    )
    return lambda text: float(analyser.polarity_scores(text)["compound"])
