"""Texts on their way to a WAV file that is speech, once per text and voice."""

import wave
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from execution.flows.speech import say
from execution.models import Speech
from execution.providers.speech.local import LocalEngine
from execution.providers.speech.sound import decode
from execution.tasks import process_tts
from jobs import testing
from jobs.errors import ArgumentsRefused, Permanent
from jobs.models import Job
from tests.execution.spectrum import measure

pytestmark = pytest.mark.django_db
SENTENCE = "The wallet gained sixty one thousand dollars at half past nine this morning."


def _file(row: Speech, settings: LazySettings) -> Path:
    return Path(settings.MEDIA_ROOT) / str(row.file)


def test_a_sentence_becomes_speech_of_the_right_length(media: Path, settings: LazySettings) -> None:
    with testing.inline() as jobs:
        result = process_tts.delay(text=f"  {SENTENCE} ")
    row = Speech.objects.get()
    assert row.text == SENTENCE
    with wave.open(str(_file(row, settings))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24_000, 1, 2)
        seconds = file.getnframes() / file.getframerate()
    assert abs(float(row.seconds or 0) - seconds) < 0.0006
    # 13 words; people read aloud at 120 to 240 words a minute.
    assert 13 / 4 < seconds < 13 / 2
    heard = measure(decode(_file(row, settings).read_bytes()))
    assert heard.band > 0.9
    assert 0.5 < heard.voiced <= 1
    assert 120 < heard.pitch < 300, "a woman's voice"
    assert heard.tones >= 8, "it has a melody"
    assert 0.03 < heard.quiet < 0.7, "it has pauses"
    assert (row.size, row.sample_rate, row.engine) == (_file(row, settings).stat().st_size, 24_000, "hibari")
    assert result.get() == {
        "id": row.pk, "voice": "heart", "seconds": str(row.seconds), "bytes": row.size, "already": False,
    }  # fmt: skip
    told = [event.data["detail"]["message"] for event in jobs.events(result) if event.kind == "progress"]
    assert told[-1] == f"{row.seconds} s of speech"


def test_twice_the_words_take_about_twice_as_long_and_a_slower_pace_longer(media: Path) -> None:
    with testing.inline():
        for text, speed in ((SENTENCE, 1.0), (f"{SENTENCE} {SENTENCE}", 1.0), (SENTENCE, 0.5)):
            process_tts.delay(text=text, speed=speed)
    once, twice, slow = (float(row.seconds or 0) for row in Speech.objects.order_by("id"))
    assert 1.8 < twice / once < 2.2
    assert 1.7 < slow / once < 2.3


def test_the_same_text_is_spoken_once(media: Path, settings: LazySettings) -> None:
    with testing.inline():
        process_tts.delay(text="Once is enough.")
        row = Speech.objects.get()
        before = _file(row, settings).stat().st_mtime_ns
        again = process_tts.delay(text="Once is enough.")
    assert again.get()["already"] is True
    assert Speech.objects.count() == 1
    assert _file(row, settings).stat().st_mtime_ns == before


def test_the_same_text_is_the_same_sound_and_a_file_that_got_lost_is_spoken_again(
    media: Path, settings: LazySettings
) -> None:
    with testing.inline():
        process_tts.delay(text="Say it again.")
        path = _file(Speech.objects.get(), settings)
        first = path.read_bytes()
        path.unlink()
        again = process_tts.delay(text="Say it again.")
    assert again.get()["already"] is False
    assert path.read_bytes() == first


def test_a_file_that_a_crash_left_behind_is_replaced(media: Path, settings: LazySettings) -> None:
    with testing.inline():
        process_tts.delay(text="Nothing is left.")
        path = _file(Speech.objects.get(), settings)
        whole = path.read_bytes()
        path.write_bytes(whole[:100])
        Speech.objects.update(file="", seconds=None)
        process_tts.delay(text="Nothing is left.")
    assert path.read_bytes() == whole
    assert [found.name for found in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("arguments", "field", "words"),
    [
        ({"text": "x" * 4097}, "text", "4096"),
        ({"text": "   "}, "text", "at least 1"),
        ({"text": "..., !"}, "text", "has nothing that could be spoken"),
        ({"text": "a\x07b"}, "text", "U+0007"),
        ({"text": "a" + "\u0301" * 5}, "text", "piles up more than 4 marks"),
        ({"text": "fine", "voice": "a voice"}, "voice", "pattern"),
        ({"text": "fine", "speed": 9}, "speed", "less than or equal to 2"),
        ({"text": "fine", "mode": "soon"}, "mode", "'realtime', 'standard' or 'batch'"),
    ],
)
def test_wrong_arguments_are_refused_by_field_and_nothing_is_stored(
    arguments: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(ArgumentsRefused) as refusal:
        process_tts.delay(**arguments)
    assert list(refusal.value.fields) == [field]
    assert words in refusal.value.fields[field]
    assert not Job.objects.exists()


@pytest.mark.parametrize("number", ["9" * 37, "$1" + ",000" * 12, "0." + "3" * 37])
def test_a_number_that_the_engine_has_no_words_for_is_refused(number: str) -> None:
    with pytest.raises(ArgumentsRefused, match="more than 36 digits"):
        say(f"It has {number} units.")
    assert not Job.objects.exists()


def test_the_longest_numbers_are_read_aloud() -> None:
    engine = LocalEngine()
    for text in ("9" * 36, "$" + "9" * 36, "1" + ",000" * 11, "0." + "3" * 36):
        assert engine.text_fault(text) == ""
    assert engine.speak("9" * 36, "heart", 1.0, lambda _: None).seconds > 10


def test_text_that_the_engine_stumbles_over_fails_for_good(media: Path) -> None:
    with testing.inline() as jobs:
        process_tts.delay(text="9" * 40)  # past the door, as the task's own check is for every engine
        jobs.assert_failed(process_tts, error=Permanent)
    assert not Speech.objects.exclude(file="").exists()


@pytest.mark.parametrize(
    ("text", "mode", "priority"),
    [
        ("x" * 500, "realtime", 7),
        ("x" * 200, "standard", 5),
        ("x" * 200, "batch", 5),
        ("x" * 201, "batch", 3),
        ("x" * 201, "standard", 5),
    ],
)
def test_the_catalogues_priorities_hold(text: str, mode: str, priority: int) -> None:
    process_tts.delay(text=text, mode=mode)
    assert Job.objects.get().priority == priority
