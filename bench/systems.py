"""The systems that are measured, all behind one interface: bench/peers/interface.py."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.environments import OWN, ROOT, Environment, install

_CELERY = ("-c", "2", "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING")
_SETTINGS = {"DJANGO_SETTINGS_MODULE": "bench.settings"}


@dataclass(frozen=True)
class System:
    """One system in one configuration: two processes that work, and whatever else it needs beside them.

    `workers` are commands of its environment's program, `work` of its own where there are none; a slow system
    gets only `share` of the jobs. `pins` names its versions in bench/peers, this project's where empty.
    """

    name: str
    note: str
    module: str
    pins: str = ""
    workers: tuple[tuple[str, ...], ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    share: float = 1.0

    def installed(self) -> Environment:
        """Its environment; raises NotInstalled."""
        return install(self.pins) if self.pins else OWN

    def ask(self, environment: Mapping[str, str], *words: object) -> float | None:
        """The answer to a command of the interface."""
        command = self.command(*words)
        done = subprocess.run(
            command, cwd=ROOT, env=self.env(environment), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{self.name}: {(done.stderr or done.stdout)[-2000:]}")
        return float(done.stdout.split()[-1]) if done.stdout.split() else None

    def command(self, *words: object) -> list[str]:
        """A command of the interface."""
        entry = [self.module] if self.module.endswith("mjs") else ["-m", self.module]
        return [self.installed().program, *entry, *map(str, words)]

    def worker_commands(self) -> Sequence[Sequence[str]]:
        """Everything that works on the jobs."""
        program = self.installed().program
        return [[program, *words] for words in self.workers] or [self.command("work")] * 2

    def env(self, environment: Mapping[str, str]) -> dict[str, str]:
        """What its processes find in their environment."""
        return os.environ | {"BENCH_HOME": str(self.installed().folder), **environment, **self.environment}


def _celery(app: str) -> tuple[tuple[str, ...], ...]:
    return (("-m", "celery", "-A", app, "worker", *_CELERY),)


_MILLRACE = (
    ("manage.py", "dispatcher", "--queues", "bench"),
    ("-m", "celery", "-A", "config", "worker", "-Q", "bench", *_CELERY),
)

SYSTEMS = (
    System(
        "celery", "prefork 2, Redis, its default broker settings, results ignored: nothing is kept",
        "bench.peers.celery", "celery", _celery("bench.peers.celery"),
    ),
    System(
        "celery-no-ack-emulation", "the same with broker_transport_options ack_emulation=False",
        "bench.peers.celery", "celery", _celery("bench.peers.celery"), {"BENCH_ACK": "0"},
    ),
    System(
        "celery-results", "prefork 2, Redis, django-celery-results on PostgreSQL as it comes",
        "bench.peers.celery_results", "celery_results", _celery("bench.peers.celery_results"), share=0.2,
    ),
    System(
        "celery-results-reuse", "the same, database connections kept between tasks",
        "bench.peers.celery_results", "celery_results", _celery("bench.peers.celery_results"),
        {"BENCH_REUSE": "1"}, share=0.4,
    ),
    System(
        "dramatiq", "2 processes of 8 threads, Redis, prefetch 100: nothing is kept", "bench.peers.dramatiq",
        "dramatiq", (("-m", "dramatiq", "bench.peers.dramatiq", "-p", "2", "-t", "8"),),
        {"dramatiq_queue_prefetch": "100"},
    ),
    System(
        "huey", "2 processes, Redis, results=False: nothing is kept", "bench.peers.huey", "huey",
        (("-m", "huey.bin.huey_consumer", "bench.peers.huey.app", "-k", "process", "-w", "2", "-q"),),
    ),
    System(
        "rq", "pool of 2, Redis, a fork per job, results kept in Redis", "bench.peers.rq", "rq",
        (("-m", "bench.peers.rq", "work"),), share=0.1,
    ),
    System(
        "rq-simple", "pool of 2, the same without the fork", "bench.peers.rq", "rq",
        (("-m", "bench.peers.rq", "work"),), {"BENCH_SIMPLE": "1"}, share=0.4,
    ),
    System(
        "procrastinate", "2 processes of concurrency 10, PostgreSQL, history kept", "bench.peers.procrastinate",
        "procrastinate", share=0.4,
    ),
    System("pgqueuer", "2 processes, batches of 100, PostgreSQL, log kept", "bench.peers.pgqueuer", "pgqueuer"),
    System(
        "chancy", "2 processes of 100 coroutines, eager polling, PostgreSQL, history kept", "bench.peers.chancy",
        "chancy",
    ),
    System(
        "bullmq", "2 node processes of concurrency 50, Redis, completed jobs kept", "bench/peers/bullmq.mjs", "bullmq",
    ),
    System(
        "millrace-single", "prefork 2, bundle=False: one message a job; history and results in PostgreSQL",
        "bench.peers.millrace", "", _MILLRACE, _SETTINGS | {"BENCH_BUNDLE": "0"},
    ),
    System(
        "millrace", "prefork 2, as it comes: short jobs in bundles; history and results in PostgreSQL",
        "bench.peers.millrace", "", _MILLRACE, _SETTINGS,
    ),
)  # fmt: skip
BY_NAME = {system.name: system for system in SYSTEMS}


def chosen(names: str | None) -> list[System]:
    """Those of a comma-separated list, all without one; an unknown name ends the program with a sentence."""
    wanted = names.split(",") if names else list(BY_NAME)
    if unknown := [name for name in wanted if name not in BY_NAME]:
        sys.exit(f"No such system: {', '.join(unknown)}. There are: {', '.join(BY_NAME)}.")
    return [BY_NAME[name] for name in wanted]
