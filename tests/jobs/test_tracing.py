"""Traces: from the call through the row and the message to each run, as a collector receives them."""

import subprocess
import sys

import pytest
from asgiref.sync import async_to_sync
from celery import chain
from django.test import AsyncClient
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from jobs import testing, tracing
from jobs.graphs import Flow
from jobs.models import Job
from jobs.scheduling.firing import fire_by_hand
from tests.jobs.http.conftest import Api, api, clean_redis, operator  # noqa: F401 -- fixtures
from tests.jobs.otlp import Receiver, Span
from tests.sample_tasks import add, fail, fail_until, noop

pytestmark = pytest.mark.django_db


def _spans(receiver: Receiver) -> list[Span]:
    tracing.flush()
    return receiver.spans


def _named(spans: list[Span], name: str) -> list[Span]:
    return [span for span in spans if span.name == name]


def test_a_call_is_a_producer_span_and_its_run_a_consumer_span_below_it(received: Receiver) -> None:
    with testing.inline():
        uid = add.delay(1, 2).id
    sent, ran = sorted(_spans(received), key=lambda span: span.kind, reverse=True)
    assert (sent.name, sent.kind, sent.parent) == ("enqueue add", "producer", "")
    assert (ran.name, ran.kind, ran.parent, ran.links) == ("run add", "consumer", sent.id, (sent.id,))
    assert sent.trace == ran.trace
    assert ran.attributes["messaging.message.id"] == uid
    assert ran.attributes["messaging.destination.name"] == "quick"
    assert (ran.attributes["millrace.run"], ran.attributes["millrace.outcome"]) == (1, "completed")
    assert received.services == {"millrace"}
    assert Job.objects.get().canvas == {"headers": {"traceparent": f"00-{sent.trace}-{sent.id}-03"}}


def test_a_flow_with_a_retry_is_one_trace_span_by_span(received: Receiver) -> None:
    flow = Flow()
    flow.add("good", add, {"x": 1, "y": 2}, correlation_id="the-flow")
    flow.add("second", fail_until, {"attempt": 2}, correlation_id="the-flow")
    flow.add("join", noop, {}, after=["good", "second"], correlation_id="the-flow")
    with testing.stepwise() as jobs:
        ids = flow.enqueue()
        jobs.run_until_idle()
    spans = _spans(received)
    assert len(spans) == 7
    assert len({span.trace for span in spans}) == 1
    (good,), (join,) = _named(spans, "run add"), _named(spans, "run noop")
    first, second = sorted(
        _named(spans, "run fail_until"), key=lambda span: int(span.attributes["millrace.run"])
    )
    (sent,) = _named(spans, "enqueue fail_until")
    assert (first.parent, second.parent) == (sent.id, sent.id)
    assert [span.attributes["millrace.outcome"] for span in (good, first, second, join)] == [
        "completed", "retried", "completed", "completed",
    ]  # fmt: skip
    assert first.exceptions
    assert first.error
    assert not second.error
    assert [span.attributes["messaging.message.id"] for span in (good, second, join)] == [
        ids["good"], ids["second"], ids["join"],
    ]  # fmt: skip
    assert {span.parent for span in spans if span.kind == "producer"} == {""}


CALLER, TRACE = "00f067aa0ba902b7", "4bf92f3577b34da6a3ce929d0e0e4736"
HEADER = {"traceparent": f"00-{TRACE}-{CALLER}-01"}
FLOW = [
    {"name": "good", "jobName": "tests.sample_tasks.add", "data": {"x": 1, "y": 2}},
    {"name": "second", "jobName": "tests.sample_tasks.fail_until", "data": {"attempt": 2}},
    {"name": "join", "jobName": "tests.sample_tasks.noop", "data": {}, "after": ["good", "second"]},
]


