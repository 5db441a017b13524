"""The transitions of `jobs.fence` (one Lua script each) on dictionaries, for one process and one thread.

`tests/jobs/testing/test_transitions.py` plays the same calls to these and to the scripts and compares. What
only several processes can meet (an answer that got lost, a Redis that was emptied) is left to the scripts,
and so is what belongs to workers' heartbeats and dispatchers' leads.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from redis.lock import Lock

from jobs.fence import scripts

if TYPE_CHECKING:
    from jobs.testing.memory import Memory

Words = Sequence[str]
Script = Callable[["Memory", Words, Words], Any]


def ticket(memory: "Memory", keys: Words, argv: Words) -> list[str]:
    """Tickets for those who may start; one process leads every queue."""
    if memory.get(keys[5]) is not None:
        return []
    tickets, running, withdrawn, ended = (memory.hashes[key] for key in keys[1:5])
    now = memory.now_ms()
    granted = []
    for uid, text in zip(argv[1::2], argv[2::2], strict=True):
        until, _, first_run = withdrawn.get(uid, "0").partition(":")
        kept_back = int(until) > now and (not first_run or int(text.partition(":")[0]) < int(first_run))
        refused = uid in running or uid in ended or kept_back or uid in tickets
        if not refused:
            withdrawn.pop(uid, None)
            tickets[uid] = text
            granted.append(uid)
    return granted


def claim(memory: "Memory", keys: Words, argv: Words) -> list[str]:
    """Tickets for leases; one that came too late ends the job."""
    worker, pid, _queue, *wanted = argv
    jobs = [wanted[start : start + 6] for start in range(0, len(wanted), 6)]
    return ["", *(_claim(memory, keys, worker, pid, job) for job in jobs)]


def _claim(memory: "Memory", keys: Words, worker: str, pid: str, job: Words) -> str:
    uid, text, run, nonce, stale_after, expires = job
    tickets, running = memory.hashes[keys[0]], memory.hashes[keys[1]]
    if tickets.get(uid) != text:
        return "stale"
    del tickets[uid]
    now = memory.now_ms()
    if 0 < int(expires) <= now:
        memory.add(keys[2], {"e": "expired", "j": uid, "r": run, "t": str(now)})
        return "expired"
    stale = now + int(stale_after) if int(stale_after) else 0
    running[uid] = f"{run}|{nonce}|{worker}|{pid}|{now}|{stale}"
    memory.add(keys[2], {"e": "started", "j": uid, "r": run, "t": str(now), "w": worker})
    return "claimed"


def note(memory: "Memory", keys: Words, argv: Words) -> int:
    """Progress or a log line of the run that holds the lease."""
    uid, run, nonce, event, data = argv
    if not _holds(memory, keys[0], uid, run, nonce):
        return 0
    memory.add(keys[1], {"e": event, "j": uid, "r": run, "t": str(memory.now_ms()), "d": data})
    return 1


def finish(memory: "Memory", keys: Words, argv: Words) -> list[int]:
    """The ends of runs that hold their lease."""
    endings = [argv[start : start + 7] for start in range(1, len(argv), 7)]
    return [_finish(memory, keys, ending) for ending in endings]


def _finish(memory: "Memory", keys: Words, ending: Words) -> int:
    uid, run, nonce, event, data, _ago, _ran = ending
    if not _holds(memory, keys[0], uid, run, nonce):
        return 0
    started = memory.hashes[keys[0]].pop(uid).split("|")[4]
    memory.hashes[keys[6]][uid] = f"{run}|{nonce}|{event}"
    told = {"e": event, "j": uid, "r": run, "t": str(memory.now_ms()), "s": started, "d": data}
    memory.add(keys[1], told)
    return 1


def settle(memory: "Memory", keys: Words, argv: Words) -> int:
    """The marks of runs whose outcomes are in the rows."""
    ended = memory.hashes[keys[0]]
    runs = zip(argv[::2], argv[1::2], strict=True)
    settled = [uid for uid, run in runs if ended.get(uid, "").startswith(f"{run}|")]
    for uid in settled:
        del ended[uid]
    return len(settled)


def withdraw(memory: "Memory", keys: Words, argv: Words) -> str:
    """No ticket for a while, unless the job runs or ran."""
    tickets, running, withdrawn, ended = (memory.hashes[key] for key in keys)
    uid, milliseconds = argv
    if uid in running:
        return "running"
    if uid in ended:
        return "ended"
    tickets.pop(uid, None)
    withdrawn[uid] = str(memory.now_ms() + int(milliseconds))
    return "withdrawn"


def supersede(memory: "Memory", keys: Words, argv: Words) -> int:
    """No ticket for earlier runs, unless the job is out."""
    tickets, running, withdrawn, ended = (memory.hashes[key] for key in keys)
    uid, first_run, milliseconds = argv
    if uid in tickets or uid in running or uid in ended:
        return 0
    withdrawn[uid] = f"{memory.now_ms() + int(milliseconds)}:{first_run}"
    return 1


def release_lock(memory: "Memory", keys: Words, argv: Words) -> int:
    """redis-py's Lock, given back by its owner."""
    return memory.delete(keys[0]) if memory.get(keys[0]) == argv[0] else 0


def extend_lock(memory: "Memory", keys: Words, argv: Words) -> int:
    """redis-py's Lock, renewed by its owner."""
    return int(memory.get(keys[0]) == argv[0] and memory.pexpire(keys[0], int(argv[1])))


def _holds(memory: "Memory", running: str, uid: str, run: str, nonce: str) -> bool:
    return memory.hashes[running].get(uid, "").startswith(f"{run}|{nonce}|")


def _digest(source: str) -> str:
    return hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()


TRANSITIONS: dict[str, Script] = {
    "ticket": ticket, "claim": claim, "note": note, "finish": finish, "settle": settle, "withdraw": withdraw,
    "supersede": supersede,
}  # fmt: skip
SCRIPTS: dict[str, Script] = {
    **{scripts.digest(name): transition for name, transition in TRANSITIONS.items()},
    _digest(Lock.LUA_RELEASE_SCRIPT): release_lock,
    _digest(Lock.LUA_EXTEND_SCRIPT): extend_lock,
}
