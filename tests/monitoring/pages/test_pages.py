"""Monitoring's pages, as a browser without scripts sees them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from jobs.fence.connection import client as redis
from jobs.histogram import bucket
from jobs.models import AuditEntry, Metric
from monitoring.models import Alert, AlertRule, Silence
from monitoring.pages.charts import chart, round_up

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC).replace(second=0, microsecond=0)


@pytest.fixture
def browser(client: Client) -> Client:
    """An operator's browser."""
    redis().flushall()
    client.force_login(User.objects.create_user("operator", password="secret", is_staff=True))
    return client


def _text(browser: Client, path: str, **query: str) -> str:
    response = browser.get(path, query)
    assert response.status_code == 200
    return str(response.content.decode())


def _metric(task: str, seconds: float, minutes_ago: int = 3, **columns: int) -> None:
    minute = datetime.now(UTC).replace(second=0, microsecond=0)  # as of now: the suite runs for long
    Metric.objects.create(
        period="minute", at=minute - timedelta(minutes=minutes_ago), queue="quick", task=task,
        runs={str(bucket(seconds)): 5}, ran=5, run_us=int(seconds * 5e6), **columns,
    )  # fmt: skip


def test_a_queues_page_fetches_its_charts(browser: Client) -> None:
    assert 'hx-get="/queues/quick/history"' in _text(browser, "/queues/quick")
    _metric("app.work", 2.0, completed=5)
    part = _text(browser, "/queues/quick/history")
    assert part.count("<figure") == 4
    assert 'class="line completed" d="M' in part
    assert "median</span> 2.0 s" in part


def test_a_queue_without_history_says_so(browser: Client) -> None:
    assert _text(browser, "/queues/quick/history", span="month").count("Nothing happened.") == 3


def test_a_queue_that_does_not_exist_has_no_history(browser: Client) -> None:
    assert browser.get("/queues/quikc/history").status_code == 404


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("slowest", ["slow", "broken", "busy"]),
        ("failing", ["broken", "slow", "busy"]),
        ("busiest", ["busy", "slow"]),
    ],
)
def test_performance_shows_the_tasks_in_the_chosen_order(
    browser: Client, order: str, names: list[str]
) -> None:
    _metric("app.slow", 60, completed=10, failed=1)
    _metric("app.busy", 0.1, completed=1000)
    _metric("app.broken", 1, completed=1, failed=8)
    text = _text(browser, "/performance", order=order, span="hour")
    places = [text.index(f'<strong class="break">{name}</strong>') for name in names]
    assert all(before < after for before, after in pairwise(places))
    assert '8 <span class="soft small">of 9</span>' in text
    assert 'data-label="Run mean">60 s' in text or 'data-label="Run mean">1 min' in text


def test_performance_without_jobs_says_so(browser: Client) -> None:
    assert "No job started or ended in the last day." in _text(browser, "/performance")


def test_alerts_shows_what_fires_and_silences_it(browser: Client) -> None:
    Alert.objects.create(
        rule="long queue",
        subject="quick",
        state="firing",
        severity="warning",
        value=700,
        threshold=500,
        since=NOW,
    )
    assert "Silence for an hour" in _text(browser, "/alerts")
    browser.post("/alerts", {"action": "silence", "rule": "long queue", "subject": "quick"})
    made = Silence.objects.get()
    assert (made.rule, made.subject, made.by) == ("long queue", "quick", "operator")
    text = _text(browser, "/alerts")
    assert "Silenced" in text
    assert AuditEntry.objects.filter(action="silence alerts", actor="operator").exists()


def test_a_rule_is_switched_off_and_on(browser: Client) -> None:
    for action, enabled in (("disable", False), ("enable", True)):
        browser.post("/alerts", {"action": action, "rule": "no worker"})
        assert AlertRule.objects.get(name="no worker").enabled is enabled


def test_a_rule_is_tested(browser: Client) -> None:
    response = browser.post("/alerts", {"action": "test", "rule": "no worker"}, follow=True)
    assert "A test message is" in response.content.decode()


def test_who_may_only_look_sees_no_buttons_and_may_not_act(client: Client) -> None:
    client.force_login(User.objects.create_user("viewer"))
    assert "Disable" not in _text(client, "/alerts")
    assert client.post("/alerts", {"action": "disable", "rule": "no worker"}).status_code == 403


@pytest.mark.parametrize(
    ("data", "status"),
    [({"action": "disable", "rule": "x"}, 400), ({"action": "x", "rule": "no worker"}, 400)],
)
def test_what_makes_no_sense_is_refused(browser: Client, data: dict[str, str], status: int) -> None:
    assert browser.post("/alerts", data).status_code == status


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (0.0003, 0.0005), (0.4, 0.5), (1, 1), (3, 5), (7, 10), (11, 20), (501, 1000)]
)
def test_a_scale_ends_at_a_round_number(value: float, top: float) -> None:
    assert round_up(value) == pytest.approx(top)


def test_a_line_breaks_where_there_is_no_value_and_a_single_value_is_a_dot() -> None:
    made = chart("Wait", "s", [NOW, NOW, NOW, NOW], [("p95", "delayed", [1.0, 0.5, None, 1.0])])
    assert (made.lines[0].path, made.lines[0].dots) == ("M0.0 0.0L200.0 60.0", "M600.0 0.0h0.1")
    assert made.lines[0].last == 1.0
    assert chart("Wait", "s", [NOW, NOW], [("p95", "delayed", [None, None])]).empty


def test_every_look_of_a_line_has_its_colour() -> None:
    import monitoring

    css = (Path(monitoring.__file__).parent / "static/monitoring/charts.css").read_text()
    for look in ("waiting", "completed", "failed", "active", "delayed", "blocked"):
        assert f".line.{look}, .dots.{look} {{ color: var(--{look}); }}" in css


def test_the_overview_shows_what_fires_with_a_link_to_what_it_means(browser: Client) -> None:
    assert 'hx-get="/alerts/firing"' in browser.get("/").content.decode()
    assert browser.get("/alerts/firing").content.decode().strip() == ""
    for subject, severity in (("orders", "warning"), ("balances", "critical")):
        Alert.objects.create(
            rule="no worker",
            subject=subject,
            state="firing",
            severity=severity,
            value=1,
            threshold=0,
            since=NOW,
        )
    part = browser.get("/alerts/firing").content.decode()
    assert "2 alerts fire" in " ".join(part.split())
    assert part.index("balances") < part.index("orders")
    assert 'href="/alerts/guide#no_worker"' in part


def test_advice_shows_commands_as_code() -> None:
    from jobs.templatetags.millrace import with_code

    assert with_code("Start `a <b>`, then wait.") == "Start <code>a &lt;b&gt;</code>, then wait."
