"""This project. `BENCH_BUNDLE=0` sends one message a job; `BENCH_CALL` is how many jobs one bulk call takes, all
without it."""

import os
from collections.abc import Sequence

import django

django.setup()

from django.core.management import call_command  # noqa: E402 -- Django is set up first

from bench.peers.interface import Peer  # noqa: E402 -- Django is set up first
from bench.tasks import noop  # noqa: E402 -- Django is set up first
from config.celery import app  # noqa: E402 -- Django is set up first
from jobs.heap import freeze_imports  # noqa: E402 -- Django is set up first
from jobs.models import Job  # noqa: E402 -- Django is set up first

app.loader.import_default_modules()  # with BENCH_MONITORING=0 also what takes monitoring out
freeze_imports()  # as the web process does


def many(values: Sequence[float]) -> None:
    """Enqueue them in bulk."""
    size = int(os.environ.get("BENCH_CALL") or len(values))
    for at in range(0, len(values), size):
        noop.enqueue_many([{"value": value} for value in values[at : at + size]])


if __name__ == "__main__":
    Peer(
        one=noop.delay,
        many=many,
        stored=Job.objects.filter(state="completed").count,
        prepare=lambda: call_command("migrate", verbosity=0),
    ).answer()
