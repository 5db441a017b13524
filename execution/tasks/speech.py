"""The job that speaks."""

from typing import Annotated, Any

from celery import shared_task
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from execution.providers.speech.engines import engine
from execution.services.speech.speak import SpeechResult, speak
from execution.speaking import LONGEST, Mode, Order, text_fault
from jobs import Unique, lock, progress


def _sayable(text: str) -> str:
    fault = text_fault(text)
    if fault:
        raise PydanticCustomError("speech_text", "{fault}", {"fault": fault})
    return text


_LOCK = 10.0  # seconds that a worker which died keeps others from trying

SpokenText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST),
    AfterValidator(_sayable),
]
Voice = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9_.\-]*$")]
Speed = Annotated[float, Field(ge=0.5, le=2.0)]


@shared_task(bind=True, time_limit=120, stale_after=240, unique=Unique("text", "voice", "speed"))
def process_tts(
    self: Any, *, text: SpokenText, voice: Voice = "", speed: Speed = 1.0, mode: Mode = Mode.STANDARD
) -> SpeechResult:
    """Speak a text of up to 4,096 characters into a WAV file; the same text in the same voice is one file.

    `mode` decides the priority alone: realtime, standard or batch.
    """
    speaker = engine()
    order = Order(text, voice or speaker.default_voice, speed)
    with lock(f"speech:{order.key(speaker)[:32]}", life=_LOCK):
        result = speak(order, speaker, self.request.id or "", progress)
        progress(1, f"{result.seconds} s of speech")
    return result
