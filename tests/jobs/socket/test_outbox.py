"""A client that keeps up gets everything; a slow one the latest progress and every end."""

import asyncio
from typing import Any

import pytest

from jobs.socket.outbox import Outbox, TooSlow


def _progress(job: str, fraction: float) -> dict[str, Any]:
    return {"type": "job.progress", "jobId": job, "progress": fraction, "subscriptions": ["s"]}


def _ended(job: int) -> dict[str, Any]:
    return {"type": "job.completed", "jobId": str(job), "subscriptions": ["s"]}


async def _drain(outbox: Outbox) -> list[dict[str, Any]]:
    return [await outbox.take() for _ in range(len(outbox))]


async def test_a_client_that_keeps_up_gets_every_progress() -> None:
    outbox = Outbox(behind=10)
    for step in range(10):
        outbox.put(_progress("a", step))
    assert [message["progress"] for message in await _drain(outbox)] == list(range(10))


async def test_behind_only_the_latest_progress_of_each_job_remains_in_order_with_the_ends() -> None:
    outbox = Outbox(behind=2)
    for step in range(50):
        outbox.put(_progress("a", step))
        outbox.put(_progress("b", step))
    outbox.put(_ended(1))
    outbox.put(_progress("a", 50))
    taken = await _drain(outbox)
    assert taken[-2:] == [_ended(1), _progress("a", 50)]
    assert [message for message in taken if message.get("jobId") == "b"][-1] == _progress("b", 49)
    assert len(taken) <= 6


async def test_ends_are_never_dropped_but_log_lines_are() -> None:
    outbox = Outbox(behind=2, full=5, most=100)
    for number in range(20):
        outbox.put({"type": "job.log", "jobId": "a", "message": str(number), "subscriptions": ["s"]})
        outbox.put(_ended(number))
    taken = await _drain(outbox)
    assert [m["jobId"] for m in taken if m["type"] == "job.completed"] == [str(n) for n in range(20)]
    assert sum(m["type"] == "job.log" for m in taken) <= 3


async def test_a_client_that_reads_nothing_is_given_up() -> None:
    outbox = Outbox(behind=2, full=5, most=10)
    for number in range(11):
        outbox.put(_ended(number))
    with pytest.raises(TooSlow):
        await outbox.take()


async def test_a_replay_waits_for_room_and_is_freed_when_the_socket_closes() -> None:
    outbox = Outbox(behind=2)
    await outbox.room()
    for number in range(3):
        outbox.put(_ended(number))
    waiting = asyncio.create_task(outbox.room())
    done, _ = await asyncio.wait([waiting], timeout=0.01)
    assert not done
    await outbox.take()
    assert not waiting.done()
    await outbox.take()
    await asyncio.wait_for(waiting, 1)
    for number in range(3):
        outbox.put(_ended(number))
    outbox.close()
    await asyncio.wait_for(outbox.room(), 1)
    outbox.put(_ended(9))
    assert len(outbox) == 0
