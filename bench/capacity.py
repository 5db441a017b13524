"""`python -m bench.capacity`: how much of everything a load needs, by measured costs and a simulation.

Costs come from `python -m bench.costs`: the newest of bench/results, else those that came with the project.
Given a rate of arrivals and how long runs last, the fewest dispatchers (each leads one partition) and cores of
PostgreSQL are found with which a simulated Millrace keeps up.
"""

import argparse
import json
import math
import random
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.pipeline import RELEASED_AT_ONCE, Cost, Found, Pipeline, Plan, Prices

RESULTS = Path(__file__).parent / "results"
DELIVERED = Path(__file__).parent / "costs.json"
RESUME_SECONDS, MOST_ENTRIES = (
    900,
    100_000,
)  # of a log, as in jobs/configuration.py and jobs/dispatcher/log.py
ENTRIES_PER_JOB = 2  # started, ended
_CLAIMED_WORK = 0.005  # seconds of work that a bundle claims at once, as in jobs/dispatcher/bundling.py
_BUNDLED_BELOW = 0.02  # seconds of p95, as in jobs/dispatcher/pace.py
_BUSY_SLOTS, _BUSY, _FULL = 0.7, 0.6, 0.8  # what is left is for bursts
_P99 = 1.0  # seconds from enqueue to start


@dataclass(frozen=True)
class Answer:
    """A plan that keeps up, what was seen of it, and whether it does."""

    plan: Plan
    found: Found
    prices: Prices
    keeps_up: bool


def prices_of(costs: Mapping[str, Any], run: float, *, bundled: bool) -> Prices:
    """What the simulation takes, of what was measured. A batch costs what a job alone costs more than one of many.

    A bundle claims as many jobs in one round trip as `_CLAIMED_WORK` holds.
    """
    told = costs["bundled" if bundled else "single"]
    alone, together = told["alone"], told["together"]

    shared = max(1, int(_CLAIMED_WORK / max(run, 1e-4))) if bundled else 1

    def cost(part: str) -> Cost:
        return Cost(max(0.0, alone[part] - together[part]) / 1e6, together[part] / 1e6)

    return Prices(
        told["enqueue"]["one"] / 1e6, cost("dispatcher"), cost("postgres"), cost("redis"),
        together["worker"] / 1e6, told["turns"]["dispatcher"], told["turns"]["worker"] / shared,
    )  # fmt: skip


def newest(chosen: Path | None) -> dict[str, Any]:
    """The costs to go by."""
    measured = sorted(RESULTS.glob("costs-*.json"))
    path = chosen or (measured[-1] if measured else DELIVERED)
    try:
        costs: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        sys.exit(f"{path} has no costs: {error}")
    if not isinstance(costs, dict) or not {"about", "single", "bundled"} <= costs.keys():
        sys.exit(f"{path} has no costs: it is not of bench.costs")
    return costs


def limits(plan: Plan, prices: Prices) -> dict[str, float]:
    """Jobs a second at which each part is full. A dispatcher waits for PostgreSQL, and its batches are large then."""
    batch = prices.dispatcher.batch + prices.postgres.batch + prices.redis.batch
    shared = (batch + prices.dispatcher_turns * plan.round_trip) / RELEASED_AT_ONCE
    return {
        "slots": plan.slots / _held(plan, prices),
        "dispatcher": _per(plan.dispatchers, prices.dispatcher.job + prices.postgres.job + shared),
        "PostgreSQL": _per(plan.postgres_cores, prices.enqueue + prices.postgres.job),
        "Redis": _per(1, prices.redis.job),
    }


def _held(plan: Plan, prices: Prices) -> float:
    """Seconds of a slot that a job takes."""
    return plan.mean_run + prices.worker + prices.worker_turns * plan.round_trip


def _per(servers: int, cost: float) -> float:
    return servers / cost if cost else math.inf


def answer(plan: Plan, prices: Prices, jobs: int) -> Answer:
    """The plan with the fewest of everything that keeps up; a number that is not 0 is kept.

    The numbers to begin with leave something free by what a job costs; what a simulation shows to be too few
    becomes one more.
    """
    one = limits(replace(plan, slots=1, dispatchers=1, postgres_cores=1), prices)
    slots = plan.slots or math.ceil(plan.rate / one["slots"] / _BUSY_SLOTS)
    dispatchers = plan.dispatchers or math.ceil(plan.rate / one["dispatcher"] / _BUSY)
    cores = plan.postgres_cores or math.ceil(plan.rate / one["PostgreSQL"] / _BUSY)
    while True:
        tried = replace(
            plan,
            slots=slots,
            dispatchers=dispatchers,
            partitions=plan.partitions or dispatchers,
            postgres_cores=cores,
        )
        found = Pipeline(tried, prices).play(jobs)
        more_cores = not plan.postgres_cores and found.utilisation["PostgreSQL"] > _FULL
        more_dispatchers = not plan.dispatchers and not more_cores and _late(tried, found)
        redis_is_full = found.utilisation["Redis"] > _FULL
        if redis_is_full or not (more_cores or more_dispatchers):
            full = redis_is_full or found.utilisation["PostgreSQL"] > _FULL or _late(tried, found)
            return Answer(tried, found, prices, keeps_up=not full)
        cores, dispatchers = cores + more_cores, dispatchers + more_dispatchers


def _late(plan: Plan, found: Found) -> bool:
    p99 = sorted(found.waits)[int(len(found.waits) * 0.99)] if found.waits else math.inf
    return p99 > _P99 or found.left > 0.02 * plan.rate


