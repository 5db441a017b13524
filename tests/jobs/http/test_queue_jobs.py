"""POST /queues/{queue}/jobs: a job with its own moment and way to be retried."""

from datetime import UTC, datetime
from typing import Any

import pytest

from jobs.models import Job
from tests.jobs.http.conftest import Api

pytestmark = pytest.mark.django_db


def test_a_job_is_started_on_the_queue_with_all_that_it_may_have(api: Api) -> None:
    answer = api.post(
        "/queues/fixed/jobs",
        {
            "jobName": "noop",
            "priority": "critical",
            "tags": ["night"],
            "runAt": "2031-05-01T12:00:00+02:00",
            "retry": {
                "strategy": "linear",
                "delay": 2500,
                "maxDelay": 60000,
                "jitter": 0.5,
                "maxAttempts": 9,
            },
        },
    )
    assert answer.status_code == 202, answer.json()
    job = Job.objects.get(uid=answer.json()["id"])
    assert (job.queue, job.state, job.priority, job.tags) == ("fixed", "delayed", 10, ["night"])
    assert job.run_at == datetime(2031, 5, 1, 10, tzinfo=UTC)
    assert job.max_attempts == 9
    assert job.options["strategy"] == {"kind": "linear", "step": 2.5, "cap": 60.0, "jitter": 0.5}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"delay": 5, "runAt": "2031-05-01T12:00:00Z"}, {"runAt"}),
        ({"retry": {"strategy": "fixed", "delay": 5, "maxDelay": 6}}, {"retry"}),
        ({"retry": {"strategy": "never"}}, {"retry.strategy"}),
        ({"retry": {"maxAttempts": 0}}, {"retry.maxAttempts"}),
        ({"runAt": "tomorrow"}, {"runAt"}),
        ({"queueName": "quick"}, {"queueName"}),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_told_at_its_field(api: Api, body: dict[str, Any], fields: set[str]) -> None:
    answer = api.post("/queues/quick/jobs", {"jobName": "noop"} | body)
    assert (answer.status_code, set(answer.json()["fields"])) == (422, fields)
    assert Job.objects.count() == 0


def test_a_queue_that_does_not_exist_is_not_found(api: Api) -> None:
    answer = api.post("/queues/quik/jobs", {"jobName": "noop"})
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-name")
    assert "quick" in answer.json()["detail"]
