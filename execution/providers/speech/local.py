"""Speech on this machine: hibari, an English model that comes inside its package."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from os import getpid
from typing import Any

from execution.providers.speech.sound import Sound
from jobs.errors import Permanent

_RATE = 24_000
_LOUDEST = 32_767
_MOST_DIGITS = 36
_TOO_LONG = re.compile(rf"\d(?:,?\d){{{_MOST_DIGITS}}}")
_SEED = 0  # the same text is the same sound


@dataclass(frozen=True)
class LocalEngine:
    """One voice, American English. No network, no keys."""

    name: str = "hibari"
    default_voice: str = "heart"
    voices: tuple[str, ...] = ("heart",)  # the others would have to be downloaded

    def text_fault(self, text: str) -> str:
        """Letters of other scripts would be left out in silence; it has no words for longer numbers."""
        if _TOO_LONG.search(text):
            return f"holds a number of more than {_MOST_DIGITS} digits: write them apart"
        for character in text:
            if character.isalpha() and not unicodedata.name(character, "").startswith("LATIN"):
                return f"holds {character!r}, which the English voice of this machine cannot read"
        return ""

    def speak(self, text: str, voice: str, speed: float, on_part: Callable[[float], None]) -> Sound:
        """One sentence after the other. Permanent for text that has no sound."""
        import numpy

        model = _model(getpid())
        try:
            sentences = len(model.phonemize(text))
        except (IndexError, KeyError, ValueError) as error:
            raise Permanent(f"The engine cannot read this text: {type(error).__name__}") from error
        parts = []
        for number, part in enumerate(model.stream(text, speed, _SEED), 1):
            parts.append(part)
            on_part(number / max(sentences, number))
        if not parts:
            raise Permanent("There is nothing in the text that could be spoken.")
        samples = numpy.clip(numpy.concatenate(parts), -1, 1) * _LOUDEST
        return Sound(_RATE, 1, 2, samples.astype("<i2").tobytes())


@cache
def _model(process: int) -> Any:
    """Loaded once per process, and not before somebody wants to hear something: it takes a second."""
    from hibari import Hibari

    return Hibari()
