"""`python -m bench.yardstick`: the promises of `jobs chaos`, held against stock Celery under the same faults.

Stock Celery has Redis as its broker and django-celery-results, once with early and once with late
acknowledgement (then with reject_on_worker_lost, too), and publishes with on_commit. Faults are those of
workers and of Redis.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from bench.environments import ROOT
from bench.report import FOLDER
from bench.services import FOLDER as RUNS
from bench.services import environment, services
from jobs.localservices import children

_SYSTEMS = ("millrace", "celery-early", "celery-late")
_PROMISES = {
    1: "every committed enqueue ends in exactly one state", 2: "never two committed outcomes of a job",
    3: "two executions that overlap never both commit", 4: "running jobs never exceed a limit",
    5: "starts in any window never exceed the rate", 6: "no claim after a pause was acknowledged",
    7: "a unique key never has two live jobs", 8: "a parent runs once, when its policy is met",
    9: "a delayed job never starts early, and not too late", 10: "each tick enqueues once, as its policy says",
    11: "attempts never exceed the maximum; poison ends", 12: "cancelled before its start: it never starts",
    13: "what a browser saw is in order, without a gap", 14: "rolled back: no job; committed: a job",
    15: "counters equal the history",
}  # fmt: skip

Verdicts = dict[int, dict[str, object]]


def main() -> None:
    """One system after the other, then the table."""
    options = _options()
    found: dict[str, Verdicts] = {}
    for system in options.systems.split(","):
        folder = RUNS / f"yardstick-{options.seed}-{system}"
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        run = _millrace if system == "millrace" else _celery
        found[system] = {int(str(v["number"])): v for v in run(system, options, folder)}
        print(f"{system}: history and logs in {folder}", file=sys.stderr, flush=True)
    FOLDER.mkdir(exist_ok=True)
    stem = FOLDER / time.strftime("yardstick-%Y%m%d-%H%M%S")
    stem.with_suffix(".json").write_text(json.dumps(found, indent=1))
    stem.with_suffix(".md").write_text(table(found) + "\n")
    print(table(found))


def table(found: Mapping[str, Verdicts]) -> str:
    """A row per promise, a column per system."""
    lines = [f"|   | promise | {' | '.join(found)} |", "|--:|---|" + "---|" * len(found)]
    for number, promise in _PROMISES.items():
        cells = (_cell(verdicts.get(number)) for verdicts in found.values())
        lines.append(f"| {number} | {promise} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(verdict: Mapping[str, object] | None) -> str:
    if verdict is None:
        return "not offered"
    offenders, checked = verdict["offenders"], verdict["checked"]
    if isinstance(offenders, Sequence) and offenders:
        return f"**broken: {len(offenders)}** of {checked}"
    return f"holds, {checked}" if checked else "nothing seen"


def _millrace(_: str, options: argparse.Namespace, folder: Path) -> list[dict[str, object]]:
    words = [f"--{name}={getattr(options, name)}" for name in ("jobs", "faults", "seed")]
    command = [
        sys.executable,
        "manage.py",
        "jobs",
        "chaos",
        *words,
        "--profile=worker-redis",
        f"--keep={folder}",
    ]
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings"}
    children.run(command, cwd=ROOT, env=os.environ | settings, stdout=subprocess.DEVNULL)
    verdicts: list[dict[str, object]] = json.loads((folder / "verdicts.json").read_text())
    return verdicts


def _celery(system: str, options: argparse.Namespace, folder: Path) -> list[dict[str, object]]:
    """In a process of its own: settings and addresses are a process's."""
    words = [
        system.removeprefix("celery-"),
        str(options.jobs),
        str(options.faults),
        str(options.seed),
        str(folder),
    ]
    children.run([sys.executable, "-m", "bench.yardstick", "--inner", *words], cwd=ROOT).check_returncode()
    verdicts: list[dict[str, object]] = json.loads((folder / "verdicts.json").read_text())
    return verdicts


def _inner(acks: str, jobs: str, faults: str, seed: str, folder: str) -> None:
    with services() as launcher:
        os.environ |= {**environment(launcher), "DJANGO_SETTINGS_MODULE": "bench.stock_settings"}
        import django

        django.setup()
        from bench.stock import conduct

        verdicts = conduct(acks, int(jobs), int(faults), int(seed), launcher, Path(folder))
    content = [asdict(verdict) for verdict in verdicts]
    (Path(folder) / "verdicts.json").write_text(json.dumps(content, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.yardstick", description=__doc__)
    parser.add_argument("--jobs", type=int, default=500)
    parser.add_argument("--faults", type=int, default=5)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--systems", default=",".join(_SYSTEMS), help=f"of {', '.join(_SYSTEMS)}")
    options = parser.parse_args()
    if unknown := set(options.systems.split(",")) - set(_SYSTEMS):
        parser.error(f"no such system: {', '.join(sorted(unknown))}")
    return options


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inner"]:
        _inner(*sys.argv[2:])
    else:
        with children.interrupted_once():
            main()
