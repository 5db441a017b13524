"""What Prometheus scrapes."""

import re
from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from jobs import histogram
from jobs.dispatcher.fold import fold
from jobs.models import Metric
from jobs.store.metrics import EVER
from monitoring.models import Alert
from monitoring.queries.lag import lags
from tests.jobs.http.conftest import Api
from tests.jobs.rows import make_job

pytestmark = pytest.mark.django_db


def scraped(api: Api) -> dict[str, Any]:
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


def some_work() -> None:
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


def test_a_scrape_needs_a_token(clean_redis: None) -> None:
    response = Client().get("/metrics")
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")


def test_counters_and_durations_are_those_of_the_time_series(api: Api) -> None:
    some_work()
    found = scraped(api)
    labels = {"queue": "quick", "task": "app.work"}
    assert _value(found, "millrace_jobs_completed_total", **labels) == 5
    assert _value(found, "millrace_jobs_failed_total", **labels) == 2
    assert _value(found, "millrace_job_run_seconds_sum", **labels) == 14
    assert _value(found, "millrace_job_run_seconds_count", **labels) == 7
    assert _value(found, "millrace_job_wait_seconds", quantile="0.95", **labels) == pytest.approx(
        0.5, rel=0.02
    )


def test_backlogs_and_alerts_are_gauges(api: Api) -> None:
    from datetime import UTC, datetime

    make_job()
    Alert.objects.create(
        rule="long queue", subject="quick", state="firing", severity="warning", value=1, threshold=0,
        since=datetime.now(UTC),
    )  # fmt: skip
    found = scraped(api)
    assert _value(found, "millrace_queue_waiting_jobs", queue="quick") == 1
    assert _value(found, "millrace_queue_led", queue="quick") == 0
    assert _value(found, "millrace_redis_up") == 1
    assert _value(found, "millrace_alert_firing", rule="long queue", subject="quick") == 1


def test_every_name_follows_the_conventions(api: Api) -> None:
    some_work()
    for name, family in scraped(api).items():
        assert re.fullmatch(r"millrace_[a-z]+(_[a-z]+)*", name)
        assert family.documentation.endswith(".")
        assert family.type in {"counter", "gauge", "summary"}
        assert not name.endswith(("_ms", "_milliseconds", "_minutes"))


def test_lag_is_what_the_log_holds_and_the_rows_do_not(clean_redis: None) -> None:
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
