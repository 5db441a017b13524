"""`python -m jobs.chaos`: the inner half of `manage.py jobs chaos`; starts the services that it was given."""

import argparse
import json
import os
import signal
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path

import django

from jobs.localservices.children import interrupted_once
from jobs.localservices.launcher import Launcher

parser = argparse.ArgumentParser(prog="python -m jobs.chaos", description=__doc__)
parser.add_argument("score", help="what to run, as JSON")
parser.add_argument("services", type=Path, help="the state folder of the services")
parser.add_argument("folder", type=Path, help="where the history goes")


def main() -> int:
    """Run, write the verdicts, answer with 1 when a promise is broken."""
    given, parent = parser.parse_args(), os.getppid()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    services = Launcher(given.services, {}, throwaway=True)
    try:
        return _run(given, services)
    finally:
        if os.getppid() != parent:  # else it removes them itself
            services.remove()


def _run(given: argparse.Namespace, services: Launcher) -> int:
    addresses = services.up()  # from here, where what is killed is reaped too
    os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = addresses.database_url, addresses.redis_url
    django.setup()
    from jobs.chaos import tasks  # noqa: F401 -- registers the run's task
    from jobs.chaos.conductor import Score, as_lines, conduct

    score = json.loads(given.score)
    score["own"] = tuple(score["own"]) if score["own"] else None
    verdicts = conduct(
        Score(**score), services, given.folder, lambda line: print(line, file=sys.stderr, flush=True)
    )
    (given.folder / "verdicts.json").write_text(
        json.dumps([asdict(verdict) for verdict in verdicts], indent=1)
    )
    print("\n".join(as_lines(verdicts)))
    return int(not all(verdict.holds for verdict in verdicts))


def _end_with(parent: int) -> None:
    """Whoever is gone waits for no verdict: the run's processes and servers end, too."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGINT)


with interrupted_once():  # its processes and servers end with it, however often it is told
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
