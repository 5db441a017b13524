"""A real run whose body repeats its secrets everywhere: their plaintext is in no table, key or log."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from jobs import dead_letters
from jobs.fence.connection import client
from jobs.models import Attempt, DeadLetter, Job
from tests.processes import Platform
from tests.sample_tasks import spill
from tests.waiting import wait_until

KEY, PIN = "open'sesame\n-hunter2", "pin-4711-0815"
TRACES = (b"sesame", b"hunter2", b"4711-0815")


def _tables() -> Iterator[tuple[str, bytes]]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            for (text,) in cursor.fetchall():
                yield table, text.encode()


def _redis() -> Iterator[tuple[str, bytes]]:
    raw = client()
    for key in raw.scan_iter(count=1000):
        kind = str(raw.type(key))
        read: dict[str, Any] = {
            "string": raw.get, "hash": raw.hgetall, "set": raw.smembers, "stream": raw.xrange,
            "list": lambda name: raw.lrange(name, 0, -1),
            "zset": lambda name: raw.zrange(name, 0, -1),
        }  # fmt: skip
        yield str(key), repr(read[kind](key)).encode()


def _places(platform: Platform) -> list[str]:
    logs = ((p.name, p.log.read_bytes()) for p in platform._started)
    found = [*_tables(), *_redis(), *logs]
    return [f"{place}: {text!r}" for place, text in found if any(trace in text for trace in TRACES)]


@pytest.mark.parametrize(("name", "runs"), [("well", 1), ("badly", 2), ("by hand", 2)])
def test_the_plaintext_of_a_run_is_nowhere(platform: Platform, name: str, runs: int) -> None:
    platform.dispatcher()
    result = spill.delay(name, key=KEY, pin=PIN)
    assert _places(platform) == []
    platform.worker("w1", "quick", 1, "-E")

    end = "completed" if name == "well" else "failed"
    wait_until(lambda: Job.objects.get(uid=result.id).state == end, 60, "the end")

    assert _places(platform) == []
    assert Job.objects.get().runs == runs
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT mark FROM tests_mark")
        assert cursor.fetchall() == [(hashlib.sha256((KEY + PIN).encode()).hexdigest(),)]
    if name != "well":
        letter = DeadLetter.objects.get()
        assert (letter.error_type, letter.error) == ("Stubborn", "no luck with ••••••••")
        assert "Stubborn" in Attempt.objects.get(run=2).traceback
        dead_letters.retry(letter.pk)
        wait_until(lambda: DeadLetter.objects.filter(resolution="").exists(), 60, "the next failure")
        assert _places(platform) == []
