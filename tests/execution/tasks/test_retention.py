"""What was told and spoken long ago goes away, files and all, and nothing is left dangling."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from execution.models import LetterAlert, Notification, Speech
from execution.services.speech.files import place_of
from execution.tasks import cleanup_old_notifications, cleanup_old_speech, process_tts
from jobs import testing
from jobs.models import Job

pytestmark = pytest.mark.django_db
KEYS = {name: name[0] * 64 for name in ("old", "fresh", "unspoken", "xtra")}


def _spoken(name: str, days: int, *, spoken: bool = True, file: bool = True) -> Speech:
    """A text of so many days ago."""
    key, then = KEYS[name], timezone.now() - timedelta(days=days)
    row = Speech.objects.create(key=key, text=name, voice="heart", speed=1, engine="hibari", job_uid=name)
    if file:
        default_storage.save(place_of(key), open(__file__, "rb"))  # noqa: SIM115 -- closed by the storage
    values = {"file": place_of(key), "spoken_at": then} if spoken else {}
    Speech.objects.filter(pk=row.pk).update(created_at=then, **values)
    return row


def _files(media: Path) -> set[str]:
    return {path.stem for path in media.rglob("*.wav")}


def test_old_speech_goes_away_with_its_file_and_fresh_speech_stays(media: Path) -> None:
    _spoken("old", 31)
    _spoken("fresh", 29)
    _spoken("unspoken", 31, spoken=False)  # its worker died before it wrote down what it had stored
    with testing.inline():
        result = cleanup_old_speech.delay(older_than_days=30)
    assert result.get() == 2
    assert list(Speech.objects.values_list("text", flat=True)) == ["fresh"]
    assert _files(media) == {KEYS["fresh"]}


def test_a_text_that_is_spoken_again_while_old_ones_are_removed_stays(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _spoken("old", 32)
    again = _spoken("fresh", 31)
    delete = default_storage.delete

    def delete_slowly(name: str) -> None:
        Speech.objects.filter(pk=again.pk).update(spoken_at=timezone.now())
        delete(name)

    monkeypatch.setattr(default_storage, "delete", delete_slowly)
    assert cleanup_old_speech(older_than_days=30) == 1
    assert _files(media) == {KEYS["fresh"]}


def test_a_row_whose_file_went_before_a_crash_is_removed_by_the_next_run(media: Path) -> None:
    _spoken("old", 31, file=False)
    assert cleanup_old_speech() == 1
    assert not Speech.objects.exists()


def test_a_file_whose_row_is_gone_is_removed_once_it_is_a_day_old(media: Path) -> None:
    for name in ("old", "fresh"):
        _spoken(name, 1)
    _spoken("xtra", 1)
    Speech.objects.exclude(text="xtra").delete()
    yesterday = timezone.now() - timedelta(hours=25)
    for name in ("old", "xtra"):
        os.utime(media / place_of(KEYS[name]), (yesterday.timestamp(),) * 2)
    assert cleanup_old_speech() == 0
    assert _files(media) == {KEYS["fresh"], KEYS["xtra"]}


def test_a_text_that_went_away_is_spoken_again_when_it_is_asked_for(media: Path) -> None:
    with testing.inline():
        process_tts.delay(text="Hello again.")
        Speech.objects.update(spoken_at=timezone.now() - timedelta(days=40))
        cleanup_old_speech.delay()
        assert _files(media) == set()
        assert process_tts.delay(text="Hello again.").get()["already"] is False
    assert len(_files(media)) == 1


def test_a_file_that_is_cut_off_is_not_taken_for_the_whole(media: Path) -> None:
    with testing.inline():
        process_tts.delay(text="Hello again.")
        path = media / Speech.objects.get().stored_as
        whole = path.read_bytes()
        path.write_bytes(whole[:1000])
        assert process_tts.delay(text="Hello again.").get()["already"] is False
    assert path.read_bytes() == whole


def test_old_notifications_go_away_but_those_that_are_still_to_be_delivered(media: Path) -> None:
    for name, state, days in (
        ("told", "delivered", 91), ("lately", "delivered", 89), ("failed", "failed", 91), ("waits", "retrying", 91),
        ("forgotten", "waiting", 91),
    ):  # fmt: skip
        row = Notification.objects.create(
            idempotency_key=name,
            channel="log",
            recipient="x",
            subject="x",
            digest="",
            job_uid=name,
            state=state,
        )
        Notification.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(days=days))
    with testing.stepwise():
        waiting = cleanup_old_speech.delay()
    Job.objects.filter(uid=waiting.id).update(uid="waits", state="delayed")
    LetterAlert.objects.create(fingerprint="f", newest_letter=1, told_at=timezone.now() - timedelta(days=91))
    assert cleanup_old_notifications(older_than_days=90) == 3
    assert set(Notification.objects.values_list("idempotency_key", flat=True)) == {"lately", "waits"}
    assert not LetterAlert.objects.exists()
