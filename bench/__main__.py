"""`python -m bench`: this project beside its peers, in one run on one machine."""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict

from bench.environments import NotInstalled
from bench.measure import Run, measure
from bench.observed import observed
from bench.report import keep, table
from bench.services import services
from bench.systems import BY_NAME, System, chosen


def main() -> int:
    """Interleaved rounds over all systems; 1 when a system lost or doubled a job."""
    options = _options()
    runs: list[Run] = []
    absent: dict[str, str] = {}
    with services() as launcher, _systems(options) as systems:
        for number in range(options.rounds):
            for system in _in_order(systems, number):
                if system.name in absent:
                    continue
                try:
                    runs.append(measure(system, options.jobs, options.latency, launcher))
                    print(json.dumps(asdict(runs[-1])), file=sys.stderr, flush=True)
                except (NotInstalled, RuntimeError, subprocess.SubprocessError) as error:
                    absent[system.name] = str(error).strip().splitlines()[-1]
    order = [system.name for system in systems]
    runs.sort(key=lambda run: order.index(run.system))
    print(table(runs, absent))
    print(f"Kept in {keep(runs, absent)}", file=sys.stderr)
    return int(any(run.missing or run.doubled for run in runs))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--systems", metavar="A,B", help=f"only these of {', '.join(BY_NAME)}")
    parser.add_argument("--jobs", type=int, default=8000, help="jobs per run; slow systems get a share")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds; the table shows medians")
    parser.add_argument("--latency", type=float, default=10, metavar="SECONDS", help="of 50 jobs/s")
    parser.add_argument(
        "--observed",
        action="store_true",
        help="what monitoring and traces cost: without, as it comes, with both",
    )
    return parser.parse_args()


def _systems(options: argparse.Namespace) -> AbstractContextManager[Sequence[System]]:
    return observed() if options.observed else nullcontext(chosen(options.systems))


def _in_order(systems: Sequence[System], number: int) -> Sequence[System]:
    """Forward and backward by turns, so that a machine that slows down is nobody's alone."""
    return systems[::-1] if number % 2 else systems


if __name__ == "__main__":
    sys.exit(main())
