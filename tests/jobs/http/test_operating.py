"""Reading and changing jobs over HTTP: pages, masks, legal and illegal moves, dead letters."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import override_settings

from jobs.models import DeadLetter, Job
from tests.jobs.http.conftest import Api
from tests.sample_tasks import add, keep_secret, noop

pytestmark = pytest.mark.django_db


def _letter(job: Job, **values: Any) -> DeadLetter:
    Job.objects.filter(pk=job.pk).update(state="failed", finished_at=datetime.now(UTC))
    given = {"error_type": "RuntimeError", "error": "no luck", "kwargs": job.kwargs, "queue": job.queue}
    return DeadLetter.objects.create(
        job_uid=job.uid, task=job.task, failed_at=datetime.now(UTC), **(given | values)
    )


def test_pages_follow_one_another_newest_first_without_gap_or_overlap(api: Api) -> None:
    made = [noop.delay(value=n).id for n in range(5)]
    first = api.get("/jobs", limit=2).json()
    second = api.get("/jobs", limit=2, cursor=first["next"]).json()
    third = api.get("/jobs", limit=2, cursor=second["next"]).json()
    assert [job["id"] for page in (first, second, third) for job in page["items"]] == made[::-1]
    assert third["next"] is None


def test_filters_narrow_the_search(api: Api) -> None:
    wanted = add.using(tags=["t1"], correlation_id="c-9", priority=9).enqueue(x=1, y=2).id
    noop.using(countdown=60).enqueue()
    for query in (
        {"task": "add"}, {"tag": "t1"}, {"correlationId": "c-9"}, {"state": "waiting"}, {"q": wanted[:30]},
        {"task": "tests.sample_tasks.add", "queue": "quick"}, {"q": "sample_tasks.ad"},
    ):  # fmt: skip
        assert [job["id"] for job in api.get("/jobs", **query).json()["items"]] == [wanted], query
    assert api.get("/jobs", tag="t2").json() == {"items": [], "next": None}
    assert api.get("/jobs", state="done").status_code == 422
    assert api.get("/jobs", limit=201).status_code == 422
    assert api.get("/jobs", queue="quik").json()["type"] == "/problems/unknown-name"


def test_one_job_is_told_whole_with_its_secrets_masked(api: Api) -> None:
    child = noop.delay()
    job = keep_secret.using(depends_on=[child.id], priority=2).enqueue(name="n", key="opensesame")
    answer = api.get(f"/jobs/{job.id}")
    told = answer.json()
    assert b"opensesame" not in answer.content
    assert told["data"]["name"] == "n"
    assert told["data"]["key"] != "opensesame"
    assert (told["state"], told["priority"], told["jobName"]) == ("blocked", 2, "keep_secret")
    assert [relative["id"] for relative in told["children"]] == [child.id]
    assert (told["result"], told["finished"], told["attemptHistory"]) == (None, False, [])
    assert [parent["id"] for parent in api.get(f"/jobs/{child.id}").json()["parents"]] == [job.id]


def test_a_job_that_does_not_exist_is_a_404_problem(api: Api) -> None:
    for path in ("", "/wait", "/events", "/logs"):
        answer = api.get(f"/jobs/nobody{path}")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
    assert api.post("/jobs/nobody/cancel").status_code == 404


def test_legal_moves_change_the_job_and_illegal_ones_are_conflicts(api: Api) -> None:
    job = noop.using(countdown=600).enqueue()

    def do(move: str) -> tuple[int, str]:
        answer = api.post(f"/jobs/{job.id}/{move}")
        return answer.status_code, answer.json().get("state") or answer.json()["type"]

    conflict = (409, "/problems/conflict")
    assert do("retry") == conflict
    assert do("promote") == (200, "waiting")
    assert do("promote") == conflict
    assert do("cancel") == (200, "cancelled")
    assert do("cancel") == conflict
    assert do("retry") == (200, "waiting")


def test_a_running_job_is_asked_to_end(api: Api) -> None:
    job = noop.enqueue()
    Job.objects.filter(uid=job.id).update(state="active", runs=1)
    answer = api.post(f"/jobs/{job.id}/cancel")
    assert (answer.status_code, answer.json()["state"]) == (202, "active")
    assert answer.json()["cancelRequestedAt"] is not None
    assert Job.objects.get(uid=job.id).cancel_reason == "cancelled by operator"


def test_a_dead_letter_is_retried_once(api: Api) -> None:
    job = Job.objects.get(uid=add.delay(x=1, y=2).id)
    letter = _letter(job)
    page = api.get("/queues/quick/dlq").json()
    assert [(item["id"], item["jobId"], item["data"]) for item in page["items"]] == [
        (letter.pk, job.uid, {"x": 1, "y": 2})
    ]
    assert api.get("/jobs/failures", queueName="quick").json()["items"] == page["items"]
    assert api.post(f"/queues/fixed/dlq/{letter.pk}/retry").status_code == 404
    answer = api.post(f"/queues/quick/dlq/{letter.pk}/retry")
    assert (answer.status_code, answer.json()["id"]) == (202, job.uid)
    assert Job.objects.get(uid=job.uid).state == "waiting"
    assert api.post(f"/queues/quick/dlq/{letter.pk}/retry").status_code == 409
    assert api.get("/queues/quick/dlq").json()["items"] == []


def test_a_dead_letter_is_discarded_with_a_reason_and_by_whom(api: Api) -> None:
    letter = _letter(Job.objects.get(uid=noop.delay().id), retryable=False)
    assert api.get("/queues/quick/dlq/stats").json() == {
        "total": 1,
        "retryable": 0,
        "notRetryable": 1,
        "byError": {"RuntimeError": 1},
        "byDay": {datetime.now(UTC).date().isoformat(): 1},
    }
    assert api.post(f"/queues/quick/dlq/{letter.pk}/discard", {}).status_code == 422
    told = api.post(f"/queues/quick/dlq/{letter.pk}/discard", {"reason": "known"}).json()
    assert (told["resolution"], told["resolvedBy"], told["note"]) == ("discarded", "operator", "known")
    assert api.get("/queues/quick/dlq/stats").json()["total"] == 0
    assert [item["id"] for item in api.get("/queues/quick/dlq", resolved=True).json()["items"]] == [letter.pk]


def test_queues_and_health_tell_counts_and_what_is_wrong(api: Api) -> None:
    noop.delay()
    queue = api.get("/queues/quick").json()
    assert queue["counts"]["waiting"] == 1
    assert queue["counts"]["failed"] == 0
    assert (queue["concurrency"], queue["maxAttempts"]) == (2, 3)
    assert "price-updates" in [each["name"] for each in api.get("/queues").json()["queues"]]
    assert [each["counts"] for each in api.get("/jobs/stats").json()["queues"]] == [
        each["counts"] for each in api.get("/queues").json()["queues"]
    ]
    assert api.get("/queues/price_updates").json()["limits"]["rate"] == "10/min"
    health = api.get("/jobs/health").json()
    assert (health["status"], health["redis"], health["database"]) == ("critical", "ok", "ok")
    sick = next(each for each in health["queues"] if each["name"] == "quick")
    assert sick["status"] == "critical"
    assert "No dispatcher leads this queue." in [issue["message"] for issue in sick["issues"]]


@override_settings(JOBS_API_REQUESTS_PER_MINUTE=2)
def test_a_client_that_asks_too_often_is_told_when_to_come_back(api: Api) -> None:
    answers = [api.get("/queues/quick") for _ in range(6)]  # a minute may end in between, once
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert refused[0].json()["type"] == "/problems/too-many-requests"
    assert 1 <= int(refused[0]["Retry-After"]) <= 60
