"""PostgreSQL ends connections, or refuses a transaction because of another one."""

from django.db import connection, transaction

from jobs.fence import keys
from jobs.fence.connection import client
from jobs.models import Job
from tests.jobs.faults.history import (
    assert_each_completed_once,
    somebody_waits_for_a_lock,
    wait_for_all,
    wait_for_done,
)
from tests.processes import Platform
from tests.sample_tasks import mark
from tests.waiting import wait_until

_END_ALL_OTHERS = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND datname = current_database()
"""


def test_connections_are_ended_and_a_fold_meets_a_serialisation_failure(platform: Platform) -> None:
    strict = "-c default_transaction_isolation=repeatable\\ read"
    dispatcher = platform.dispatcher(PGOPTIONS=strict)
    platform.worker(PGOPTIONS=strict)
    results = mark.enqueue_many([{"name": str(n), "seconds": 0.03} for n in range(40)])
    wait_for_done(results, 10)
    with connection.cursor() as cursor:
        cursor.execute(_END_ALL_OTHERS)
        assert cursor.fetchone()[0] >= 1  # the dispatcher's; a worker opens one when it needs it
    wait_for_all(results, 40)
    assert_each_completed_once(results)

    (result,) = mark.enqueue_many([{"name": "contended", "seconds": 0.5}])
    wait_until(lambda: Job.objects.filter(uid=result.id, state="active").exists(), 15, "the start")
    with transaction.atomic():
        Job.objects.filter(uid=result.id).update(progress=0.5)
        wait_until(lambda: client().hexists(keys.ended("quick"), result.id), 15, "the end of its run")
        wait_until(somebody_waits_for_a_lock, 15, "the fold's wait for the row")
    wait_for_all([result], 15)
    assert_each_completed_once([result])
    assert "could not serialize access" in dispatcher.log.read_text()
