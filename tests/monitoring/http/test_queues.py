"""The time series over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest

from jobs import histogram
from jobs.models import Metric
from tests.jobs.http.conftest import Api
from tests.jobs.rows import make_job

pytestmark = pytest.mark.django_db


def _minute() -> datetime:
    """A whole one, five minutes ago, as of now: the suite runs for longer than that."""
    return datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=5)


def _metric(queue: str = "quick", task: str = "app.tasks.work", **columns: object) -> None:
    values = {"at": _minute(), **columns}
    Metric.objects.create(period="minute", queue=queue, task=task, **values)


def _durations(*seconds: float) -> dict[str, int]:
    return {str(histogram.bucket(each)): 1 for each in seconds}


def test_a_history_has_counters_and_percentiles_by_minute(api: Api) -> None:
    at = _minute()
    _metric(at=at, completed=3, failed=1, started=4, ran=4, run_us=10_000_000, runs=_durations(1, 2, 3, 4))
    _metric(at=at, task="app.tasks.other", completed=1)
    _metric(at=at, task="", depth=12, oldest=3.5)
    answer = api.get("/queues/quick/metrics").json()
    (point,) = answer["points"]
    assert point["at"] == at.isoformat().replace("+00:00", "Z")
    assert (point["completed"], point["failed"], point["depth"], point["oldestSeconds"]) == (4, 1, 12, 3.5)
    assert point["successShare"] == 0.8
    assert point["runSeconds"]["mean"] == 2.5
    assert point["runSeconds"]["median"] == pytest.approx(2, rel=0.02)
    assert point["runSeconds"]["p99"] == pytest.approx(4, rel=0.02)
    assert point["waitSeconds"] == {"mean": None, "median": None, "p95": None, "p99": None}
    assert answer["total"]["completed"] == 4


def test_the_hour_of_minutes_that_are_not_rolled_up_is_there(api: Api) -> None:
    _metric(completed=3)
    (point,) = api.get("/queues/quick/metrics", by="hour").json()["points"]
    assert (point["completed"], point["at"][14:]) == (3, "00:00Z")


def test_all_queues_have_their_history_in_one_answer(api: Api) -> None:
    _metric(completed=3)
    _metric(queue="fixed", completed=2)
    found = {
        queue["queue"]: queue["total"]["completed"]
        for queue in api.get("/queues/metrics/all").json()["queues"]
    }
    assert (found["quick"], found["fixed"], found["maintenance"]) == (3, 2, 0)


def test_a_queue_with_partitions_is_told_as_one(api: Api) -> None:
    from jobs.configuration import queue_book

    for part in queue_book().parts_of("parted"):
        _metric(queue=part, completed=1)
    assert api.get("/queues/parted/metrics").json()["total"]["completed"] == 3


def test_performance_tells_tasks_apart_the_slowest_first(api: Api) -> None:
    _metric(completed=24, runs=_durations(1), ran=1, run_us=1_000_000)
    _metric(task="app.tasks.slow", completed=48, runs=_durations(60), ran=1, run_us=60_000_000)
    answer = api.get("/queues/quick/performance", hours=24).json()
    assert [task["jobName"] for task in answer["tasks"]] == ["slow", "work"]
    assert (answer["jobsPerHour"], answer["tasks"][0]["jobsPerHour"]) == (3, 2)


def test_health_names_issues_and_says_what_to_do(api: Api) -> None:
    make_job()
    _metric(waits=_durations(1, 2, 3, 40), waited=4)
    answer = api.get("/queues/quick/health").json()
    assert answer["status"] == "critical"
    assert {issue["message"] for issue in answer["issues"]} == {
        "No dispatcher leads this queue.", "Jobs wait and no worker serves this queue.",
    }  # fmt: skip
    assert all(issue["recommendation"] for issue in answer["issues"])
    assert answer["objective"]["lastHour"] == 0.75
    assert answer["objective"]["burnRate"] == pytest.approx(5)


def test_runs_without_progress_and_runs_beyond_their_p99_are_issues(api: Api) -> None:
    started = datetime.now(UTC) - timedelta(minutes=10)
    make_job(state="active", runs=1, started_at=started, task="app.tasks.work")
    make_job(state="active", runs=1, started_at=started, task="app.tasks.work", progress=0.4)
    make_job(state="active", runs=1, started_at=started, task="app.tasks.long", progress=0.4)
    _metric(runs=_durations(1))
    _metric(task="app.tasks.long", runs=_durations(900))
    messages = [issue["message"] for issue in api.get("/queues/quick/health").json()["issues"]]
    assert "A job has run for minutes and told no progress." in messages
    assert "2 jobs have each run far longer than other runs of its task." in messages


def test_an_unknown_queue_is_told_with_a_suggestion(api: Api) -> None:
    answer = api.get("/queues/quikc/metrics")
    assert answer.status_code == 404
    assert "quick" in answer.json()["detail"]


def test_a_span_of_no_time_is_refused(api: Api) -> None:
    assert api.get("/queues/quick/performance", hours=0).status_code == 422
