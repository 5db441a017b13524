"""What the tables say happened, for assertions."""

from collections import Counter
from collections.abc import Sequence

from celery.result import AsyncResult
from django.db import connection
from django.db.models import Sum

from jobs.configuration import queue_book
from jobs.models import Attempt, Job, Metric
from jobs.store.metrics import add_tallies
from tests.waiting import wait_until


def wait_for_all(results: Sequence[AsyncResult], seconds: float = 60.0) -> None:
    """Until every job is finished; a database that is away counts as not yet."""
    uids = [result.id for result in results]
    wait_until(lambda: _finished(uids) == len(uids), seconds, f"the end of {len(uids)} jobs")


def wait_for_done(results: Sequence[AsyncResult], count: int, seconds: float = 30.0) -> None:
    """Until at least `count` of the jobs are finished."""
    uids = [result.id for result in results]
    wait_until(lambda: _finished(uids) >= count, seconds, f"the end of {count} jobs")


def somebody_waits_for_a_lock() -> bool:
    """Whether a connection to PostgreSQL waits for what another one holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return bool(cursor.fetchone()[0])


def assert_each_completed_once(results: Sequence[AsyncResult]) -> None:
    """Every job completed, with exactly one committed outcome that ended it."""
    uids = [result.id for result in results]
    states = Counter(Job.objects.filter(uid__in=uids).values_list("state", flat=True))
    assert states == {"completed": len(uids)}
    ends = Counter(
        Attempt.objects.filter(job__uid__in=uids, outcome="completed").values_list("job__uid", flat=True)
    )
    assert set(ends.values()) == {1}
    assert len(ends) == len(uids)
    assert_counters_equal_the_history()


def assert_counters_equal_the_history() -> None:
    """The time series counted every job, run and outcome once, whatever died meanwhile."""
    add_tallies(queue_book().names)  # what no leader came to yet
    started = Attempt.objects.filter(started_at__isnull=False)
    outcomes = Counter(Attempt.objects.values_list("outcome", flat=True))
    states = Counter(Job.objects.values_list("state", flat=True))
    history = {
        "enqueued": Job.objects.count(),
        "started": started.count() + states["active"],
        "ran": started.exclude(outcome="stalled").count(),
        **{name: outcomes[name] for name in ("completed", "retried", "stalled")},
        **{name: states[name] for name in ("failed", "cancelled")},
    }
    sums = {name: Sum(name, default=0) for name in history}
    assert Metric.objects.filter(period="minute").aggregate(**sums) == history
    assert Metric.objects.filter(period="total").aggregate(**sums) == history


def executions() -> Counter[str]:
    """How often each mark was left."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT mark, count(*) FROM tests_mark GROUP BY mark")
        return Counter(dict(cursor.fetchall()))


def _finished(uids: Sequence[str]) -> int:
    try:
        return Job.objects.filter(uid__in=uids, finished_at__isnull=False).count()
    except Exception:
        connection.close()
        return -1
