"""A rule fires once per cooldown, however many checks run at once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from analysis.models import AlertFiring, AlertRule
from analysis.services.alerts.firing import record_firing
from tests.analysis.alerting import make_coin, make_rule

TOGETHER = 6


@pytest.fixture
def rule(transactional_db: None) -> AlertRule:
    """A rule that other connections see."""
    return make_rule(make_coin())


def test_of_many_checks_at_once_one_fires(rule: AlertRule) -> None:
    start, now = Barrier(TOGETHER), timezone.now()

    def fire(number: int) -> bool:
        with closing(connection):
            mine = AlertRule.objects.get(pk=rule.pk)
            start.wait(timeout=10)
            with transaction.atomic():
                return record_firing(mine, Decimal(2), now + timedelta(milliseconds=number)) is not None

    with ThreadPoolExecutor(TOGETHER) as threads:
        fired = list(threads.map(fire, range(TOGETHER)))
    assert sum(fired) == 1
    assert AlertFiring.objects.count() == 1


def test_what_is_rolled_back_never_fired(rule: AlertRule) -> None:
    with transaction.atomic():
        assert record_firing(rule, Decimal(2), timezone.now()) is not None
        transaction.set_rollback(True)
    assert record_firing(rule, Decimal(2), timezone.now()) is not None


def test_after_the_cooldown_it_fires_again(rule: AlertRule) -> None:
    now = timezone.now()
    moments = [now, now + timedelta(minutes=59), now + timedelta(minutes=60), now + timedelta(minutes=61)]
    assert [record_firing(rule, Decimal(2), at) is not None for at in moments] == [True, False, True, False]


def test_a_rule_that_was_switched_off_meanwhile_does_not_fire(rule: AlertRule) -> None:
    AlertRule.objects.update(enabled=False)
    assert record_firing(rule, Decimal(2), timezone.now()) is None
    assert not AlertFiring.objects.exists()
