"""Where the sound of a text is, whether it is whole, and how it goes away with its row."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from execution.models import Speech

FOLDER = "speech"
STRAY_AFTER = timedelta(days=1)  # a file of no row is left alone until then: its row may be on its way


def place_of(key: str) -> str:
    """The name of a text's file in the storage."""
    return f"{FOLDER}/{key[:2]}/{key}.wav"


def can_be_heard(row: Speech) -> bool:
    """Whether the whole file is there: one that a crash cut off is not."""
    name = row.stored_as
    return bool(name) and default_storage.exists(name) and default_storage.size(name) == row.size


def remove_old_speech(older_than: timedelta) -> int:
    """Delete texts that were spoken (or asked for, and never spoken) longer ago than that, with their files.

    The file goes before its row, so that a crash between the two leaves a row, which the next run removes.
    Answers how many texts; may run concurrently with itself and with those who speak.
    """
    limit = timezone.now() - older_than
    old = Speech.objects.filter(Q(spoken_at__lt=limit) | Q(spoken_at=None, created_at__lt=limit))
    return sum(
        _removed(old.filter(pk=number)) for number in list(old.order_by("id").values_list("id", flat=True))
    )


def remove_stray_files() -> int:
    """Delete files whose text has no row any more, such as one that was deleted by hand. Answers how many."""
    before = timezone.now() - STRAY_AFTER
    strays = [name for folder in _folders() for name in _strays(folder, before)]
    for name in strays:
        default_storage.delete(name)
    return len(strays)


def _removed(old: QuerySet[Speech]) -> int:
    """One text, if it is still old: it may have been spoken again since it was found."""
    with transaction.atomic():
        row = old.select_for_update(skip_locked=True).first()
        if row is None:
            return 0
        for name in {place_of(row.key), row.stored_as} - {""}:
            default_storage.delete(name)
        row.delete()
        return 1


def _folders() -> list[str]:
    if not default_storage.exists(FOLDER):
        return []
    return [f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[0]]


def _strays(folder: str, before: datetime) -> Iterator[str]:
    names = default_storage.listdir(folder)[1]
    keys = {name: name.partition(".")[0][:64] for name in names}
    known = set(Speech.objects.filter(key__in=keys.values()).values_list("key", flat=True))
    for name in names:
        if keys[name] not in known and default_storage.get_modified_time(f"{folder}/{name}") < before:
            yield f"{folder}/{name}"
