"""What a user or a token may do with jobs: three levels, the middle one for single queues too.

A token's permissions are words: `view`, `operate`, `operate:QUEUE`, `administer`. Each level includes those
below it; a word with a queue holds for that queue alone.
"""

from collections.abc import Iterable

from django.contrib.auth.models import Permission
from django.db.models import Q

from jobs.configuration import queue_book
from jobs.errors import OptionRefused, UnknownName

VIEW, OPERATE, ADMINISTER = "view", "operate", "administer"
LEVELS = (VIEW, OPERATE, ADMINISTER)

# Operating is enqueuing jobs, moving them, and dealing with dead letters.
_OPERATING = ("add_job", "change_job", "change_deadletter")
_APPS = ("jobs", "django_celery_beat", "django_celery_results")


def permissions_of(level: str) -> list[Permission]:
    """Every permission of a level, those of the levels below included."""
    wanted = Q(content_type__app_label__in=_APPS, codename__startswith="view_")
    if level == OPERATE:
        wanted |= Q(content_type__app_label="jobs", codename__in=_OPERATING)
    if level == ADMINISTER:
        wanted |= Q(content_type__app_label__in=_APPS)
    return list(Permission.objects.filter(wanted))


def parse_permissions(text: str) -> list[str]:
    """`operate:orders, view` as words with the declared names of queues. OptionRefused names what is wrong."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words:
        raise OptionRefused("permissions", f"name at least one of {', '.join(LEVELS)}, {OPERATE}:QUEUE")
    return list(dict.fromkeys(map(_parsed, words)))


def _parsed(word: str) -> str:
    level, _, queue = word.partition(":")
    if level not in LEVELS or (":" in word and level != OPERATE):
        raise OptionRefused(
            "permissions", f"{word!r} is none; they are {', '.join(LEVELS)} and {OPERATE}:QUEUE"
        )
    if ":" not in word:
        return level
    try:
        return f"{level}:{queue_book().get(queue).declared_name}"
    except UnknownName as error:
        raise OptionRefused("permissions", str(error)) from None


def allows(words: Iterable[str], level: str, queue: str | None = None) -> bool:
    """Whether these words permit the level: for one queue by its declared name, or for all of them (None)."""
    needed = LEVELS.index(level)
    for word in words:
        given, _, only = word.partition(":")
        if LEVELS.index(given) >= needed and (not only or only == queue or level == VIEW):
            return True
    return False
