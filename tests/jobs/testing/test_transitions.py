"""The transitions in memory answer and tell what the scripts do, call by call."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import redis
from redis.lock import Lock

from jobs.fence import keys, leases, scripts
from jobs.fence.connection import client
from jobs.fence.leases import Lease, Ticket
from jobs.testing.memory import Memory
from jobs.testing.transitions import TRANSITIONS

LEASE = Lease("j1", "q", 1, "n1", "w", 7)
TICKET = Ticket(1, "n1")
LATE = Ticket(1, "n1", expires_ms=1)
Step = Callable[["redis.Redis"], Any]


def write(*wanted: tuple[str, Ticket]) -> Step:
    """Write tickets."""
    return lambda redis: leases.write_tickets(redis, "q", "me", wanted)


def claim(ticket: Ticket = TICKET, lease: Lease = LEASE) -> Step:
    """Claim, without the epoch."""
    return lambda redis: leases.claim(redis, lease, ticket, 5.0)[0]


def finish(event: str = "completed", nonce: str = "n1") -> Step:
    """End the run."""
    return lambda redis: leases.finish(redis, Lease("j1", "q", 1, nonce, "w", 7), event, '{"result": "3"}')


def note(nonce: str = "n1") -> Step:
    """Tell progress."""
    return lambda redis: leases.note(redis, Lease("j1", "q", 1, nonce, "w", 7), "progress", "{}")


def withdraw(redis: "redis.Redis") -> Any:
    """Withdraw."""
    return leases.withdraw(redis, "q", "j1")


def settle(run: int) -> Step:
    """Settle a run and look what is left."""

    def step(redis: "redis.Redis") -> Any:
        leases.settle(redis, "q", [("j1", run)])
        return redis.hget(keys.ended("q"), "j1")

    return step


TICKETED = write(("j1", TICKET))
SCENARIOS: Mapping[str, list[Step]] = {
    "a whole run": [TICKETED, claim(), note(), finish(), settle(1), note(), TICKETED],
    "no ticket": [claim(), finish(), note()],
    "another ticket": [write(("j1", Ticket(1, "other"))), claim()],
    "claimed by two": [TICKETED, claim(), claim(lease=Lease("j1", "q", 1, "n1", "other", 8))],
    "too late": [write(("j1", LATE)), claim(LATE), claim(LATE)],
    "a foreign nonce": [TICKETED, claim(), note("other"), finish(nonce="other"), finish("failed")],
    "tickets once": [write(("j1", TICKET), ("j2", TICKET), ("j1", LATE)), TICKETED],
    "no ticket while it runs or is not folded": [TICKETED, claim(), TICKETED, finish(), TICKETED, settle(1), TICKETED],
    "settling another run": [TICKETED, claim(), finish(), settle(2)],
    "withdrawn": [TICKETED, withdraw, claim(), TICKETED],
    "withdrawn too late": [TICKETED, claim(), withdraw, finish(), withdraw, settle(1), withdraw],
}  # fmt: skip


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_memory_does_as_the_scripts(name: str) -> None:
    steps = SCENARIOS[name]
    real = client()
    real.flushdb()
    real.set(keys.leader("q"), "me")
    told: list[Mapping[str, str]] = []
    memory = Memory(lambda _stream, _cursor, fields: told.append(fields))
    assert [step(memory) for step in steps] == [step(real) for step in steps]
    logged: Any = real.xrange(keys.events("q"))
    assert [_timeless(fields) for fields in told] == [_timeless(fields) for _, fields in logged]


def test_every_script_of_a_run_is_known_and_the_rest_belong_to_workers_and_dispatchers() -> None:
    assert set(scripts.NAMES) - set(TRANSITIONS) == {
        "beat", "breaker", "cancel", "forget", "handover", "lead", "leave", "meet", "pause", "reclaim", "roll", "stall",
        "unbundle", "yield",
    }  # fmt: skip


@pytest.mark.parametrize("real", [True, False], ids=["valkey", "memory"])
def test_a_lock_is_held_by_one_until_it_is_released(real: bool) -> None:
    redis = client() if real else Memory(lambda *_: None)
    redis.delete("lock")
    first, second = (Lock(redis, "lock", timeout=30, thread_local=False) for _ in range(2))
    assert [first.acquire(blocking=False), second.acquire(blocking=False)] == [True, False]
    assert first.extend(60, replace_ttl=True)
    first.release()
    assert second.acquire(blocking=False, token="mine")
    second.release()
    assert redis.get("lock") is None


def test_a_value_with_a_life_is_gone_when_the_clock_moved_past_it() -> None:
    memory = Memory(lambda *_: None)
    memory.set("short", "1", ex=10)
    memory.set("long", "2", px=11_000)
    memory.set("for ever", "3")
    memory.age(10)
    assert [memory.get(name) for name in ("short", "long", "for ever")] == [None, "2", "3"]
    assert memory.exists("short", "long", "for ever") == 2


def test_what_it_does_not_know_is_answered_as_by_a_redis_that_is_away() -> None:
    memory = Memory(lambda *_: None)
    with pytest.raises(redis.ConnectionError, match="no Redis, and ZADD needs one"):
        memory.zadd("set", {"member": 1})
    with pytest.raises(redis.ConnectionError, match="a script needs one"):
        scripts.run(memory, "roll", ["a", "b", "c"], ["d"])


def _timeless(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if name not in {"t", "s"}}
