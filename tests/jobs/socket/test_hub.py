"""The hub comes and goes with its listeners, over a real Valkey."""

import asyncio

from jobs.socket.hub import Hub


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
