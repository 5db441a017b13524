"""Traces through real processes: whatever dies, a run that left a span is linked to the call that it comes from."""

from typing import Any

import pytest

from jobs.models import Attempt, Job
from tests.jobs.faults.history import assert_each_completed_once, wait_for_all, wait_for_done
from tests.jobs.otlp import Receiver, Span
from tests.processes import Platform, Process
from tests.sample_tasks import moody
from tests.waiting import wait_until


def test_each_run_is_linked_to_its_call_through_bundles_retries_and_another_dispatcher(
    platform: Platform, received: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "OTEL_BSP_SCHEDULE_DELAY", "200"
    )  # ms; the processes inherit this and the receiver's address
    first = platform.dispatcher("d1")
    worker = platform.worker("w1", "quick", 2)
    for _ in range(10):  # on a busy machine it takes some more to learn that the task is short
        wait_for_all([moody.delay(name=f"warm-{n}") for n in range(40)])
        if _has_bundled(worker):
            break
    moods = ["quick"] * 40 + ["fail-once"] * 3 + ["quick"] * 40
    many = moody.enqueue_many([{"name": f"{mood}-{n}", "mood": mood} for n, mood in enumerate(moods)])
    wait_for_done(many, 5)
    first.kill_group()
    platform.dispatcher("d2")
    alone = moody.delay(name="alone")
    wait_for_all([*many, alone])

    assert_each_completed_once([*many, alone])
    assert _has_bundled(worker)
    history = set(Attempt.objects.values_list("job__uid", "run", "outcome"))
    wait_until(lambda: len(_runs(received)) == len(history), 20, "the last spans")
    told = {_outcome(span) for span in _runs(received)}
    assert told == history
    sent: dict[str, Any] = dict(Job.objects.values_list("uid", "canvas"))
    for span in _runs(received):
        parent = sent[str(span.attributes["messaging.message.id"])]["headers"]["traceparent"]
        assert (f"00-{span.trace}-{span.parent}-03", span.links) == (parent, (span.parent,))


def _has_bundled(worker: Process) -> bool:
    return "jobs.run_bundle" in worker.log.read_text()


def _runs(received: Receiver) -> list[Span]:
    return [span for span in list(received.spans) if span.kind == "consumer"]


def _outcome(span: Span) -> tuple[object, object, object]:
    told = span.attributes
    return told["messaging.message.id"], told["millrace.run"], told["millrace.outcome"]
