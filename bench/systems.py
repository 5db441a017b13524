"""The systems that are measured, each behind the same three steps: fill, start, count what is stored."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_WORKER = ["-c", "2", "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING"]


@dataclass
class System:
    """One system under one configuration. `stores` says whether it keeps a history that can be counted."""

    name: str
    note: str
    fill_script: str
    commands: tuple[tuple[str, ...], ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    count_script: str = ""

    def fill(self, jobs: int, environment: Mapping[str, str]) -> float:
        """Enqueue `jobs` jobs before any worker runs; answers the seconds that it took."""
        return float(self._python(self.fill_script.format(jobs=jobs), environment))

    def stored(self, environment: Mapping[str, str]) -> int:
        """How many finished jobs the history shows."""
        return int(self._python(self.count_script, environment))

    def start(self, environment: Mapping[str, str], log: Path) -> list[subprocess.Popen[bytes]]:
        """Start everything that works on the jobs."""
        with log.open("ab") as output:
            return [
                subprocess.Popen(
                    [sys.executable, *command],
                    cwd=ROOT,
                    env=self._env(environment),
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
                for command in self.commands
            ]

    def _env(self, environment: Mapping[str, str]) -> dict[str, str]:
        return os.environ | dict(environment) | dict(self.environment)

    def _python(self, script: str, environment: Mapping[str, str]) -> str:
        command = [sys.executable, "-c", script]
        answer = subprocess.run(
            command, cwd=ROOT, env=self._env(environment), capture_output=True, text=True, check=False
        )
        if answer.returncode:
            raise RuntimeError(f"{self.name}: {answer.stderr[-2000:]}")
        return answer.stdout.strip().splitlines()[-1]


_FILL_BARE = """
import time
from bench.bare_celery import noop
started = time.perf_counter()
for n in range({jobs}):
    noop.delay(float(n))
print(time.perf_counter() - started)
"""

_FILL_MILLRACE = """
import django; django.setup()
import time
from bench.tasks import noop
from config.celery import app
app.loader.import_default_modules()
started = time.perf_counter()
noop.enqueue_many([dict(value=float(n)) for n in range({jobs})])
print(time.perf_counter() - started)
"""

_COUNT_MILLRACE = """
import django; django.setup()
from jobs.models import Job
print(Job.objects.filter(state="completed").count())
"""

_SETTINGS = {"DJANGO_SETTINGS_MODULE": "bench.settings"}

_MILLRACE = (
    ("manage.py", "dispatcher", "--queues", "bench"),
    ("-m", "celery", "-A", "config", "worker", "-Q", "bench", *_WORKER),
)

SYSTEMS = (
    System(
        "celery",
        "prefork 2, its default broker settings, results ignored: nothing is kept",
        _FILL_BARE,
        (("-m", "celery", "-A", "bench.bare_celery", "worker", *_WORKER),),
    ),
    System(
        "celery, ack emulation off",
        "the same with broker_transport_options ack_emulation=False",
        _FILL_BARE,
        (("-m", "celery", "-A", "bench.bare_celery", "worker", *_WORKER),),
        {"BENCH_ACK": "0"},
    ),
    System(
        "millrace, one message a job",
        "prefork 2, bundle=False, history and results in PostgreSQL",
        _FILL_MILLRACE,
        _MILLRACE,
        _SETTINGS | {"BENCH_BUNDLE": "0"},
        _COUNT_MILLRACE,
    ),
    System(
        "millrace",
        "prefork 2, as it comes: short jobs in bundles, history and results in PostgreSQL",
        _FILL_MILLRACE,
        _MILLRACE,
        _SETTINGS,
        _COUNT_MILLRACE,
    ),
)
