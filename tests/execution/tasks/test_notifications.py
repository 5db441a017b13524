"""Notifications on their way: signed, once per key, with every failure as what it is."""

import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail

from execution.models import Notification
from execution.services.notifications.record import KeyReused
from execution.tasks import send_notification
from jobs import testing
from jobs.errors import ArgumentsRefused, Permanent
from jobs.models import Job
from tests.execution.inbox import Inbox
from tests.outside import Outside

pytestmark = pytest.mark.django_db


def _message(inbox: Inbox, **changes: Any) -> dict[str, Any]:
    return {
        "channel": "webhook",
        "recipient": inbox.url,
        "subject": "Order filled",
        "body": "0.5 BTC at 61,234.50",
        "data": {"order": 7, "für": "é"},
        "idempotency_key": "order-7",
    } | changes


def test_a_webhook_arrives_signed_and_is_on_record(inbox: Inbox) -> None:
    with testing.inline() as jobs:
        result = send_notification.delay(**_message(inbox))
    assert inbox.refused() == []
    [delivery] = inbox.deliveries()
    row = Notification.objects.get()
    assert (delivery["key"], delivery["times"]) == ("order-7", 1)
    assert delivery["body"] == {
        "id": "order-7",
        "createdAt": row.created_at.isoformat(),
        "subject": "Order filled",
        "body": "0.5 BTC at 61,234.50",
        "data": {"order": 7, "für": "é"},
    }
    assert (row.state, row.attempts, row.last_error) == ("delivered", 1, "")
    assert row.delivered_at
    assert (row.job_uid, row.recipient) == (result.id, inbox.base)
    assert result.get()["already"] is False
    assert len(jobs.completed) == 1


def test_a_key_is_delivered_once_however_often_it_is_asked(inbox: Inbox) -> None:
    with testing.inline():
        send_notification.delay(**_message(inbox))
        again = send_notification.delay(**_message(inbox))
    assert [delivery["times"] for delivery in inbox.deliveries()] == [1]
    assert again.get()["already"] is True
    assert Notification.objects.get().attempts == 1


def test_a_key_does_not_serve_for_another_message(inbox: Inbox) -> None:
    with testing.inline() as jobs:
        send_notification.delay(**_message(inbox))
        send_notification.delay(**_message(inbox, body="another"))
        jobs.assert_failed(send_notification, error=KeyReused)
    assert [delivery["body"]["body"] for delivery in inbox.deliveries()] == ["0.5 BTC at 61,234.50"]
    assert Notification.objects.get().state == "delivered"


def test_an_answer_that_got_lost_means_a_second_delivery_with_the_same_key_and_body(inbox: Inbox) -> None:
    inbox.answer_next([500, 503])
    with testing.inline() as jobs:
        send_notification.delay(**_message(inbox))
    [delivery] = inbox.deliveries()
    assert delivery["times"] == 3
    row = Notification.objects.get()
    assert (row.state, row.attempts, row.last_error) == ("delivered", 3, "")
    assert [job.attempt for job in jobs.completed] == [3]


def test_a_receiver_that_stays_broken_makes_a_dead_letter_and_the_row_says_why(inbox: Inbox) -> None:
    inbox.answer_next([500] * 5)
    with testing.inline() as jobs:
        send_notification.delay(**_message(inbox))
        jobs.assert_failed(send_notification)
        assert [letter.retryable for letter in jobs.dead_letters] == [True]
    row = Notification.objects.get()
    assert (row.state, row.attempts) == ("retrying", 5)
    assert row.last_error == f"{inbox.base} answered 500"


def test_a_receiver_that_asks_to_wait_uses_no_attempt(inbox: Inbox, outside: Outside) -> None:
    with testing.stepwise() as jobs:
        send_notification.delay(**_message(inbox))
        with outside.faults(status_429=1, retry_after=600):
            job = jobs.run_next()
        assert job
        assert (job.state, job.attempt, job.snoozes) == ("delayed", 0, 1)
        assert f"{inbox.base} asks to wait 600 s" in job.reason
        jobs.advance(seconds=300)
        assert jobs.next() is None
        jobs.advance(seconds=300)
        jobs.run_all()
        assert [job.attempt for job in jobs.completed] == [1]
    assert [delivery["times"] for delivery in inbox.deliveries()] == [1]


