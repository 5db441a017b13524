"""`jobs cancel` of running jobs, and circuit breakers on the command line."""

from typing import Any

from jobs.models import BreakerSetting, Job
from jobs.store.outcomes import Outcome, write_outcomes
from tests.jobs.rows import make_job


def test_a_running_job_is_asked_to_end(manage: Any, db: None) -> None:
    job = make_job(state="active", runs=1)
    answer = manage("jobs", "cancel", job.uid, "--reason", "wrong wallet")
    assert (answer.code, answer.out) == (0, f"{job.uid} asked to end; it is interrupted if it does not\n")
    row = Job.objects.get()
    assert (row.state, row.cancel_reason) == ("active", "wrong wallet")
    again = manage("jobs", "cancel", job.uid, "--wait", "--timeout", "0.1")
    assert (again.code, again.err) == (3, f"{job.uid}: It was asked to end and still runs after 0.1 s.")


def test_who_cancels_too_late_is_told_so(manage: Any, db: None) -> None:
    job = make_job(state="active", runs=1)
    write_outcomes([Outcome(job.uid, 1, "completed", 1.0, 2.0)])
    answer = manage("jobs", "cancel", job.uid, "--wait")
    assert (answer.code, answer.err) == (2, f"{job.uid}: A job that is completed cannot be cancelled.")
    assert manage("jobs", "cancel", job.uid, "--timeout", "1").code == 2


def test_a_breaker_is_listed_and_forced(manage: Any, db: None) -> None:
    assert manage("queues", "breaker", "outside", "open").out == "outside: open\n"
    (shown,) = manage("queues", "breakers", "--json").json()
    assert (shown["name"], shown["phase"], shown["forced"]) == ("outside", "open", True)
    assert manage("queues", "show", "quick", "--json").json()["held_back_by"] == ["outside"]
    assert manage("queues", "breaker", "outside", "auto").code == 0
    assert BreakerSetting.objects.count() == 0
    assert manage("queues", "breaker", "outsize", "open").code == 2
