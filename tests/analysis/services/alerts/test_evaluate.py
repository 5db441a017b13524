"""Whether a rule comes true: pure, as a table."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from analysis.models import AlertKind
from analysis.services.alerts.evaluate import Facts, Rule, change, evaluate
from analysis.services.alerts.words import condition, figure, message, span

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def rule(kind: str, threshold: str, last: datetime | None = None) -> Rule:
    """A rule with a cooldown of an hour."""
    return Rule(kind, Decimal(threshold), HOUR, last)


@pytest.mark.parametrize(
    ("kind", "threshold", "facts", "is_true", "value"),
    [
        ("price_above", "2", Facts(usd=Decimal("2.01")), True, "2.01"),
        ("price_above", "2", Facts(usd=Decimal(2)), False, "2"),
        ("price_below", "2", Facts(usd=Decimal("1.99")), True, "1.99"),
        ("price_below", "2", Facts(usd=Decimal(2)), False, "2"),
        ("price_above", "0.00000001", Facts(usd=Decimal("0.000000011")), True, "1.1E-8"),
        ("rises", "10", Facts(usd=Decimal(11), usd_before=Decimal(10)), True, "10.0"),
        ("rises", "10", Facts(usd=Decimal("10.99"), usd_before=Decimal(10)), False, "9.900"),
        ("rises", "10", Facts(usd=Decimal(9), usd_before=Decimal(10)), False, "-10.0"),
        ("falls", "10", Facts(usd=Decimal(9), usd_before=Decimal(10)), True, "10.0"),
        ("falls", "10", Facts(usd=Decimal(11), usd_before=Decimal(10)), False, "-10.0"),
        ("volume_above", "1000", Facts(volume_24h=Decimal(1001)), True, "1001"),
        ("volume_above", "1000", Facts(volume_24h=Decimal(1000)), False, "1000"),
        ("risk_above", "60", Facts(risk=61), True, "61"),
        ("risk_above", "60", Facts(risk=60), False, "60"),
        ("social_trend", "3", Facts(social_trend=3.0), True, "3.0"),
        ("social_trend", "3", Facts(social_trend=2.9), False, "2.9"),
    ],
)
def test_a_rule_over_facts(kind: str, threshold: str, facts: Facts, is_true: bool, value: str) -> None:
    verdict = evaluate(rule(kind, threshold), facts, NOW)
    assert (verdict.is_true, verdict.value) == (is_true, Decimal(value))
    assert verdict.fires == is_true


@pytest.mark.parametrize("kind", AlertKind.values)
def test_what_nobody_knows_is_never_true(kind: str) -> None:
    verdict = evaluate(rule(kind, "0.1"), Facts(), NOW)
    assert (verdict.is_true, verdict.value, verdict.fires) == (False, None, False)


@pytest.mark.parametrize(
    ("ago", "fires"),
    [(timedelta(0), False), (timedelta(minutes=59, seconds=59), False), (HOUR, True), (2 * HOUR, True)],
)
def test_a_rule_is_silent_for_its_cooldown(ago: timedelta, fires: bool) -> None:
    verdict = evaluate(rule("price_above", "1", NOW - ago), Facts(usd=Decimal(2)), NOW)
    assert (verdict.is_true, verdict.fires) == (True, fires)
    assert verdict.silent_until == (None if fires else NOW - ago + HOUR)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [("10", "15", "50"), ("8", "6", "-25"), ("0", "1", None), (None, "1", None)],
)
def test_a_change_is_in_per_cent(before: str | None, after: str, expected: str | None) -> None:
    found = change(Decimal(before) if before else None, Decimal(after))
    assert found == (Decimal(expected) if expected else None)


@pytest.mark.parametrize(
    ("kind", "threshold", "told"),
    [
        ("price_above", "1.250000000000000000", "price above $1.25"),
        ("price_below", "0.000012", "price below $0.000012"),
        ("falls", "10", "falls by 10 % within 1 h"),
        ("volume_above", "1500000", "24 h volume above $1,500,000"),
        ("risk_above", "60", "risk score above 60"),
        ("social_trend", "3", "mentions above the usual by 3 deviations"),
    ],
)
def test_a_condition_in_words(kind: str, threshold: str, told: str) -> None:
    assert condition(kind, Decimal(threshold), HOUR) == told


def test_a_message_says_what_was_seen() -> None:
    told = message("PEBL", "falls", Decimal("12.3456"), Decimal(10), timedelta(minutes=15))
    assert told == "PEBL: falls by 10 % within 15 min, it is 12.35 %"


@pytest.mark.parametrize(
    ("value", "told"),
    [("0", "0"), ("1234.56", "1,235"), ("-9.5", "-9.5"), ("0.00001234567", "0.00001235"), ("3", "3")],
)
def test_figures(value: str, told: str) -> None:
    assert figure(Decimal(value)) == told


@pytest.mark.parametrize(("minutes", "told"), [(1, "1 min"), (60, "1 h"), (90, "90 min"), (2880, "2 d")])
def test_spans(minutes: int, told: str) -> None:
    assert span(timedelta(minutes=minutes)) == told
