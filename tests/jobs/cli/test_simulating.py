"""`jobs simulate`, from rows to figures."""

from datetime import UTC, datetime, timedelta

import pytest

from jobs.fence.connection import client
from jobs.histogram import bucket
from jobs.models import Attempt, Metric
from tests.jobs.cli.conftest import Calls
from tests.jobs.rows import make_job

pytestmark = pytest.mark.django_db

ARRIVALS, SECONDS = (0, 1, 2, 30), 10


def _record() -> None:
    """Four jobs that were run one after the other."""
    client().flushall()
    began = datetime.now(UTC) - timedelta(minutes=5)
    free = began
    for due in ARRIVALS:
        started = max(free, began + timedelta(seconds=due))
        free = started + timedelta(seconds=SECONDS)
        job = make_job(state="completed", created_at=began + timedelta(seconds=due), runs=1)
        Attempt.objects.create(job=job, run=1, outcome="completed", started_at=started, ended_at=free)


def test_recorded_arrivals_are_replayed_with_as_many_slots_as_are_asked_for(manage: Calls) -> None:
    _record()
    told = manage("jobs", "simulate", "quick", "--since", "1h", "--slots", "1", "--json").json()
    assert (told["arrivals"], told["exact"]) == (4, True)
    recorded, as_it_is, as_asked = told["waits"]
    for row in (recorded, as_asked):
        assert [row[name] for name in ("p50", "p95", "p99", "max", "mean")] == pytest.approx(
            [0, 18, 18, 18, 6.75], abs=0.001
        )
    assert (as_it_is["slots"], as_it_is["max"]) == (2, pytest.approx(8, abs=0.001))


def test_a_limit_is_asked_for_as_it_is_set(manage: Calls) -> None:
    _record()
    words = ["jobs", "simulate", "quick", "--slots", "8", "--rate", "1/min", "--json"]
    as_asked = manage(*words).json()["waits"][2]
    assert as_asked["limits"]["rate"] == "1/min"
    assert as_asked["max"] == pytest.approx(150, abs=0.001)
    table = manage(*words[:-1])
    assert [line.split()[0] for line in table.out.splitlines()] == ["WHAT", "recorded", "as", "as"]
    assert "each at its own moment" in table.err


def test_jobs_that_are_deleted_are_replayed_from_the_time_series(manage: Calls) -> None:
    client().flushall()
    at = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=3)
    Metric.objects.create(
        period="minute", at=at, queue="quick", task="t", enqueued=60, waits={str(bucket(2)): 60},
        runs={str(bucket(2)): 60},
    )  # fmt: skip
    told = manage("jobs", "simulate", "quick", "--slots", "1", "--json").json()
    assert (told["arrivals"], told["exact"]) == (60, False)
    recorded, as_it_is, as_asked = told["waits"]
    assert recorded["p99"] == pytest.approx(2, rel=0.02)
    assert as_it_is["max"] < 2
    assert as_asked["max"] == pytest.approx(59, rel=0.05)  # one each second, and each takes two


def test_what_cannot_be_simulated_is_a_sentence(manage: Calls) -> None:
    client().flushall()
    assert manage("jobs", "simulate", "quick").err == "Nothing arrived in quick within the last 24 h."
    assert manage("jobs", "simulate", "quik").code == 2
    assert "no rate" in manage("jobs", "simulate", "quick", "--rate", "fast").err
