"""Dead letters over HTTP: edited, retried in bulk, by plan, purged; and who did it."""

import pytest
from django.contrib.auth.models import User

from jobs.models import ApiToken, AuditEntry, BulkRetry, DeadLetter, Job
from tests.jobs.http.conftest import Api, token_for
from tests.jobs.letters import fail_job

pytestmark = pytest.mark.django_db


def test_a_letter_is_retried_with_an_edited_payload_or_told_what_is_wrong_with_it(api: Api) -> None:
    letter = fail_job("add", args=(1, 2))
    refused = api.post(f"/queues/quick/dlq/{letter.pk}/retry", {"data": {"x": "no", "y": 2}})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["x"])
    assert Job.objects.get().state == "failed"
    assert api.post(f"/queues/quick/dlq/{letter.pk}/retry", {"data": {"x": 5, "y": 2}}).status_code == 202
    assert (Job.objects.get().state, Job.objects.get().kwargs) == ("waiting", {"x": 5, "y": 2})


def test_a_bulk_retry_is_started_read_and_stopped(api: Api) -> None:
    fail_job()
    fail_job(tags=["eu"])
    body = {"tag": "eu", "rate": 5, "canary": 1, "failedBefore": "2100-01-01T00:00:00Z"}
    told = api.post("/queues/quick/dlq/retry", body)
    assert told.status_code == 202
    bulk = told.json()
    assert (bulk["state"], bulk["total"], bulk["createdBy"]) == ("canary", 1, "operator")
    assert Job.objects.get(task="jobs.tasks.work_off_bulk_retry").kwargs == {"bulk": bulk["id"]}
    assert api.get(f"/queues/quick/dlq/bulk/{bulk['id']}").json() == bulk
    assert api.get(f"/queues/fixed/dlq/bulk/{bulk['id']}").status_code == 404
    stopped = api.post(f"/queues/quick/dlq/bulk/{bulk['id']}/stop").json()
    assert (stopped["state"], stopped["reason"]) == ("stopped", "stopped by operator")
    assert api.post(f"/queues/quick/dlq/bulk/{bulk['id']}/stop").status_code == 409


@pytest.mark.parametrize(
    "body", [{"rate": 0}, {"canary": 6}, {"failedAfter": "yesterday"}, {"colour": "red"}]
)
def test_a_bulk_retry_that_makes_no_sense_is_refused(api: Api, body: dict[str, object]) -> None:
    fail_job()
    assert api.post("/queues/quick/dlq/retry", body).status_code == 422
    assert not BulkRetry.objects.exists()


def test_nothing_that_fits_is_a_404(api: Api) -> None:
    assert api.post("/queues/quick/dlq/retry", {}).status_code == 404


def test_what_is_due_is_retried_at_once(api: Api) -> None:
    letter = fail_job(queue="again")
    told = api.post("/queues/again/dlq/process-retries").json()
    assert told == {"planned": 1, "retried": 1, "refused": 0}
    listed = api.get("/queues/again/dlq", resolved=True).json()["items"]
    assert [(each["id"], each["automatic"], each["retriedAs"]) for each in listed] == [
        (letter.pk, 0, letter.job_uid)
    ]


def test_old_letters_are_purged_from_one_queue(api: Api) -> None:
    fail_job()
    other = fail_job(queue="fixed")

    def purge(days: object) -> tuple[int, object]:
        address = f"/api/v1/queues/quick/dlq/purge?olderThanDays={days}"
        answer = api.client.delete(address, headers=api.headers)
        return answer.status_code, answer.json()

    assert purge(3650) == (200, {"deleted": 0})
    assert purge(30) == (200, {"deleted": 1})
    assert purge(-1)[0] == 422
    assert DeadLetter.objects.get().pk == other.pk


def test_a_viewer_may_do_none_of_it(clean_redis: None, viewer: User) -> None:
    letter = fail_job()
    api = Api(token_for(viewer))
    for path in (f"/{letter.pk}/retry", "/process-retries", "/bulk/1/stop"):
        assert api.post(f"/queues/quick/dlq{path}").status_code == 403, path
    assert api.post("/queues/quick/dlq/retry", {}).status_code == 403
    letter.refresh_from_db()
    assert letter.resolution == ""
    assert not AuditEntry.objects.exists()


def test_every_act_names_the_token_it_came_with(api: Api) -> None:
    letter = fail_job(tags=["eu"])
    api.post(f"/queues/quick/dlq/{letter.pk}/retry")
    api.post(f"/jobs/{letter.job_uid}/cancel")
    entries = AuditEntry.objects.order_by("number").values_list("actor", "action", "target")
    assert list(entries) == [
        ("operator (token test)", "retry dead letter", f"dead letter {letter.pk}"),
        ("operator (token test)", "cancel", f"job {letter.job_uid}"),
    ]


def test_only_administrators_read_the_audit_trail(api: Api) -> None:
    letter = fail_job()
    api.post(f"/queues/quick/dlq/{letter.pk}/discard", {"reason": "known"})
    assert api.get("/audit").status_code == 403
    admin = Api(token_for(User.objects.create_superuser("admin"), "admin's"))
    (entry,) = admin.get("/audit").json()["items"]
    assert (entry["number"], entry["actor"], entry["detail"]) == (
        1,
        "operator (token test)",
        {"reason": "known"},
    )
    assert admin.get("/audit", actor="intruder").json() == {"items": [], "next": None}
    assert admin.get("/audit", target=f"dead letter {letter.pk}").json()["items"] == [entry]
    ApiToken.objects.all().delete()
    assert admin.get("/audit").status_code == 401
