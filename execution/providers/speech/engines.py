"""The engine that the settings choose: SPEECH_URL speaks, or else the model on this machine."""

from collections.abc import Callable
from typing import Protocol

from django.conf import settings

from execution.providers.speech.local import LocalEngine
from execution.providers.speech.openai import OpenAiEngine
from execution.providers.speech.sound import Sound

OnPart = Callable[[float], None]  # the share that is spoken


class Engine(Protocol):
    """Turns text into sound."""

    @property
    def name(self) -> str:
        """Which model of which house: the same name means the same sound."""

    @property
    def default_voice(self) -> str:
        """The voice when nobody chooses."""

    @property
    def voices(self) -> tuple[str, ...]:
        """The voices there are; none means that only the engine knows."""

    def text_fault(self, text: str) -> str:
        """Why it cannot read this text; empty when it can."""

    def speak(self, text: str, voice: str, speed: float, on_part: OnPart) -> Sound:
        """The text as sound. Raises RateLimited, Transient, Permanent."""


def engine() -> Engine:
    """The engine of this installation."""
    if settings.SPEECH_URL:
        return OpenAiEngine(settings.SPEECH_URL.rstrip("/"), settings.SPEECH_MODEL, settings.SPEECH_API_KEY)
    return LocalEngine()
