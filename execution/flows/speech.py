"""Asking for speech: checked as a whole, with its row and its job in one transaction."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from execution.models import Speech
from execution.providers.speech.engines import Engine, engine
from execution.services.speech.files import can_be_heard
from execution.services.speech.speak import assign, record
from execution.speaking import Mode, Order, faults_of
from execution.tasks.speech import process_tts
from jobs.errors import ArgumentsRefused


@dataclass(frozen=True)
class Asked:
    """A text and the job that speaks it, or spoke it before (`created` is false)."""

    speech: Speech
    job_uid: str
    created: bool


def say(text: str, voice: str = "", speed: float = 1.0, mode: str = Mode.STANDARD, **options: Any) -> Asked:
    """Let a text be spoken; `options` are those of `using`. What was spoken before is the answer at once.

    Raises ArgumentsRefused, with nothing stored, for what this installation cannot speak.
    """
    speaker = engine()
    order = Order(text.strip(), voice or speaker.default_voice, speed)
    spoken = _spoken(order, speaker)
    if spoken:
        return Asked(spoken, spoken.job_uid, created=False)
    with transaction.atomic():
        # Enqueued first: its checks name each wrong field before this engine is asked about the rest.
        result = process_tts.using(**options).enqueue(
            text=order.text, voice=order.voice, speed=speed, mode=mode
        )
        faults = faults_of(order, speaker)
        if faults:
            raise ArgumentsRefused("process_tts", faults)
        row = record(order, speaker, result.id)
        assign(row, result.id)
        return Asked(row, result.id, result.created)


def _spoken(order: Order, speaker: Engine) -> Speech | None:
    row = Speech.objects.filter(key=order.key(speaker)).exclude(file="").first()
    return row if row and can_be_heard(row) else None
