"""Starting jobs over HTTP, and refusing what makes no sense."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobs.models import Job
from tests.jobs.http.conftest import Api

pytestmark = pytest.mark.django_db


def test_a_trigger_answers_with_the_id_and_links_and_the_row_is_there(api: Api) -> None:
    answer = api.post(
        "/jobs/trigger",
        {
            "jobName": "add",
            "data": {"x": 1, "y": "2"},
            "priority": "high",
            "tags": ["urgent", "a:b"],
            "correlationId": "c-1",
        },
    )
    assert answer.status_code == 202
    told = answer.json()
    assert told["created"] is True
    assert answer["Location"] == told["links"]["self"] == f"/api/v1/jobs/{told['id']}"
    job = Job.objects.get(uid=told["id"])
    assert job.task == "tests.sample_tasks.add"
    assert (job.queue, job.state, job.priority) == ("quick", "waiting", 7)
    assert (job.kwargs, job.tags, job.correlation_id) == ({"x": 1, "y": 2}, ["urgent", "a:b"], "c-1")


@pytest.mark.parametrize("name", ["fail_until", "fail-until", "tests.sample_tasks.fail_until"])
def test_a_job_is_found_by_short_and_full_name_with_hyphens_or_underscores(api: Api, name: str) -> None:
    assert api.post("/jobs/trigger", {"jobName": name, "data": {"attempt": 1}}).status_code == 202
    assert Job.objects.get().task == "tests.sample_tasks.fail_until"


def test_the_queue_may_be_chosen(api: Api) -> None:
    assert api.post("/jobs/trigger", {"jobName": "noop", "queueName": "fixed"}).status_code == 202
    assert Job.objects.get().queue == "fixed"


def test_a_delay_in_milliseconds_holds_the_job_back(api: Api) -> None:
    api.post("/jobs/trigger", {"jobName": "noop", "delay": 90_000})
    job = Job.objects.get()
    assert job.state == "delayed"
    assert job.run_at is not None
    assert abs(job.run_at - datetime.now(UTC) - timedelta(seconds=90)) < timedelta(seconds=10)


def test_the_same_id_or_unique_payload_meets_the_job_that_lives(api: Api) -> None:
    ways: list[dict[str, Any]] = [{"id": "mine"}, {"unique": ["value"]}, {"unique": []}]
    for dedup in ways:
        body = {"jobName": "noop", "data": {"value": str(dedup)}, "dedup": dedup}
        first, second = (api.post("/jobs/trigger", body).json() for _ in range(2))
        assert (first["created"], second["created"]) == (True, False)
        assert first["id"] == second["id"]
    assert Job.objects.count() == 3


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"jobName": "ad"}, "/problems/unknown-name", "jobName"),
    ({"jobName": "noop", "queueName": "quik"}, "/problems/unknown-name", "queueName"),
    ({"jobName": "add", "data": {"x": 1}}, "/problems/arguments", "data.y"),
    ({"jobName": "add", "data": {"x": "one", "y": 2}}, "/problems/arguments", "data.x"),
    ({"jobName": "add", "data": {"x": 1, "y": 2, "z": 3}}, "/problems/arguments", "data.z"),
    ({"jobName": "noop", "delay": -1}, "/problems/invalid", "delay"),
    ({"jobName": "noop", "delay": 1.5}, "/problems/invalid", "delay"),
    ({"jobName": "noop", "tags": ["a b"]}, "/problems/invalid", "tags.0"),
    ({"jobName": "noop", "dedup": {"unique": ["nothing"]}}, "/problems/option", "dedup.unique"),
    ({"jobName": "noop", "correlationID": "x"}, "/problems/invalid", "correlationID"),
    ({"data": {}}, "/problems/invalid", "jobName"),
    ({"jobName": "noop", "data": {"value": "a\x00b"}}, "/problems/arguments", "data"),
]


@pytest.mark.parametrize(("body", "kind", "field"), REFUSED)
def test_wrong_input_names_the_field_and_stores_nothing(
    api: Api, body: dict[str, Any], kind: str, field: str
) -> None:
    answer = api.post("/jobs/trigger", body)
    told = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert (answer.status_code, told["status"], told["type"]) == (422, 422, kind)
    assert field in told["fields"]
    assert told["detail"]
    assert Job.objects.count() == 0


def test_an_unknown_name_comes_with_a_suggestion(api: Api) -> None:
    told = api.post("/jobs/trigger", {"jobName": "fetch-balanse"}).json()
    assert "fetch-balanse" in told["detail"]
    told = api.post("/jobs/trigger", {"jobName": "noop", "queueName": "quik"}).json()
    assert "Did you mean 'quick'?" in told["detail"]


def test_many_jobs_start_together_or_not_at_all(api: Api) -> None:
    good = {"jobName": "add", "data": {"x": 1, "y": 2}}
    refused = api.post(
        "/jobs/bulk", {"jobs": [good, {"jobName": "add", "data": {}}, good, {"jobName": "none"}]}
    )
    told = refused.json()
    assert (refused.status_code, told["type"]) == (422, "/problems/bulk-refused")
    assert [(fault["index"], fault["type"]) for fault in told["faults"]] == [
        (1, "/problems/arguments"),
        (3, "/problems/unknown-name"),
    ]
    assert Job.objects.count() == 0
    answer = api.post("/jobs/bulk", {"jobs": [good] * 3})
    assert answer.status_code == 202
    assert len({job["id"] for job in answer.json()["jobs"]}) == Job.objects.count() == 3


def test_bodies_that_are_no_json_are_told_apart(api: Api) -> None:
    def send(body: bytes, content_type: str = "application/json") -> tuple[int, str]:
        answer = api.client.post("/api/v1/jobs/trigger", body, content_type=content_type, headers=api.headers)
        assert answer["Content-Type"] == "application/problem+json"
        return answer.status_code, answer.json()["type"]

    assert send(b"{") == (400, "/problems/not-json-text")
    assert send(b'{"jobName": NaN}') == (400, "/problems/not-json-text")
    assert send(b'{"jobName": "noop", "data": {"value": "\\ud800"}}') == (400, "/problems/not-json-text")
    assert send(b'{"jobName": "noop", "data": {"value": [1e999]}}') == (400, "/problems/not-json-text")
    assert send(b"[" * 101 + b"]" * 101) == (400, "/problems/not-json-text")
    assert send(b"[" * 100 + b"]" * 100)[0] == 422, "it is read, and is no request"
    assert send(b"[" * 100_000) == (400, "/problems/not-json-text")
    assert send(b"\xff\xfe") == (400, "/problems/not-json-text")
    assert send(b"jobName=noop", "application/x-www-form-urlencoded") == (415, "/problems/not-json")
    assert send(b'{"jobName": "noop", "data": {"value": "' + b"x" * 2_000_000 + b'"}}') == (
        413,
        "/problems/too-large",
    )
    assert Job.objects.count() == 0


def test_addresses_and_methods_that_do_not_exist_are_problems_too(api: Api) -> None:
    assert api.get("/nothing").json()["type"] == "/problems/not-found"
    wrong = api.get("/jobs/trigger/x/y")
    assert wrong.status_code == 404
    not_offered = api.client.delete("/api/v1/jobs", headers=api.headers)
    assert (not_offered.status_code, not_offered.json()["type"]) == (405, "/problems/method-not-allowed")
    assert "GET" in not_offered["Allow"]


@pytest.mark.parametrize(
    ("dedup", "happened"),
    [
        ({"unique": ["name"]}, "met"),
        ({"throttle": {"fields": ["name"], "period": 60_000}}, "met"),
        ({"debounce": {"fields": ["name"], "delay": 60_000, "maxWait": 90_000}}, "replaced"),
        ({"keepLast": ["name"]}, "replaced"),
    ],
)
def test_a_trigger_meets_a_job_in_the_mode_that_it_names(
    api: Api, dedup: dict[str, Any], happened: str
) -> None:
    bodies = [
        {"jobName": "mark", "data": {"name": "a", "seconds": seconds}, "dedup": dedup} for seconds in (1, 2)
    ]
    first, second = [api.post("/jobs/trigger", body).json() for body in bodies]
    assert (first["happened"], second["happened"]) == ("created", happened)
    assert first["id"] == second["id"]
    assert Job.objects.get().kwargs["seconds"] == (2.0 if happened == "replaced" else 1.0)
    bulk = api.post("/jobs/bulk", {"jobs": bodies}).json()["jobs"]
    assert [job["happened"] for job in bulk] == [happened, happened]


@pytest.mark.parametrize(
    ("dedup", "field"),
    [
        ({"keepLast": ["nme"]}, "dedup.keepLast"),
        ({"throttle": {"period": 0}}, "dedup.throttle.period"),
        ({"unique": [], "keepLast": []}, "dedup"),
        ({"debounce": {"fields": ["name"]}}, "dedup.debounce.delay"),
    ],
)
def test_a_mode_that_makes_no_sense_is_refused_by_field(api: Api, dedup: Any, field: str) -> None:
    answer = api.post("/jobs/trigger", {"jobName": "mark", "data": {"name": "a"}, "dedup": dedup})
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == [field]
    assert not Job.objects.exists()