def test_a_flow_with_a_retry_is_one_trace_from_its_callers_request_on(
    received: Receiver,
    api: Api,  # noqa: F811 -- the fixture
) -> None:
    with testing.stepwise() as jobs:
        answer = api.post("/flows", {"jobs": FLOW}, **HEADER)
        assert answer.status_code == 202
        jobs.run_until_idle()
    spans = {(span.name, span.attributes.get("millrace.run")): span for span in _spans(received)}
    served = spans.pop(("POST /api/v1/flows", None))
    assert (served.kind, served.trace, served.parent, served.error) == ("server", TRACE, CALLER, "")
    assert served.attributes["http.response.status_code"] == 202
    assert served.attributes["http.route"] == "/api/v1/flows"
    sent = {task: spans.pop((f"enqueue {task}", None)) for task in ("add", "fail_until", "noop")}
    for span in sent.values():
        assert (span.kind, span.trace, span.parent) == ("producer", TRACE, served.id)
    outcomes = {}
    for (name, run), span in spans.items():
        cause = sent[name.removeprefix("run ")]
        assert (span.kind, span.trace, span.parent, span.links) == ("consumer", TRACE, cause.id, (cause.id,))
        outcomes[name, run] = (span.attributes["millrace.outcome"], span.exceptions)
    assert outcomes == {
        ("run add", 1): ("completed", ()),
        ("run fail_until", 1): ("retried", ("RuntimeError",)),
        ("run fail_until", 2): ("completed", ()),
        ("run noop", 1): ("completed", ()),
    }


def test_a_request_in_the_asgi_server_is_the_parent_of_what_it_enqueues(
    received: Receiver,
    api: Api,  # noqa: F811 -- the fixture
) -> None:
    body = {"queueName": "quick", "jobName": "tests.sample_tasks.noop", "data": {}}
    answer = async_to_sync(AsyncClient().post)(
        "/api/v1/jobs/trigger", body, content_type="application/json", headers=api.headers | HEADER
    )
    assert answer.status_code == 202
    served, sent = sorted(_spans(received), key=lambda span: span.name, reverse=False)
    assert (served.name, served.kind, served.parent) == ("POST /api/v1/jobs/trigger", "server", CALLER)
    assert (sent.name, sent.parent, sent.trace) == ("enqueue noop", served.id, TRACE)


def test_probes_leave_no_trace_and_what_is_refused_is_no_error_of_the_server(
    received: Receiver,
    api: Api,  # noqa: F811 -- the fixture
) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        api.client.get(path)
    assert api.get("/jobs/nothing").status_code == 404
    (served,) = _spans(received)
    assert served.name == "GET /api/v1/jobs/<uid>"
    assert (served.attributes["http.response.status_code"], served.error) == (404, "")


def test_the_steps_of_a_chain_are_one_trace(received: Receiver) -> None:
    with testing.inline():
        chain(add.s(1, 2), add.s(3)).delay()
    spans = _spans(received)
    assert [span.name for span in spans].count("run add") == 2
    assert len({span.trace for span in spans}) == 1


def test_a_schedules_tick_begins_a_trace(received: Receiver) -> None:
    interval = IntervalSchedule.objects.create(every=1, period="hours")
    schedule = PeriodicTask.objects.create(name="hourly", task="tests.sample_tasks.noop", interval=interval)
    with testing.stepwise() as jobs:
        fired = fire_by_hand(schedule)
        jobs.run_until_idle()
    sent, ran = sorted(_spans(received), key=lambda span: span.name)
    assert (sent.name, sent.parent, ran.parent, ran.trace) == ("enqueue noop", "", sent.id, sent.trace)
    assert ran.attributes["messaging.message.id"] == fired.job_uid


def test_many_jobs_of_one_call_share_its_producer_span(received: Receiver) -> None:
    with testing.inline():
        noop.enqueue_many([{"value": n} for n in range(3)])
    spans = _spans(received)
    (sent,) = _named(spans, "enqueue noop")
    assert sent.attributes["messaging.batch.message_count"] == 3
    assert [span.parent for span in _named(spans, "run noop")] == [sent.id] * 3


def test_a_failure_has_its_exception(received: Receiver) -> None:
    with testing.inline(raise_errors=False):
        fail.using(max_attempts=1).enqueue("no luck")
    (ran,) = _named(_spans(received), "run fail")
    assert (ran.attributes["millrace.outcome"], ran.exceptions) == ("failed", ("RuntimeError",))
    assert ran.error == "RuntimeError: no luck"


def test_off_none_of_it_is_imported() -> None:
    script = (
        "import django; django.setup(); from config.celery import app; app.loader.import_default_modules(); "
        "import sys; ours = ('opentelemetry.sdk.trace', 'opentelemetry.exporter'); "
        "sys.exit(', '.join(name for name in sys.modules if name.startswith(ours)) or 0)"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run([sys.executable, "-c", script], check=False, env=environment, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
