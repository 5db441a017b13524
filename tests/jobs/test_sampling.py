"""A share of the traces: each whole or not at all, and what is not sampled costs no span."""

import hashlib
import os

import pytest
from opentelemetry.trace import SpanContext

from jobs import testing, trace_sdk, tracing
from jobs.errors import OptionRefused
from jobs.graphs import Flow
from jobs.models import Job
from jobs.w3c import parsed, written
from tests.jobs.http.conftest import Api, api, clean_redis, operator  # noqa: F401 -- fixtures
from tests.jobs.otlp import Receiver
from tests.jobs.test_logs import lines  # noqa: F401 -- the fixture
from tests.sample_tasks import add, fail_until, noop

pytestmark = pytest.mark.django_db

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def _sample(monkeypatch: pytest.MonkeyPatch, share: str) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", share)


def _headers(job: Job) -> dict[str, str]:
    return dict((job.canvas or {})["headers"])


def _flow(correlation_id: str) -> None:
    flow = Flow()
    flow.add("first", fail_until, {"attempt": 2}, correlation_id=correlation_id)
    flow.add("second", noop, {}, after=["first"], correlation_id=correlation_id)
    flow.enqueue()


def test_each_trace_is_sampled_whole_or_not_at_all_by_its_id(
    received: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sample(monkeypatch, "0.5")
    names = [f"flow-{n}" for n in range(12)]
    with testing.stepwise() as jobs:
        for name in names:
            _flow(name)
        jobs.run_until_idle()
    tracing.flush()
    ids = {name: hashlib.sha256(name.encode()).hexdigest()[:32] for name in names}
    kept = {trace for trace in ids.values() if int(trace[16:], 16) < 2**63}
    assert 0 < len(kept) < len(names)
    for trace in kept:
        assert sorted(span.name for span in received.spans if span.trace == trace) == [
            "enqueue fail_until", "enqueue noop", "run fail_until", "run fail_until", "run noop",
        ]  # fmt: skip
    assert {span.trace for span in received.spans} == kept
    for job in Job.objects.all():
        told = parsed(_headers(job).get)
        assert told is not None
        assert f"{told.trace_id:032x}" == ids[job.correlation_id]
        assert told.trace_flags.sampled == (ids[job.correlation_id] in kept)


def test_an_unsampled_run_has_its_trace_on_its_line(
    received: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    lines: list[dict[str, object]],  # noqa: F811 -- the fixture
) -> None:
    _sample(monkeypatch, "0")
    with testing.inline():
        add.delay(1, 2)
    tracing.flush()
    header = _headers(Job.objects.get())["traceparent"]
    assert header.endswith("-00")
    assert [line["trace_id"] for line in lines] == [header[3:35]]
    assert received.spans == []


def test_a_request_whose_caller_does_not_sample_it_leaves_no_span_and_its_jobs_know_the_trace(
    received: Receiver,
    api: Api,  # noqa: F811 -- the fixture
) -> None:
    body = {"queueName": "quick", "jobName": "tests.sample_tasks.noop", "data": {}}
    with testing.stepwise() as jobs:
        answer = api.post("/jobs/trigger", body, traceparent=f"00-{TRACE}-{SPAN}-00")
        assert answer.status_code == 202
        jobs.run_until_idle()
    tracing.flush()
    assert received.spans == []
    assert _headers(Job.objects.get())["traceparent"][:36] == f"00-{TRACE}-"


def test_a_sampler_that_heeds_no_parent_is_heeded(
    received: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_on")
    with testing.inline():
        noop.using(headers={"traceparent": f"00-{TRACE}-{SPAN}-00"}).enqueue()
    tracing.flush()
    assert {span.name for span in received.spans} == {"enqueue noop", "run noop"}


def test_a_process_that_ends_asks_a_collector_that_refused_no_second_time(received: Receiver) -> None:
    exporter = trace_sdk.sdk(os.getpid()).exporter
    received.status = 400
    exporter.export([])
    exporter.export([])
    assert received.batches == 2
    exporter.hurry()
    exporter.export([])
    assert received.batches == 2
    received.status, exporter.hurried = 200, False
    exporter.export([])
    exporter.hurry()
    exporter.export([])
    assert received.batches == 4


@pytest.mark.parametrize(
    ("sampler", "share", "told"),
    [
        ("", "", ""),
        ("parentbased_traceidratio", "0.05", ""),
        ("always_on", "", ""),
        ("parentbased_ratio", "0.05", "OTEL_TRACES_SAMPLER: 'parentbased_ratio' is none of"),
        ("parentbased_traceidratio", "5%", "OTEL_TRACES_SAMPLER_ARG: parentbased_traceidratio needs a share"),
        ("traceidratio", "", "OTEL_TRACES_SAMPLER_ARG"),
        ("traceidratio", "1.5", "OTEL_TRACES_SAMPLER_ARG"),
        ("traceidratio", "nan", "OTEL_TRACES_SAMPLER_ARG"),
    ],
)
def test_a_sampler_that_is_none_is_told_at_the_start(
    sampler: str, share: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "on", True)
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", sampler)
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", share)
    found = list(tracing.faults())
    assert len(found) == bool(told)
    assert "".join(found).startswith(told)


@pytest.mark.parametrize(
    ("header", "valid"),
    [
        (f"00-{TRACE}-{SPAN}-01", True),
        (f"01-{TRACE}-{SPAN}-01-of-a-later-version", True),
        (f"00-{TRACE}-{SPAN}-01-more", False),
        (f"ff-{TRACE}-{SPAN}-01", False),
        (f"00-{TRACE.upper()}-{SPAN}-01", False),
        (f"00-{'0' * 32}-{SPAN}-01", False),
        (f"00-{TRACE}-{'0' * 16}-01", False),
        (f"00-{TRACE}-{SPAN}", False),
        (f"00-{TRACE}-{SPAN}-01\n", False),
        ("", False),
        (None, False),
        (7, False),
    ],
)
def test_a_header_is_read_as_the_standard_says(header: object, valid: bool) -> None:
    found = parsed({"traceparent": header}.get)
    assert (found is not None) is valid
    if found is not None:
        assert (f"{found.trace_id:032x}", f"{found.span_id:016x}", found.is_remote) == (TRACE, SPAN, True)


def test_what_is_written_is_read_again() -> None:
    headers = {"traceparent": f"00-{TRACE}-{SPAN}-01", "tracestate": "one=1,two=2"}
    found = parsed(headers.get)
    assert isinstance(found, SpanContext)
    assert written(found) == headers


def test_headers_that_are_none_are_refused_with_and_without_traces(received: Receiver) -> None:
    for on in (True, False):
        tracing.on = on
        with pytest.raises(OptionRefused, match="headers"):
            noop.using(headers=["traceparent"]).enqueue()
    assert not Job.objects.exists()