def report(given: Answer, costs: Mapping[str, Any], children: int, kept: int, *, bundled: bool) -> str:
    """As Markdown."""
    plan, found, told = given.plan, given.found, costs["bundled" if bundled else "single"]
    workers = math.ceil(plan.slots / children)
    parts = {
        "worker slots": (plan.slots, "slots", f"{workers:,} workers of {children}"),
        "dispatchers": (
            plan.dispatchers,
            "dispatcher",
            f"{plan.partitions} partition{'s' * (plan.partitions > 1)}; the busiest",
        ),
        "PostgreSQL cores": (
            plan.postgres_cores,
            "PostgreSQL",
            f"{told['kept']['rows'] * plan.rate:,.0f} rows/s",
        ),
        "Redis cores": (1, "Redis", "commands run on one core"),
    }
    full = limits(plan, given.prices)
    lines = ["| part | needed | busy | full at, jobs/s | |", "|---|---:|---:|---:|---|"]
    for name, (count, key, note) in parts.items():
        lines.append(f"| {name} | {count:,} | {found.utilisation[key]:.0%} | {full[key]:,.0f} | {note} |")
    return "\n".join(
        [*lines, "", _waits(found), *_sizes(plan, told, workers, children, kept), _verdict(given)]
    )


def _waits(found: Found) -> str:
    def at(values: list[float], share: float) -> str:
        return f"{sorted(values)[int(len(values) * share)] * 1000:,.0f} ms" if values else "-"

    starts = f"from enqueue to start: p50 {at(found.waits, 0.5)}, p99 {at(found.waits, 0.99)}"
    rows = f"from the end of a run to its row: p50 {at(found.to_rows, 0.5)}, p99 {at(found.to_rows, 0.99)}"
    return f"- {starts}; {rows}; {found.batch:,.0f} jobs in a fold"


def _sizes(plan: Plan, told: Mapping[str, Any], workers: int, children: int, kept: int) -> list[str]:
    child = (1, told["connections"]["child"][1])  # the measured job asks no database; yours do
    per_worker = [told["connections"]["worker"][n] + children * child[n] for n in (0, 1)]
    links = [
        workers * per_worker[n] + plan.dispatchers * told["connections"]["dispatcher"][n] for n in (0, 1)
    ]
    logged = min(plan.rate * RESUME_SECONDS, plan.partitions * MOST_ENTRIES / ENTRIES_PER_JOB)
    disk = f"{kept * told['kept']['table_bytes'] / 2**30:,.1f} GB for {kept:,} finished jobs"
    return [
        f"- connections, beside web and beat: {links[0]:,} to PostgreSQL, {links[1]:,} to Redis",
        f"- disk: {disk}; write-ahead log {plan.rate * told['kept']['wal_bytes'] / 2**20:,.1f} MB/s",
        f"- Redis memory: about {logged * told['kept']['redis_bytes'] / 2**20:,.0f} MB of event logs",
    ]


def _verdict(given: Answer) -> str:
    full = limits(given.plan, given.prices)
    name = min(full, key=full.__getitem__)
    first = {"slots": "slots are", "dispatcher": "dispatchers are"}.get(name, f"{name} is")
    return f"- {'it keeps up' if given.keeps_up else 'IT DOES NOT KEEP UP'}; as the load grows, {first} full first"


def _run(mean: float, spread: str) -> Callable[[random.Random], float]:
    return (lambda _: mean) if spread == "fixed" else (lambda source: source.expovariate(1 / mean))


def main() -> int:
    """Answer; 1 when it does not keep up."""
    options = _options()
    costs = newest(options.costs)
    bundled = options.run * (1 if options.spread == "fixed" else 3) < _BUNDLED_BELOW
    plan = Plan(
        options.rate, _run(options.run, options.spread), options.slots, options.run, options.partitions,
        options.dispatchers, options.postgres_cores, options.round_trip / 1000,
    )  # fmt: skip
    given = answer(plan, prices_of(costs, options.run, bundled=bundled), options.jobs)
    about, how = costs["about"], "in bundles" if bundled else "one message a job"
    print(f"{options.rate:,g} jobs/s of {options.run:g} s ({options.spread}), {how}")
    machine = f"{about['cores']} cores of {about['machine']}, load {about['load']}"
    print(f"Costs measured on {about['measured']}: {machine}\n")
    print(report(given, costs, options.children, options.keep, bundled=bundled))
    return int(not given.keeps_up)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.capacity", description=__doc__)
    parser.add_argument("--rate", type=_positive, required=True, metavar="N", help="arrivals per second")
    parser.add_argument("--run", type=_positive, required=True, metavar="SECONDS", help="mean time of a run")
    parser.add_argument(
        "--spread", choices=("exponential", "fixed"), default="exponential", help="of the run times"
    )
    for name, text in (
        ("slots", "of all workers"), ("dispatchers", "each a thread"), ("partitions", "of the queue"),
        ("postgres-cores", "that PostgreSQL has"),
    ):  # fmt: skip
        parser.add_argument(
            f"--{name}", type=int, default=0, metavar="N", help=f"{text}; found out when not given"
        )
    parser.add_argument(
        "--children", type=int, default=8, metavar="N", help="pool processes of one worker (8)"
    )
    parser.add_argument("--round-trip", type=float, default=0.5, metavar="MS", help="of the network (0.5)")
    parser.add_argument(
        "--keep", type=int, default=1_000_000, metavar="N", help="finished jobs kept (1,000,000)"
    )
    parser.add_argument("--jobs", type=int, default=20_000, metavar="N", help="simulated arrivals (20,000)")
    parser.add_argument("--costs", type=Path, metavar="FILE", help="of bench.costs")
    return parser.parse_args()


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is not more than 0")
    return value


if __name__ == "__main__":
    sys.exit(main())
