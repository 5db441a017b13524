"""What Prometheus scrapes, and the files that go with it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from jobs import histogram
from jobs.dispatcher.fold import fold
from jobs.models import Metric
from jobs.store.metrics import EVER
from monitoring.models import Alert
from monitoring.queries.lag import lags
from tests.jobs.http.conftest import Api, api, clean_redis, operator  # noqa: F401 -- fixtures
from tests.jobs.rows import make_job

pytestmark = pytest.mark.django_db

DOCS = Path(__file__).parents[3] / "docs" / "monitoring"
WORDS = re.compile(r"millrace_[a-z_]+")


def _scraped(api: Api) -> dict[str, Any]:  # noqa: F811 -- the fixture
    response = api.client.get("/metrics", headers=api.headers)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain; version=")
    return {family.name: family for family in text_string_to_metric_families(response.content.decode())}


def _value(families: dict[str, Any], sample: str, **labels: str) -> float:
    for family in families.values():
        for found in family.samples:
            if found.name == sample and found.labels == labels:
                return float(found.value)
    raise AssertionError(f"no sample {sample} {labels}")


def _some_work() -> None:
    from datetime import UTC, datetime

    work = {
        "started": 7,
        "completed": 5,
        "failed": 2,
        "waited": 7,
        "ran": 7,
        "wait_us": 3_500_000,
        "run_us": 14_000_000,
    }
    Metric.objects.create(period="total", at=EVER, queue="quick", task="app.work", **work)
    Metric.objects.create(
        period="minute", at=datetime.now(UTC).replace(second=0, microsecond=0), queue="quick", task="app.work",
        runs={str(histogram.bucket(2)): 7}, waits={str(histogram.bucket(0.5)): 7}, **work,
    )  # fmt: skip


def test_a_scrape_needs_a_token(clean_redis: None) -> None:  # noqa: F811
    response = Client().get("/metrics")
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")


def test_counters_and_durations_are_those_of_the_time_series(api: Api) -> None:  # noqa: F811
    _some_work()
    found = _scraped(api)
    labels = {"queue": "quick", "task": "app.work"}
    assert _value(found, "millrace_jobs_completed_total", **labels) == 5
    assert _value(found, "millrace_jobs_failed_total", **labels) == 2
    assert _value(found, "millrace_job_run_seconds_sum", **labels) == 14
    assert _value(found, "millrace_job_run_seconds_count", **labels) == 7
    assert _value(found, "millrace_job_wait_seconds", quantile="0.95", **labels) == pytest.approx(
        0.5, rel=0.02
    )


def test_backlogs_and_alerts_are_gauges(api: Api) -> None:  # noqa: F811
    from datetime import UTC, datetime

    make_job()
    Alert.objects.create(
        rule="long queue", subject="quick", state="firing", severity="warning", value=1, threshold=0,
        since=datetime.now(UTC),
    )  # fmt: skip
    found = _scraped(api)
    assert _value(found, "millrace_queue_waiting_jobs", queue="quick") == 1
    assert _value(found, "millrace_queue_led", queue="quick") == 0
    assert _value(found, "millrace_redis_up") == 1
    assert _value(found, "millrace_alert_firing", rule="long queue", subject="quick") == 1


def test_every_name_follows_the_conventions(api: Api) -> None:  # noqa: F811
    _some_work()
    for name, family in _scraped(api).items():
        assert re.fullmatch(r"millrace_[a-z]+(_[a-z]+)*", name)
        assert family.documentation.endswith(".")
        assert family.type in {"counter", "gauge", "summary"}
        assert not name.endswith(("_ms", "_milliseconds", "_minutes"))


def _exposed(api: Api) -> set[str]:  # noqa: F811
    _some_work()
    names = set()
    for name, family in _scraped(api).items():
        suffixes = {"counter": ("_total",), "summary": ("", "_sum", "_count")}.get(family.type, ("",))
        names |= {name + suffix for suffix in suffixes}
    return names


def _expressions(file: str) -> Iterator[str]:
    if file.endswith(".yml"):
        for group in yaml.safe_load((DOCS / file).read_text())["groups"]:
            for rule in group["rules"]:
                assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
                assert rule["labels"]["severity"] in {"warning", "critical"}
                assert set(rule["annotations"]) == {"summary", "description"}
                assert re.fullmatch(r"\d+[smh]", rule.get("for", "0s"))
                yield rule["expr"]
        return
    dashboard = json.loads((DOCS / file).read_text())
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["query"]["query"]
    for panel in dashboard["panels"]:
        yield from (target["expr"] for target in panel["targets"])


@pytest.mark.parametrize("file", ["alert-rules.yml", "grafana-dashboard.json"])
def test_every_metric_in_the_files_exists(api: Api, file: str) -> None:  # noqa: F811
    exposed = _exposed(api)
    expressions = list(_expressions(file))
    assert len(expressions) > 10
    for expression in expressions:
        used = set(WORDS.findall(expression))
        assert used
        assert used <= exposed, used - exposed
        assert expression.count("(") == expression.count(")")
        assert expression.count("{") == expression.count("}")


def test_lag_is_what_the_log_holds_and_the_rows_do_not(clean_redis: None) -> None:  # noqa: F811
    from jobs.dispatcher.log import Log
    from jobs.fence import keys
    from jobs.fence.connection import client

    log = Log(client())
    log.open(["quick"])
    client().xadd(keys.events("quick"), {"e": "enqueued"}, id="1-0")
    found = lags(["quick", "fixed"])
    assert (found["quick"].events, found["fixed"].events) == (1, 0)
    assert found["quick"].seconds > 1_000_000
    events = log.read(["quick"], 10, None)
    assert lags(["quick"])["quick"].events == 1
    fold(events)
    log.acknowledge(events)
    assert lags(["quick"])["quick"].events == 0
