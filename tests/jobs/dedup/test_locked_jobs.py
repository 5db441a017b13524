"""Jobs that want the same lock, in real workers."""

from typing import Any

from django.db import connection

from jobs.models import Attempt, Job
from tests import sample_tasks
from tests.processes import Platform
from tests.waiting import wait_until

tasks: Any = sample_tasks


def test_a_busy_lock_waits_without_an_attempt_and_the_holder_wakes_the_next(platform: Platform) -> None:
    platform.dispatcher()
    platform.worker("w1", slots=3)
    uids = [tasks.alone.delay("a", 2.0).id for _ in range(3)]
    wait_until(lambda: Job.objects.filter(state="completed").count() == 3, 60, "all three")
    with connection.cursor() as cursor:
        cursor.execute("SELECT mark, extract(epoch FROM at)::float8 FROM tests_mark ORDER BY at")
        marks = cursor.fetchall()
    kinds = [mark.split()[0] for mark, _ in marks]
    assert kinds == ["begin", "end"] * 3
    assert list(Job.objects.filter(uid__in=uids).values_list("attempt", flat=True)) == [1, 1, 1]
    assert Attempt.objects.filter(outcome="snoozed", reason__contains="waiting for the lock").count() >= 3
    assert Attempt.objects.filter(outcome="retried").count() == 0
