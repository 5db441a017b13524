"""/notifications, without a browser."""

import pytest
from django.test import Client

from execution.models import Notification
from jobs import testing
from jobs.models import Job
from tests.execution.inbox import Inbox


def test_one_is_sent_and_listed_with_its_state(operator: Client, inbox: Inbox) -> None:
    message = {"channel": "webhook", "recipient": inbox.url, "subject": "<i>Filled</i>", "body": "a\r\nb"}
    with testing.stepwise() as jobs:
        html = operator.post("/notifications", message, follow=True).content.decode()
        assert "It is on its way." in html
        assert "waiting</span>" in html
        assert "&lt;i&gt;Filled&lt;/i&gt;" in html
        inbox.answer_next([500])
        jobs.run_next()
        html = operator.get("/notifications").content.decode()
        assert "retrying</span>" in html
        assert f"{inbox.base} answered 500" in html
        jobs.run_until_idle()
    html = operator.get("/notifications?channel=webhook", headers={"HX-Request": "true"}).content.decode()
    assert "delivered</span>" in html
    assert '<td class="num" data-label="Tries">2</td>' in html
    assert "/webhooks/tests" not in html, "the path of a webhook may be its password"
    assert [delivery["body"]["body"] for delivery in inbox.deliveries()] == ["a\nb"]
    assert "Nothing went this way yet." in operator.get("/notifications?channel=email").content.decode()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"recipient": "nowhere"}, "Recipient: must begin with https:// or http://"),
        ({"subject": ""}, "Subject: String should have at least 1 character"),
        ({"channel": "pigeon"}, "Channel:"),
    ],
)
def test_what_is_wrong_is_told_beside_the_form(
    operator: Client, changes: dict[str, str], problem: str
) -> None:
    message = {"channel": "webhook", "recipient": "https://example.com", "subject": "Hello", "body": ""}
    answer = operator.post("/notifications", message | changes)
    assert answer.status_code == 422
    assert problem in answer.content.decode()
    assert not Job.objects.exists()
    assert not Notification.objects.exists()


def test_a_viewer_may_look_but_not_send(viewer: Client) -> None:
    assert viewer.post("/notifications", {"channel": "log"}).status_code == 403
    assert "Nobody has been told anything yet." in viewer.get("/notifications").content.decode()
    assert Client().get("/notifications").status_code == 302
