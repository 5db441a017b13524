"""The faults, each applied and taken back; which and when is decided by the seed."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
import redis

from jobs.chaos.crew import Crew
from jobs.chaos.history import History
from jobs.localservices.launcher import Launcher


@dataclass(frozen=True)
class Stage:
    """What faults act upon. `lease` is the workers', in seconds."""

    crew: Crew
    services: Launcher
    rng: random.Random
    lease: float

    @property
    def redis(self) -> Any:
        """A connection of its own to Valkey."""
        return redis.Redis.from_url(self.services.addresses().redis_url, socket_timeout=5)


Fault = Callable[[Stage], str]


def kill_pool_child(stage: Stage) -> str:
    """SIGKILL of one process of a worker's pool; waits for a worker that has one."""
    deadline = time.monotonic() + 20
    while not (pools := {w.name: w.children() for w in stage.crew.workers if w.children()}):
        if time.monotonic() > deadline:
            return "no worker has a child"
        time.sleep(0.2)
    name = stage.rng.choice(sorted(pools))
    victim = stage.rng.choice(pools[name])
    os.kill(victim, signal.SIGKILL)
    return f"{name}, process {victim}"


def kill_worker(stage: Stage) -> str:
    """SIGKILL of a worker with all its children."""
    return _kill(stage, stage.rng.choice(stage.crew.workers))


def end_worker(stage: Stage) -> str:
    """SIGTERM: it lets its jobs end; sometimes a second one."""
    worker = stage.rng.choice(stage.crew.workers)
    worker.signal(signal.SIGTERM)
    if twice := stage.rng.random() < 0.3:
        time.sleep(0.3)
        worker.signal(signal.SIGTERM)
    return f"{worker.name}{', twice' if twice else ''}"


def freeze_worker(stage: Stage) -> str:
    """SIGSTOP of a worker past its lease, then SIGCONT: its outcomes are fenced."""
    worker = stage.rng.choice(stage.crew.workers)
    seconds = stage.lease * stage.rng.uniform(0.5, 2.0)
    worker.signal_group(signal.SIGSTOP)
    time.sleep(seconds)
    worker.signal_group(signal.SIGCONT)
    return f"{worker.name} for {seconds:.1f} s"


def kill_dispatcher(stage: Stage) -> str:
    """SIGKILL of a dispatcher."""
    return _kill(stage, stage.rng.choice(stage.crew.dispatchers))


def freeze_dispatcher(stage: Stage) -> str:
    """SIGSTOP of a dispatcher past its lead, then SIGCONT: it must notice that it leads no more."""
    dispatcher = stage.rng.choice(stage.crew.dispatchers)
    dispatcher.signal(signal.SIGSTOP)
    time.sleep(seconds := stage.rng.uniform(2.0, 7.0))
    dispatcher.signal(signal.SIGCONT)
    return f"{dispatcher.name} for {seconds:.1f} s"


def kill_beat(stage: Stage) -> str:
    """SIGKILL of a beat."""
    return _kill(stage, stage.rng.choice(stage.crew.beats))


def kill_web(stage: Stage) -> str:
    """SIGKILL of the web server: browsers come back with their cursors."""
    return _kill(stage, stage.crew.web[0])


def kill_valkey(stage: Stage) -> str:
    """kill -9 of Valkey, away for some seconds, back with its append-only file."""
    stage.services.valkey.kill()
    time.sleep(seconds := stage.rng.uniform(0.0, 4.0))
    stage.services.valkey.start()
    return f"away for {seconds:.1f} s"


def empty_valkey(stage: Stage) -> str:
    """FLUSHALL."""
    stage.redis.flushall()
    return ""


def forget_scripts(stage: Stage) -> str:
    """SCRIPT FLUSH."""
    stage.redis.script_flush()
    return ""


def cut_connections(stage: Stage) -> str:
    """CLIENT KILL of every connection."""
    return f"{stage.redis.execute_command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')} connections"


def stall_valkey(stage: Stage) -> str:
    """Valkey answers nobody for some seconds."""
    seconds = stage.rng.uniform(0.5, 3.5)
    stage.redis.client_pause(int(seconds * 1000))
    time.sleep(seconds)
    return f"for {seconds:.1f} s"


def kill_postgres(stage: Stage) -> str:
    """kill -9 of PostgreSQL, away for some seconds."""
    stage.services.postgres.kill()
    time.sleep(seconds := stage.rng.uniform(0.0, 3.0))
    stage.services.postgres.start()
    return f"away for {seconds:.1f} s"


def cut_database_connections(stage: Stage) -> str:
    """Every connection to PostgreSQL is ended."""
    with psycopg.connect(stage.services.addresses().database_url, autocommit=True) as connection:
        cursor = connection.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        row = cursor.fetchone()
    return f"{row[0] if row else 0} connections"


PROFILES: dict[str, tuple[Fault, ...]] = {
    "worker": (kill_pool_child, kill_worker, end_worker, freeze_worker),
    "redis": (kill_valkey, empty_valkey, forget_scripts, cut_connections, stall_valkey),
    "postgres": (kill_postgres, cut_database_connections),
    "dispatcher": (kill_dispatcher, freeze_dispatcher, kill_beat, kill_web),
}
PROFILES["mixed"] = tuple(fault for faults in PROFILES.values() for fault in faults)
PROFILES["worker-redis"] = PROFILES["worker"] + PROFILES["redis"]  # what any system on Celery may meet


def torment(
    stage: Stage, faults: int, profile: str, seconds: float, history: History, stopping: threading.Event
) -> None:
    """Apply so many faults of a profile within about `seconds`, or until `stopping` is set; each kind once before
    any comes again."""
    chosen: list[Fault] = []
    while len(chosen) < faults:
        chosen += stage.rng.sample(PROFILES[profile], len(PROFILES[profile]))
    pause = seconds / max(faults, 1)
    for fault in chosen[:faults]:
        if stopping.wait(stage.rng.uniform(0.3, 0.7) * pause):
            return
        history.write("fault", name=fault.__name__)
        try:
            told = fault(stage)
        except (redis.exceptions.RedisError, psycopg.Error, OSError) as error:
            told = f"not applied: {error}"
        history.write("fault-over", name=fault.__name__, told=told)


def _kill(stage: Stage, member: Any) -> str:
    member.signal_group(signal.SIGKILL)
    return str(member.name)
