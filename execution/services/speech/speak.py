"""Speaks a text into a file, once per text, voice and pace."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from execution.models import Speech
from execution.providers.speech.engines import Engine
from execution.providers.speech.sound import Sound, encode
from execution.services.speech.files import can_be_heard, place_of
from execution.speaking import Order, faults_of
from jobs.errors import Permanent

OnStep = Callable[[float, str], None]
_PLACES = Decimal("0.001")


@dataclass(frozen=True)
class SpeechResult:
    """A WAV file. `already` when it had been spoken before; `seconds` is exact to the millisecond."""

    id: int
    voice: str
    seconds: str
    bytes: int
    already: bool


def record(order: Order, engine: Engine, job_uid: str) -> Speech:
    """The row of this text in this voice, made when it is not there."""
    row, _ = Speech.objects.get_or_create(
        key=order.key(engine),
        defaults={
            "text": order.text,
            "voice": order.voice,
            "speed": order.speed,
            "engine": engine.name,
            "job_uid": job_uid,
        },
    )
    return row


def assign(row: Speech, job_uid: str) -> None:
    """Another job is to speak it: the one before has ended without."""
    Speech.objects.filter(pk=row.pk, file="").update(job_uid=job_uid)


def speak(order: Order, engine: Engine, job_uid: str, on_step: OnStep) -> SpeechResult:
    """Speak and store. Raises RateLimited, Transient, Permanent; the caller holds the key's lock."""
    faults = faults_of(order, engine)
    if faults:
        raise Permanent("; ".join(f"{field} {fault}" for field, fault in faults.items()))
    row = record(order, engine, job_uid)
    if can_be_heard(row):
        return _result(row, already=True)
    on_step(0, f"Speaking with the voice {order.voice}")
    sound = engine.speak(
        order.text, order.voice, order.speed, lambda share: on_step(0.95 * share, "Speaking")
    )
    if not sound.frames:
        raise Permanent("The engine answered with silence of no length.")
    _store(row, sound, job_uid)
    return _result(row, already=False)


def _store(row: Speech, sound: Sound, job_uid: str) -> None:
    """The file first: a row with a file is a promise. One that a crash left behind is replaced."""
    name, data = place_of(row.key), encode(sound)
    if default_storage.exists(name):
        default_storage.delete(name)
    row.file = default_storage.save(name, ContentFile(data))
    row.seconds = Decimal(sound.seconds).quantize(_PLACES)
    row.sample_rate, row.size = sound.rate, len(data)
    row.spoken_at, row.job_uid = timezone.now(), job_uid
    row.save(update_fields=["file", "seconds", "sample_rate", "size", "spoken_at", "job_uid"])


def _result(row: Speech, *, already: bool) -> SpeechResult:
    return SpeechResult(row.pk, row.voice, str(row.seconds), row.size or 0, already)