def test_a_wrong_secret_is_refused_by_the_receiver_for_good(inbox: Inbox, settings: LazySettings) -> None:
    settings.WEBHOOK_SECRETS = ["another"]
    with testing.inline() as jobs:
        send_notification.delay(**_message(inbox))
        jobs.assert_failed(send_notification, error=Permanent)
    assert inbox.refused() == ["wrong signature"]
    assert inbox.deliveries() == []
    assert Notification.objects.get().state == "failed"


def test_a_receiver_that_knows_one_of_two_secrets_accepts(inbox: Inbox, settings: LazySettings) -> None:
    settings.WEBHOOK_SECRETS = ["the next one", "whsec_development"]
    with testing.inline():
        send_notification.delay(**_message(inbox))
    assert len(inbox.deliveries()) == 1


def test_without_a_secret_nothing_is_sent(inbox: Inbox, settings: LazySettings) -> None:
    settings.WEBHOOK_SECRETS = []
    with testing.inline() as jobs:
        send_notification.delay(**_message(inbox))
        jobs.assert_failed(send_notification, error=Permanent)
    assert (inbox.deliveries(), inbox.refused()) == ([], [])


def test_a_private_address_is_refused_unless_it_is_allowed(inbox: Inbox, settings: LazySettings) -> None:
    settings.WEBHOOK_TO_SANDBOX = False
    with testing.inline() as jobs:
        send_notification.delay(**_message(inbox))
        jobs.assert_failed(send_notification, error=Permanent)
    assert "127.0.0.1 is private: webhooks must not go there" in Notification.objects.get().last_error
    assert inbox.deliveries() == []
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    with testing.inline():
        send_notification.delay(**_message(inbox, idempotency_key="order-8"))
    assert [delivery["key"] for delivery in inbox.deliveries()] == ["order-8"]


def test_an_email_goes_through_djangos_backend(inbox: Inbox) -> None:
    with testing.inline():
        send_notification.delay(**_message(inbox, channel="email", recipient="operator@example.com"))
    [sent] = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (
        ["operator@example.com"],
        "Order filled",
        "0.5 BTC at 61,234.50",
    )
    assert sent.extra_headers["Message-ID"].endswith("@millrace>")
    assert Notification.objects.get().recipient == "operator@example.com"


@pytest.mark.parametrize("name", ["operators", "somebody+alerts@example.com"])
def test_the_log_is_a_channel_too(inbox: Inbox, caplog: pytest.LogCaptureFixture, name: str) -> None:
    with testing.inline():
        send_notification.delay(**_message(inbox, channel="log", recipient=name))
    assert f"{name}: Order filled" in caplog.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("channel", "pigeon"),
        ("subject", "two\nBcc: everybody@example.com"),
        ("subject", ""),
        ("subject", "x" * 201),
        ("body", "x" * 20_001),
        ("idempotency_key", ""),
        ("idempotency_key", "a b"),
        ("recipient", ""),
    ],
)
def test_wrong_arguments_are_refused_by_field_and_nothing_is_stored(
    inbox: Inbox, field: str, value: str
) -> None:
    with pytest.raises(ArgumentsRefused) as refusal:
        send_notification.delay(**_message(inbox, **{field: value}))
    assert list(refusal.value.fields) == [field]
    assert not Job.objects.exists()
    assert not Notification.objects.exists()


def test_a_webhooks_path_is_nowhere_in_the_clear(inbox: Inbox, settings: LazySettings) -> None:
    settings.WEBHOOK_TO_SANDBOX = False
    with testing.inline() as jobs:
        send_notification.delay(**_message(inbox, recipient=f"{inbox.base}/webhooks/T0PS3CRET"))
        jobs.assert_failed(send_notification)
        letter = jobs.dead_letters[0]
    job, row = Job.objects.get(), Notification.objects.get()
    stored = [
        job.kwargs,
        job.reason,
        letter.kwargs,
        letter.error,
        letter.traceback,
        row.recipient,
        row.last_error,
    ]
    assert "T0PS3CRET" not in json.dumps(stored)
