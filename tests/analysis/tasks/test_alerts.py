"""The jobs that check alert rules."""

import logging
from decimal import Decimal

import pytest
from celery import shared_task
from django.utils import timezone

from analysis.flows import alerts as flow
from analysis.models import AlertFiring, AlertRule, RiskAssessment
from analysis.tasks.alerts import check_alerts, check_specific_alert
from jobs import Permanent, testing
from jobs.models import Job
from tests.analysis.alerting import make_coin, make_rule, price

pytestmark = pytest.mark.django_db


@shared_task(name="tests.analysis.tasks.test_alerts.deliver")
def deliver(*, channel: str, recipient: str, subject: str, body: str, idempotency_key: str) -> str:
    """Takes what a notification takes."""
    return f"{channel} to {recipient or 'nobody'}: {subject}: {body} ({idempotency_key})"


@pytest.fixture(autouse=True)
def sender(monkeypatch: pytest.MonkeyPatch) -> None:
    """Notifications go to the task above."""
    monkeypatch.setattr(flow, "NOTIFY", deliver.name)


def test_a_rule_that_comes_true_is_stamped_remembered_and_told_once() -> None:
    coin = make_coin()
    price(coin, "1.31", 1)
    rule = make_rule(coin, "price_above", "1.25", channel="email", recipient="operator@example.com")
    with testing.inline() as jobs:
        first = check_alerts.delay().get()
        second = check_alerts.delay().get()
    assert (first["checked"], first["true"], first["fired"]) == (1, 1, 1)
    assert first["messages"] == ["PEBL: price above $1.25, it is $1.31"]
    assert (second["true"], second["fired"]) == (1, 0)
    firing = AlertFiring.objects.get()
    rule.refresh_from_db()
    assert (firing.value, firing.threshold, rule.last_triggered_at) == (
        Decimal("1.31"),
        Decimal("1.25"),
        firing.fired_at,
    )
    jobs.assert_enqueued(
        deliver,
        channel="email",
        recipient="operator@example.com",
        subject="Alert: PEBL",
        body="PEBL: price above $1.25, it is $1.31",
        idempotency_key=f"alert-firing:{firing.pk}",
        times=1,
    )
    told = Job.objects.get(uid=firing.job_uid)
    assert (told.state, told.correlation_id) == ("completed", "coin:PEBL")


def test_every_kind_of_rule_reads_its_own_figure() -> None:
    coin = make_coin()
    price(coin, "2", 60)
    price(coin, "3", 1, volume_24h="5000")
    RiskAssessment.objects.create(coin=coin, assessed_at=timezone.now(), score=61, level="high", parts=[])
    for kind, threshold in {
        "price_above": "2.9", "price_below": "3.1", "rises": "50", "falls": "1", "volume_above": "4999",
        "risk_above": "60", "social_trend": "1",
    }.items():  # fmt: skip
        make_rule(coin, kind, threshold)
    with testing.inline():
        result = check_alerts.delay().get()
    assert result["checked"] == 7
    assert set(AlertFiring.objects.values_list("rule__kind", flat=True)) == {
        "price_above", "price_below", "rises", "volume_above", "risk_above",
    }  # fmt: skip
    assert AlertFiring.objects.get(rule__kind="rises").value == 50


def test_a_price_of_long_ago_says_nothing_about_now() -> None:
    coin = make_coin()
    price(coin, "9", 31)
    make_rule(coin, "price_above", "1")
    make_rule(coin, "rises", "1")
    with testing.inline():
        assert check_alerts.delay().get()["true"] == 0


def test_a_change_needs_a_price_from_about_the_beginning_of_its_window() -> None:
    coin = make_coin()
    price(coin, "1", 500)
    price(coin, "3", 1)
    make_rule(coin, "rises", "1")  # within an hour, of which nothing is known
    with testing.inline():
        assert check_alerts.delay().get()["true"] == 0


def test_rules_that_are_off_and_coins_that_are_left_are_not_looked_at() -> None:
    on, left = make_coin(), make_coin("left", "1" * 32)
    left.active = False
    left.save()
    for coin in (on, left):
        price(coin, "9")
    make_rule(on, enabled=False)
    make_rule(left)
    with testing.inline():
        assert check_alerts.delay().get()["checked"] == 0
    assert not AlertFiring.objects.exists()


def test_one_alert_can_be_checked_at_once() -> None:
    coin = make_coin()
    price(coin, "9", 1)
    rule, _other = make_rule(coin), make_rule(coin)
    with testing.inline():
        result = check_specific_alert.delay(alert_id=rule.pk).get()
    assert (result["checked"], result["fired"]) == (1, 1)
    assert AlertFiring.objects.get().rule == rule


def test_an_alert_that_is_off_is_not_evaluated() -> None:
    coin = make_coin()
    price(coin, "9", 1)
    rule = make_rule(coin, enabled=False)
    with testing.inline():
        assert check_specific_alert.delay(alert_id=rule.pk).get()["checked"] == 0


def test_an_alert_that_is_none_is_a_dead_letter() -> None:
    with testing.inline() as jobs:
        check_specific_alert.delay(alert_id=12345)
        jobs.assert_failed(check_specific_alert, alert_id=12345, error=Permanent)


def test_without_a_sender_the_firing_stays_and_the_log_says_why_nobody_heard(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(flow, "NOTIFY", "nobody.sends")
    coin = make_coin()
    price(coin, "9", 1)
    rule = make_rule(coin)
    with testing.inline(), caplog.at_level(logging.WARNING, logger="analysis.flows.alerts"):
        assert check_alerts.delay().get()["fired"] == 1
    assert AlertFiring.objects.get().job_uid == ""
    told = [record.getMessage() for record in caplog.records if record.name == "analysis.flows.alerts"]
    assert told == [f"alert {rule.pk} fired, but no task nobody.sends is registered to send it"]


def test_many_rules_cost_few_queries(django_assert_max_num_queries: object) -> None:
    coin = make_coin()
    price(coin, "0.5", 1)
    for _ in range(50):
        make_rule(coin)
    rules = list(AlertRule.objects.select_related("coin", "user"))
    with django_assert_max_num_queries(3):  # type: ignore[operator]  # pytest-django's fixture
        assert len(flow.check_rules(rules, timezone.now())) == 50
