"""Celery's calls from async code, unchanged: on a thread whose event loop is running, the ORM would refuse."""

import asyncio
from typing import Any

import pytest
from django.db import connection, transaction

from jobs.errors import ArgumentsRefused
from jobs.models import Job
from tests import sample_tasks

pytestmark = pytest.mark.django_db(transaction=True)

tasks: Any = sample_tasks


async def called() -> list[str]:
    """Every way to enqueue, from a coroutine."""
    one = tasks.mark.delay(name="delay")
    two = tasks.mark.apply_async(kwargs={"name": "apply"}, countdown=60)
    three = tasks.mark.using(priority=9).enqueue(name="using")
    many = tasks.mark.enqueue_many([{"name": "first"}, {"name": "second"}])
    return [result.id for result in (one, two, three, *many)]


def test_a_coroutine_enqueues_as_other_code_does() -> None:
    uids = asyncio.run(called())

    rows = {row.uid: row for row in Job.objects.all()}
    assert [rows[uid].kwargs["name"] for uid in uids] == ["delay", "apply", "using", "first", "second"]
    assert [rows[uid].state for uid in uids] == ["waiting", "delayed", "waiting", "waiting", "waiting"]


def test_what_is_refused_is_refused_there_too_and_nothing_is_stored() -> None:
    async def wrong() -> None:
        tasks.mark.delay(nmae="x")

    with pytest.raises(ArgumentsRefused, match="nmae"):
        asyncio.run(wrong())
    assert not Job.objects.exists()


def test_with_djangos_own_switch_the_call_is_part_of_the_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    async def taken_back() -> None:
        with transaction.atomic():
            tasks.mark.delay(name="never")
            transaction.set_rollback(True)

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    asyncio.run(taken_back())
    assert not Job.objects.exists()


def test_coroutines_of_several_loops_and_a_lost_connection() -> None:
    asyncio.run(called())
    _end_other_connections()

    asyncio.run(called())

    assert Job.objects.count() == 10


def _end_other_connections() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
