"""/api/v1/notifications."""

from typing import Any

import pytest
from django.test import Client

from execution.models import Notification
from jobs import testing
from jobs.models import Job
from tests.execution.inbox import Inbox

PATH = "/api/v1/notifications"
MESSAGE = {"channel": "log", "recipient": "operators", "subject": "Hello", "idempotencyKey": "k1"}


def _post(client: Client, **changes: Any) -> Any:
    return client.post(PATH, MESSAGE | changes, content_type="application/json")


def test_a_message_is_accepted_with_its_job_and_delivered(operator: Client, inbox: Inbox) -> None:
    with testing.inline():
        answer = _post(operator, channel="webhook", recipient=inbox.url, data={"n": 1}, tags=["urgent"])
    body = answer.json()
    assert answer.status_code == 202
    assert answer["Location"] == f"{PATH}/{body['id']}"
    assert body["links"]["self"] == f"/api/v1/jobs/{body['jobId']}"
    assert (body["created"], body["idempotencyKey"]) == (True, "k1")
    assert Job.objects.get().priority == 7
    read = operator.get(f"{PATH}/{body['id']}").json()
    assert (read["state"], read["attempts"], read["recipient"]) == ("delivered", 1, inbox.base)
    assert [delivery["body"]["data"] for delivery in inbox.deliveries()] == [{"n": 1}]


def test_the_same_message_with_the_same_key_meets_the_first(operator: Client) -> None:
    first, second = _post(operator).json(), _post(operator).json()
    assert (second["id"], second["jobId"], second["created"]) == (first["id"], first["jobId"], False)
    with testing.stepwise() as jobs:
        jobs.run_all()
    third = _post(operator).json()
    assert (third["id"], third["jobId"], third["created"]) == (first["id"], first["jobId"], False)
    assert Job.objects.count() == 1


def test_without_a_key_each_message_is_a_new_one(operator: Client) -> None:
    assert _post(operator, idempotencyKey="").json()["id"] != _post(operator, idempotencyKey="").json()["id"]


@pytest.mark.parametrize("ended", [False, True])
def test_a_key_of_another_message_is_refused_and_changes_nothing(operator: Client, ended: bool) -> None:
    _post(operator)
    if ended:
        with testing.stepwise() as jobs:
            jobs.run_all()
    answer = _post(operator, subject="Other")
    assert answer.status_code == 422
    assert answer.json()["fields"] == {
        "idempotencyKey": "the idempotency key 'k1' was used for another message"
    }
    assert (Job.objects.count(), Notification.objects.get().subject) == (1, "Hello")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"channel": "pigeon"}, "channel"),
        ({"channel": "webhook", "recipient": "ftp://example.com"}, "recipient"),
        ({"channel": "webhook", "recipient": "https://me:pw@example.com"}, "recipient"),
        ({"channel": "email", "recipient": "nobody"}, "recipient"),
        *(
            ({"channel": "webhook", "recipient": f"http://{host}/"}, "recipient")
            for host in (
                "127.0.0.1",
                "127.1",
                "0x7f.1",
                "2130706433",
                "10.0.0.1",
                "169.254.169.254",
                "100.64.0.1",
                "0.0.0.0",
                "[::1]",
                "[::]",
                "[::ffff:127.0.0.1]",
                "[fe80::1]",
                "[fd00::1]",
                "[64:ff9b::7f00:1]",
            )
        ),
        ({"recipient": "no\nlog"}, "recipient"),
        ({"recipient": ""}, "recipient"),
        ({"subject": "a\r\nBcc: x@example.com"}, "subject"),
        ({"subject": ""}, "subject"),
        ({"idempotencyKey": "with space"}, "idempotencyKey"),
        ({"body": "\x00"}, "body"),
        ({"priority": 11}, "priority"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_stored(
    operator: Client, changes: dict[str, Any], field: str
) -> None:
    answer = _post(operator, **changes)
    assert answer.status_code == 422, answer.content
    assert list(answer.json()["fields"]) == [field]
    assert not Job.objects.exists()
    assert not Notification.objects.exists()


def test_the_list_goes_by_pages_and_channels(operator: Client) -> None:
    for number in range(3):
        _post(operator, idempotencyKey=f"k{number}")
    page = operator.get(f"{PATH}?limit=2").json()
    assert [row["idempotencyKey"] for row in page["items"]] == ["k2", "k1"]
    rest = operator.get(f"{PATH}?limit=2&cursor={page['next']}").json()
    assert ([row["idempotencyKey"] for row in rest["items"]], rest["next"]) == (["k0"], None)
    assert operator.get(f"{PATH}?channel=email").json()["items"] == []


def test_one_whose_job_was_cancelled_or_pruned_does_not_wait_for_ever(operator: Client) -> None:
    number = _post(operator).json()["id"]
    assert operator.get(f"{PATH}/{number}").json()["state"] == "waiting"
    Job.objects.update(state="cancelled")
    assert operator.get(f"{PATH}/{number}").json()["state"] == "cancelled"
    Job.objects.all().delete()
    assert operator.get(f"{PATH}/{number}").json()["state"] == "failed"


def test_who_may_only_look_sends_nothing(viewer: Client) -> None:
    assert _post(viewer).status_code == 403
    assert viewer.get(PATH).json() == {"items": [], "next": None}
    assert Client().get(PATH).status_code == 401
    assert viewer.get(f"{PATH}/7").status_code == 404
