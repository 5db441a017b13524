"""Dead letters told to whom it concerns: each cause once, again after the cooldown."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from execution.models import AlertRecipient, LetterAlert, Notification
from execution.services.dead_letters import news, take
from execution.tasks import notify_dead_letters, send_notification
from jobs import testing
from jobs.models import DeadLetter, Job
from tests.execution.inbox import Inbox

pytestmark = pytest.mark.django_db
_numbers = count(1)


def _letter(**fields: Any) -> DeadLetter:
    values: dict[str, Any] = {
        "job_uid": f"job-{next(_numbers)}",
        "queue": "orders",
        "task": "enrichment.tasks.orders.sync_orders",
        "error_type": "Permanent",
        "error": "the exchange refused with 401",
        "fingerprint": "f1",
        "retryable": False,
        "failed_at": timezone.now(),
    }
    return DeadLetter.objects.create(**(values | fields))


def _look() -> int:
    with testing.inline():
        result = notify_dead_letters.delay()
    return int(result.get()["sent"])


@pytest.fixture
def alerts(inbox: Inbox, settings: LazySettings) -> Inbox:
    """The inbox that ALERT_WEBHOOK_URL names."""
    settings.ALERT_WEBHOOK_URL = inbox.url
    return inbox


def test_the_letters_of_one_cause_are_one_notification(alerts: Inbox) -> None:
    for _ in range(3):
        newest = _letter()
    other = _letter(fingerprint="f2", task="analysis.tasks.pnl.analyze_pnl", queue="analysis-operations")
    assert _look() == 2
    first, second = (delivery["body"] for delivery in alerts.deliveries())
    assert first["subject"] == "3 jobs of sync_orders failed for good: Permanent"
    assert "the exchange refused with 401" in first["body"]
    assert "Queue: orders. Retrying will not help." in first["body"]
    data = first["data"]
    assert (data["letters"], data["newestLetter"], data["fingerprint"]) == (3, newest.pk, "f1")
    assert second["data"]["newestLetter"] == other.pk
    assert second["subject"] == "A job of analyze_pnl failed for good: Permanent"


def test_nothing_new_tells_nothing_and_the_cooldown_keeps_more_of_the_same_back(alerts: Inbox) -> None:
    _letter()
    assert (_look(), _look()) == (1, 0)
    _letter()
    assert _look() == 0
    LetterAlert.objects.update(told_at=timezone.now() - timedelta(seconds=3601))
    assert (_look(), _look()) == (1, 0)
    assert [delivery["body"]["data"]["letters"] for delivery in alerts.deliveries()] == [1, 2]
    LetterAlert.objects.update(told_at=timezone.now() - timedelta(seconds=3601))
    assert _look() == 0, "no letter came since"


def test_a_letter_that_is_committed_late_is_not_passed_by(alerts: Inbox) -> None:
    late = _letter(fingerprint="f2")
    DeadLetter.objects.filter(pk=late.pk).delete()
    _letter()
    assert _look() == 1
    DeadLetter.objects.bulk_create([late])
    assert _look() == 1


def test_old_and_closed_letters_are_no_news(alerts: Inbox) -> None:
    _letter(failed_at=timezone.now() - timedelta(hours=2))
    _letter(resolution="retried", fingerprint="f2")
    assert _look() == 0


def test_without_a_hearer_nothing_is_told_or_noted(inbox: Inbox) -> None:
    _letter()
    assert _look() == 0
    assert not LetterAlert.objects.exists()


def test_rows_of_settings_hear_of_their_queues(alerts: Inbox) -> None:
    AlertRecipient.objects.create(name="a", channel="log", recipient="orders desk", queues=["orders"])
    AlertRecipient.objects.create(name="b", channel="log", recipient="others", queues=["balances"])
    AlertRecipient.objects.create(name="c", channel="log", recipient="away", enabled=False)
    _letter()
    assert _look() == 2
    assert set(Notification.objects.values_list("recipient", flat=True)) == {alerts.base, "orders desk"}


def test_a_row_that_makes_no_sense_does_not_keep_the_others_from_hearing(alerts: Inbox) -> None:
    AlertRecipient.objects.create(name="a", channel="email", recipient="nobody")
    _letter()
    assert _look() == 1
    assert len(alerts.deliveries()) == 1


def test_a_notification_that_failed_raises_no_other(alerts: Inbox) -> None:
    _letter(task=send_notification.name, queue="notifications")
    assert _look() == 0


def test_two_at_once_tell_once(alerts: Inbox) -> None:
    _letter()
    cooldown = timedelta(hours=1)
    [found] = news([], cooldown)
    assert [take(found, cooldown), take(found, cooldown)] == [True, False]


def test_a_real_failure_reaches_the_receiver_once_though_its_answers_get_lost(alerts: Inbox) -> None:
    with testing.inline() as jobs:
        send_notification.using(queue="default").enqueue(
            channel="webhook", recipient="http://10.0.0.1/", subject="x", body="", idempotency_key="private"
        )
        jobs.assert_failed(send_notification)
    DeadLetter.objects.update(task="execution.tasks.speech.process_tts")
    alerts.answer_next([500, 502])
    with testing.inline():
        notify_dead_letters.delay()
    [delivery] = alerts.deliveries()
    assert (delivery["times"], delivery["body"]["data"]["errorType"]) == (3, "Permanent")
    assert Job.objects.filter(task=send_notification.name, state="completed").count() == 1
