"""What may be spoken: checked before anything is stored."""

import hashlib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from execution.providers.speech.engines import Engine

LONGEST = 4096  # characters; OpenAI's limit too
_BREAKS = "\n\r\t"
_MOST_MARKS = 4  # accents of one letter: engines take a time that grows with their square


class Mode(StrEnum):
    """How urgent it is; config/priorities.py has the rules."""

    REALTIME = "realtime"
    STANDARD = "standard"
    BATCH = "batch"


@dataclass(frozen=True)
class Order:
    """A text in a voice; `speed` 1 is the voice's own pace."""

    text: str
    voice: str
    speed: float

    def key(self, engine: Engine) -> str:
        """Equal for what would sound the same."""
        parts = [engine.name, self.voice, f"{self.speed:.3f}", self.text]
        return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def faults_of(order: Order, engine: Engine) -> dict[str, str]:
    """What this engine cannot do, field by field."""
    faults = {"text": text_fault(order.text) or engine.text_fault(order.text)}
    if engine.voices and order.voice not in engine.voices:
        faults["voice"] = f"is none of {', '.join(engine.voices)}"
    return {field: fault for field, fault in faults.items() if fault}


def text_fault(text: str) -> str:
    """What is wrong with a text for any engine; empty when nothing is."""
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"} and character not in _BREAKS:
            return f"holds the character U+{ord(character):04X}, which nobody can read aloud"
    if any(len(list(run)) > _MOST_MARKS for marked, run in groupby(text, _is_mark) if marked):
        return f"piles up more than {_MOST_MARKS} marks on one letter"
    return "" if any(map(str.isalnum, text)) else "has nothing that could be spoken"


def _is_mark(character: str) -> bool:
    return unicodedata.combining(character) > 0
