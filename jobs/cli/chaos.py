"""`jobs chaos`: faults by a seed, and a verdict on every promise."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from jobs.chaos.nemesis import PROFILES
from jobs.cli.command import Action
from jobs.cli.exits import Exit
from jobs.cli.filters import positive
from jobs.cli.output import Output
from jobs.cli.payload import parse_data
from jobs.configuration import queue_book
from jobs.enqueue import prepare
from jobs.localservices import children
from jobs.localservices.throwaway import throwaway
from jobs.names import resolve_task


def _add_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "--jobs", type=positive, default=2000, metavar="N", help="jobs to enqueue (default 2000)"
    )
    parser.add_argument(
        "--faults", type=positive, default=15, metavar="N", help="faults to apply (default 15)"
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="S", help="decides jobs and faults (default 1)"
    )
    parser.add_argument(
        "--profile", choices=sorted(PROFILES), default="mixed", help="kinds of faults (default mixed)"
    )
    parser.add_argument(
        "--workers", type=positive, default=2, metavar="N", help="worker processes (default 2)"
    )
    parser.add_argument("--task", metavar="NAME", help="mix in a task of your own")
    parser.add_argument("--data", default="{}", metavar="JSON", help="its arguments; @file, or - for stdin")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="where history and logs go (.millrace/chaos-runs/SEED)"
    )


def _environment(task: str | None) -> dict[str, str]:
    """With the settings module, which manage.py put there, and the queues of the user's own task."""
    queues = queue_book().parts_of(queue_book().of_task(task).name) if task else []
    own = {"JOBS_CHAOS_QUEUES": ",".join(queues)} if queues else {}
    return os.environ | {"JOBS_CHAOS": "1"} | own


def _run(output: Output, options: argparse.Namespace) -> None:
    own = _own(options.task, parse_data(options.data)) if options.task else None
    folder = _folder(options)
    score = {name: getattr(options, name) for name in ("jobs", "faults", "seed", "profile", "workers")}
    output.note(
        f"{options.jobs:,} jobs, {options.faults} faults ({options.profile}), seed {options.seed}; see {folder}"
    )
    with children.interrupted_once(), throwaway(_state() / "chaos") as services:
        told = (json.dumps(score | {"own": own}), str(services.state_dir), str(folder))
        done = children.run(
            [sys.executable, "-m", "jobs.chaos", *told],
            env=_environment(own[0] if own else None),
            stdout=subprocess.PIPE,
        )
    if not (folder / "verdicts.json").exists():
        raise CommandError(
            f"The run came to no verdict; its logs are in {folder}.", returncode=Exit.UNAVAILABLE
        )
    _tell(output, done.stdout, json.loads((folder / "verdicts.json").read_text()))


def _own(task: str, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Refused here, before anything is started, when its jobs would be refused."""
    return prepare(resolve_task(task), (), data, {}).task, data


def _tell(output: Output, table: str, verdicts: list[dict[str, Any]]) -> None:
    broken = [verdict for verdict in verdicts if verdict["offenders"]]
    if output.as_json:
        output.json(verdicts)
    else:
        for line in table.splitlines():
            output.line(line)
    if broken:
        numbers = ", ".join(str(verdict["number"]) for verdict in broken)
        raise CommandError(f"Broken: {numbers}.", returncode=Exit.FAILED)


def _folder(options: argparse.Namespace) -> Path:
    folder: Path = options.keep or _state() / "chaos-runs" / str(options.seed)
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("*.jsonl"), *folder.glob("*.log"), *folder.glob("verdicts.json")):
        old.unlink()
    return folder.resolve()


def _state() -> Path:
    return Path(settings.STATE_DIR)


CHAOS = Action(
    "chaos",
    "Run mixed jobs under faults, on services and processes of its own; prints a verdict per promise.",
    "jobs chaos --jobs 2000 --faults 15 --seed 7 --profile mixed",
    _run,
    _add_arguments,
)
