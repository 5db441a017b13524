"""Traces: from the call through the row and the message to each run, as a collector receives them."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from celery import chain

from jobs import testing, tracing
from jobs.graphs import Flow
from jobs.models import Job
from tests.jobs.otlp import Receiver, Span
from tests.sample_tasks import add, fail, fail_until, noop

pytestmark = pytest.mark.django_db


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Tracing switched on, to a receiver of its own."""
    receiver = Receiver()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.address)
    monkeypatch.setattr(tracing, "on", True)
    tracing._provider.cache_clear()
    yield receiver
    tracing.flush()
    tracing._provider.cache_clear()
    receiver.shutdown()
    receiver.server_close()


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


def test_the_steps_of_a_chain_are_one_trace(received: Receiver) -> None:
    with testing.inline():
        chain(add.s(1, 2), add.s(3)).delay()
    spans = _spans(received)
    assert [span.name for span in spans].count("run add") == 2
    assert len({span.trace for span in spans}) == 1


def test_many_jobs_of_one_call_share_its_producer_span(received: Receiver) -> None:
    with testing.inline():
        noop.enqueue_many([{"value": n} for n in range(3)])
    spans = _spans(received)
    (sent,) = _named(spans, "enqueue noop")
    assert sent.attributes["messaging.batch.message_count"] == "3"
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
