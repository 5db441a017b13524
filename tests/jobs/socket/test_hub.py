"""The hub comes and goes with its listeners, over a real Valkey."""

import asyncio
import json
from typing import Any

import pytest

from jobs.dispatcher.log import CONSUMER, GROUP
from jobs.fence import keys
from jobs.fence.connection import client as redis
from jobs.socket.hub import Hub
from jobs.socket.requests import Subscribe


def _working() -> set[str]:
    """Coroutines of a hub that run in this loop."""
    names = {getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()}
    return {name for name in names if name.startswith("Hub.")}


async def test_no_task_outlives_its_listeners_at_whatever_moment_they_leave() -> None:
    hub = Hub()
    async with asyncio.timeout(30):
        for ticks in range(60):
            async with hub.listening():
                for _ in range(ticks):
                    await asyncio.sleep(0)
            assert _working() == set()


async def test_one_who_comes_while_another_leaves_is_served_by_one_hub() -> None:
    hub = Hub()

    async def listen(ticks: int) -> None:
        async with hub.listening():
            await hub.ready.wait()
            for _ in range(ticks):
                await asyncio.sleep(0)
            assert [len(hub.positions) > 0, sum(not task.done() for task in hub._tasks)] == [True, 2]

    async with asyncio.timeout(30):
        for ticks in range(10):
            await asyncio.gather(listen(ticks), listen(2 * ticks), listen(3 * ticks))
    assert _working() == set()


async def test_a_stop_that_is_cut_short_does_not_leave_the_next_listener_alone() -> None:
    hub = Hub()
    async with asyncio.timeout(30):
        for ticks in range(20):
            leave = asyncio.Event()
            leaving = asyncio.create_task(_listen_until(hub, leave))
            await hub.ready.wait()
            leave.set()
            for _ in range(ticks):
                await asyncio.sleep(0)
            leaving.cancel()
            await asyncio.gather(leaving, return_exceptions=True)
            async with hub.listening():
                await hub.ready.wait()
                assert sum(not task.done() for task in hub._tasks) == 2
    assert _working() == set()


async def _listen_until(hub: Hub, leave: asyncio.Event) -> None:
    async with hub.listening():
        await leave.wait()


class Listener:
    """Stands where a socket's feed is."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def deliver(self, message: dict[str, Any]) -> None:
        """Take a message."""
        self.heard.put_nowait(message)


def _fold(queue: str, uid: str) -> None:
    """One event, folded and announced, as a leader does it."""
    stream = keys.events(queue)
    redis().xgroup_create(stream, GROUP, id="0", mkstream=True)
    cursor = redis().xadd(stream, {"e": "completed", "j": uid, "r": 1})
    redis().xreadgroup(GROUP, CONSUMER, {stream: ">"})
    redis().xack(stream, GROUP, cursor)
    redis().publish(keys.folded(queue), json.dumps({"upto": cursor, "done": [uid]}))


@pytest.mark.django_db(transaction=True)
async def test_a_log_that_was_emptied_and_goes_on_at_once_is_told_as_a_gap() -> None:
    redis().flushall()
    hub, listener = Hub(), Listener()
    async with asyncio.timeout(20), hub.listening():
        await hub.ready.wait()
        hub.register.add(listener, Subscribe(type="subscribe", id="s", queues=frozenset({"quick"})), "quick")
        _fold("quick", "before")
        assert (await listener.heard.get())["jobId"] == "before"

        redis().flushall()
        _fold("quick", "after")

        assert (await listener.heard.get())["type"] == "gap"
        assert (await listener.heard.get())["jobId"] == "after"
        assert listener.heard.empty()
