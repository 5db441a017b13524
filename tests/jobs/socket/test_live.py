"""What a browser hears of real jobs, run by a real worker, through a real web server."""

import json
import urllib.request
from typing import Any

import pytest

from tests.jobs.socket.conftest import Message, Open
from tests.processes import Platform
from tests.sample_tasks import fail, tell

pytestmark = pytest.mark.django_db(transaction=True)


def _over_http(address: str, token: str, path: str, body: Any = None) -> Any:
    request = urllib.request.Request(
        f"http://{address}/api/v1{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def _is(kind: str) -> Any:
    return lambda message: message["type"] == kind


def test_a_job_is_triggered_followed_waited_for_and_read(
    platform: Platform, open_socket: Open, token: str
) -> None:
    address = platform.web()
    platform.dispatcher()
    platform.worker()
    socket = open_socket(address)
    socket.ask(type="subscribe", id="all", queues=["quick"])
    socket.until(_is("subscribed"))
    told = _over_http(
        address, token, "/jobs/trigger", {"jobName": "tell", "data": {"steps": 3, "seconds": 0.2}}
    )
    done = socket.until(_is("job.completed"))
    mine = [message for message in socket.seen if message.get("jobId") == told["id"]]
    assert [message["type"] for message in mine if message["type"] != "job.log"] == [
        "job.started", "job.progress", "job.progress", "job.progress", "job.completed",
    ]  # fmt: skip
    assert [m["message"] for m in mine if m["type"] == "job.log"] == ["line 1", "line 2", "line 3"]
    assert [m["progress"] for m in mine if m["type"] == "job.progress"] == pytest.approx([1 / 3, 2 / 3, 1])
    assert done["result"] == 3
    assert 600 <= done["processingMs"] <= done["totalMs"]
    assert mine[0]["queueToStartMs"] >= 0
    assert all(message["subscriptions"] == ["all"] and message["queue"] == "quick" for message in mine)
    cursors = [tuple(map(int, message["cursor"].split("-"))) for message in mine]
    assert cursors == sorted(cursors)

    waited = _over_http(address, token, f"/jobs/{told['id']}/wait?timeout=10")
    assert (waited["finished"], waited["state"], waited["result"]) == (True, "completed", 3)
    assert [attempt["outcome"] for attempt in waited["attemptHistory"]] == ["completed"]
    lines = _over_http(address, token, f"/jobs/{told['id']}/logs")
    assert [line["message"] for line in lines["events"]] == ["line 1", "line 2", "line 3"]
    first = _over_http(address, token, f"/jobs/{told['id']}/events?limit=2")
    rest = _over_http(address, token, f"/jobs/{told['id']}/events?after={first['cursor']}")
    assert (first["more"], rest["more"], first["gap"]) == (True, False, False)
    assert [event["type"] for event in first["events"] + rest["events"]] == [m["type"] for m in mine]


def test_waiting_over_http_ends_with_the_job_and_not_before(platform: Platform, token: str) -> None:
    address = platform.web()
    job = tell.delay(steps=2, seconds=0.1)
    early = _over_http(address, token, f"/jobs/{job.id}/wait?timeout=0.3")
    assert (early["finished"], early["state"]) == (False, "waiting")
    platform.dispatcher()
    platform.worker()
    waited = _over_http(address, token, f"/jobs/{job.id}/wait?timeout=30")
    assert (waited["finished"], waited["result"]) == (True, 2)


def test_after_a_reconnect_nothing_is_missing_and_nothing_comes_twice(
    platform: Platform, open_socket: Open
) -> None:
    address = platform.web()
    platform.dispatcher()
    platform.worker()
    jobs = [tell.delay(steps=3, seconds=0.15).id for _ in range(6)]
    witness, first = open_socket(address), open_socket(address)
    for socket in (witness, first):
        socket.ask(type="subscribe", id="s", jobs=jobs, after="0")
    last = first.until(_is("job.progress"))
    first.connection.close()
    assert len(first.of("job.completed")) < len(jobs)
    _until_all_completed(witness, len(jobs))
    second = open_socket(address)
    second.ask(type="subscribe", id="s", jobs=jobs, after={"quick": last["cursor"]})
    _until_all_completed(second, len(jobs) - len(first.of("job.completed")))
    heard = [_place(message) for message in first.seen + second.seen if "jobId" in message]
    assert heard == [_place(message) for message in witness.seen if "jobId" in message]
    assert len(set(heard)) == len(heard)
    assert not second.of("gap")


def test_a_job_that_fails_and_one_that_is_cancelled_are_told(
    platform: Platform, open_socket: Open, token: str
) -> None:
    address = platform.web()
    platform.dispatcher()
    platform.worker()
    failing = fail.using(max_attempts=2).enqueue(message="no luck at all")
    later = tell.using(countdown=600).enqueue(steps=1)
    socket = open_socket(address)
    socket.ask(type="subscribe", id="f", jobs=[failing.id, later.id], after="0")
    failed = socket.until(_is("job.failed"))
    assert failed["error"] == {"type": "RuntimeError", "message": "no luck at all"}
    assert (failed["attempts"], failed["maxAttempts"], failed["retryable"]) == (2, 2, True)
    assert [message["attemptUsed"] for message in socket.of("job.retrying")] == [True]
    assert _over_http(address, token, f"/jobs/{later.id}/cancel", {})["state"] == "cancelled"
    cancelled = socket.until(_is("job.cancelled"))
    assert (cancelled["jobId"], cancelled["reason"]) == (later.id, "cancelled by operator")


def test_the_hub_goes_on_after_redis_was_killed(platform: Platform, open_socket: Open, services: Any) -> None:
    address = platform.web()
    platform.dispatcher()
    platform.worker()
    socket = open_socket(address)
    socket.ask(type="subscribe", id="s", queues=["quick"])
    socket.until(_is("subscribed"))
    before = tell.delay(steps=1)
    assert socket.until(_is("job.completed"))["jobId"] == before.id
    services.valkey.kill()
    services.valkey.start()
    after = tell.delay(steps=1)
    assert (
        socket.until(lambda m: m.get("jobId") == after.id and m["type"] == "job.completed", 40)["result"] == 1
    )


def _until_all_completed(socket: Any, count: int) -> None:
    while len(socket.of("job.completed")) < count:
        socket.read(20)


def _place(message: Message) -> tuple[str, str]:
    return message["cursor"], message["type"]
