"""What a rule may be."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from analysis.models import AlertRule
from analysis.services.alerts.rules import Wanted, change_rule, create_rule, wanted_of
from jobs.errors import Refused
from tests.analysis.alerting import make_coin

pytestmark = pytest.mark.django_db
GOOD = Wanted("price_above", Decimal("1.5"))


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"kind": "price"}, ["kind"]),
        ({"threshold": Decimal(0)}, ["threshold"]),
        ({"threshold": Decimal("NaN")}, ["threshold"]),
        ({"threshold": Decimal("Infinity")}, ["threshold"]),
        ({"threshold": Decimal(10) ** 18}, ["threshold"]),
        ({"threshold": Decimal("1e-19")}, ["threshold"]),
        ({"kind": "risk_above", "threshold": Decimal(100)}, ["threshold"]),
        ({"kind": "falls", "threshold": Decimal(101)}, ["threshold"]),
        ({"window": 0, "cooldown": 43_201}, ["window", "cooldown"]),
        ({"channel": "pigeon"}, ["channel"]),
        ({"channel": "email", "recipient": "operator"}, ["recipient"]),
        ({"channel": "webhook", "recipient": "ftp://host/x"}, ["recipient"]),
        ({"channel": "webhook", "recipient": ""}, ["recipient"]),
        ({"channel": "log", "recipient": "a\0b"}, ["recipient"]),
        ({"channel": "log", "recipient": "two\nlines"}, ["recipient"]),
        ({"channel": "webhook", "recipient": "http://[half/an/address"}, ["recipient"]),
        ({"channel": "webhook", "recipient": "http://host:99999/"}, ["recipient"]),
    ],
)
def test_what_makes_no_sense_is_refused_by_field_and_nothing_is_stored(
    changes: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(Refused) as refusal:
        create_rule(User.objects.create_user("operator"), make_coin(), replace(GOOD, **changes))
    assert list(refusal.value.fields) == fields
    assert not AlertRule.objects.exists()


@pytest.mark.parametrize(
    ("channel", "recipient"),
    [
        ("log", ""),
        ("log", "Desk 1: somebody+alerts@example.com"),
        ("email", "operator@example.com"),
        ("webhook", "https://example.com/hook"),
    ],
)
def test_a_rule_is_stored_as_it_was_wanted(channel: str, recipient: str) -> None:
    wanted = replace(GOOD, channel=channel, recipient=recipient, window=15, cooldown=5)
    assert wanted_of(create_rule(User.objects.create_user("operator"), make_coin(), wanted)) == wanted


def test_a_change_is_checked_like_a_new_rule() -> None:
    rule = create_rule(User.objects.create_user("operator"), make_coin(), GOOD)
    changed = change_rule(rule, replace(wanted_of(rule), threshold=Decimal(3), enabled=False))
    assert (changed.threshold, changed.enabled) == (Decimal(3), False)
    with pytest.raises(Refused):
        change_rule(rule, replace(GOOD, window=0))
    assert AlertRule.objects.get().window.total_seconds() == 3600
