"""The simulation of a load, against what theory says and against itself."""

import math
from pathlib import Path
from random import Random

import pytest

from bench.capacity import DELIVERED, answer, limits, newest, prices_of, report
from bench.pipeline import Cost, Found, Pipeline, Plan, Prices
from bench.stations import Bell, Process, Station, World, served


def waits_in_theory(rate: float, mean: float, servers: int) -> tuple[float, float]:
    """Share of those who wait in an M/M/c queue, and the mean wait of all (Erlang 1917)."""
    load = rate * mean
    lost = 1.0  # Erlang B, server by server
    for number in range(1, servers + 1):
        lost = load * lost / (number + load * lost)
    waiting = lost / (1 - load / servers * (1 - lost))
    return waiting, waiting * mean / (servers - load)


@pytest.mark.parametrize(("rate", "servers"), [(0.5, 1), (2.1, 3), (8.0, 12)])
def test_waits_are_those_of_the_theory(rate: float, servers: int) -> None:
    plan = Plan(rate, lambda source: source.expovariate(1.0), servers, 1.0, round_trip=0.0)
    found = Pipeline(plan, Prices(), seed=1).play(40_000)
    waiting, mean = waits_in_theory(rate, 1.0, servers)
    assert sum(wait > 1e-9 for wait in found.waits) / len(found.waits) == pytest.approx(waiting, rel=0.08)
    assert sum(found.waits) / len(found.waits) == pytest.approx(mean, rel=0.12)
    assert found.utilisation["slots"] == pytest.approx(rate / servers, rel=0.03)
    assert found.per_second == pytest.approx(rate, rel=0.03)


def test_fixed_times_at_one_server_wait_half_as_long_as_exponential_ones() -> None:
    """Pollaczek and Khinchine: the mean wait of M/D/1 is half that of M/M/1."""
    waits: list[float] = []
    world = World()
    server = Station(world, 1)
    source = Random(2)

    def customer() -> Process:
        came = world.now
        yield server
        waits.append(world.now - came)
        yield 1.0
        server.leave()

    def arrivals() -> Process:
        while True:
            yield source.expovariate(0.6)
            world.start(customer())

    world.start(arrivals())
    world.run(60_000)
    assert sum(waits) / len(waits) == pytest.approx(0.6 / (2 * 0.4), rel=0.05)
    assert server.worked() / world.now == pytest.approx(0.6, rel=0.02)


def test_whoever_comes_first_is_served_first_and_a_bell_that_rang_is_not_waited_for() -> None:
    world, told = World(), list[str]()
    server, bell = Station(world, 1), Bell(World())

    def customer(name: str) -> Process:
        yield from served(server, 1.0)
        told.append(f"{name} at {world.now:g}")

    for name in ("a", "b", "c"):
        world.start(customer(name))
    world.run(10)
    assert told == ["a at 1", "b at 2", "c at 3"]
    bell.ring()
    assert bell.listen(customer("d"))
    assert not bell.listen(customer("d"))


PRICES = Prices(
    enqueue=0.0002, dispatcher=Cost(0.001, 0.0002), postgres=Cost(0.001, 0.0002), redis=Cost(0.0, 0.0001),
    worker=0.0005, dispatcher_turns=6, worker_turns=2,
)  # fmt: skip


def played(rate: float, dispatchers: int = 1, **more: int) -> Found:
    """A second and more of jobs of 50 ms on plenty of slots."""
    plan = Plan(rate, lambda _: 0.05, int(rate * 0.1), 0.05, dispatchers, dispatchers, more.get("cores", 8))
    return Pipeline(plan, PRICES).play(int(rate * 5))


def test_each_part_is_as_busy_as_the_utilisation_law_says() -> None:
    found = played(500)
    assert found.utilisation["Redis"] == pytest.approx(500 * 0.0001, rel=0.05)
    assert found.per_second == pytest.approx(500, rel=0.05)
    least = 500 * (0.0002 + 0.0002) / 8  # of PostgreSQL, batches apart
    assert least < found.utilisation["PostgreSQL"] < least + 500 * 0.001 / 8


def test_a_busier_dispatcher_takes_larger_batches() -> None:
    assert played(900).batch > 1.5 * played(100).batch


def test_one_dispatcher_falls_behind_where_two_keep_up() -> None:
    one, two = played(4000), played(4000, dispatchers=2)
    assert one.utilisation["dispatcher"] > 0.97
    assert one.per_second < 0.9 * 4000
    assert max(two.waits) < max(one.waits) / 2
    assert two.per_second == pytest.approx(4000, rel=0.05)


def test_the_fewest_that_keep_up_are_found_and_what_is_given_is_kept() -> None:
    open_plan = Plan(2000, lambda _: 0.05, 0, 0.05, 0, 0, 0)
    found = answer(open_plan, PRICES, 6000)
    assert found.keeps_up
    assert found.plan.slots == 148  # 2000 * (0.05 + 0.0005 + 2 round trips of 0.0005) / 0.7
    assert found.plan.partitions == found.plan.dispatchers
    crowded = answer(Plan(2000, lambda _: 0.05, 0, 0.05, 1, 1, 1), PRICES, 6000)
    assert not crowded.keeps_up
    assert (crowded.plan.dispatchers, crowded.plan.postgres_cores) == (1, 1)


def test_a_part_is_full_at_as_many_jobs_as_it_has_time_for() -> None:
    plan = Plan(100, lambda _: 0.05, 10, 0.05, 2, 2, 4, round_trip=0.0005)
    full = limits(plan, PRICES)
    assert full["slots"] == pytest.approx(10 / 0.0515)  # the run, the worker, two round trips
    assert full["PostgreSQL"] == pytest.approx(4 / 0.0004)
    assert full["Redis"] == pytest.approx(1 / 0.0001)
    assert full["dispatcher"] == pytest.approx(2 / (0.0004 + (0.001 + 0.001 + 6 * 0.0005) / 500))
    assert played(12_000, dispatchers=8).utilisation["Redis"] > 0.95
    assert limits(plan, Prices())["Redis"] == math.inf


def test_the_delivered_costs_answer_and_say_what_is_full_first() -> None:
    costs = newest(DELIVERED)
    prices = prices_of(costs, 0.5, bundled=False)
    assert prices.dispatcher.job == pytest.approx(costs["single"]["together"]["dispatcher"] / 1e6)
    given = answer(Plan(100, lambda _: 0.5, 0, 0.5, 0, 0, 0), prices, 1000)
    told = report(given, costs, children=8, kept=1_000_000, bundled=False)
    assert f"| worker slots | {given.plan.slots} |" in told
    assert "it keeps up" in told
    workers = -(-given.plan.slots // 8)
    links = workers * 8 + given.plan.dispatchers * costs["single"]["connections"]["dispatcher"][0]
    assert f"{links} to PostgreSQL" in told


@pytest.mark.parametrize("text", ["no JSON", "[]", '{"about": {}}'])
def test_a_file_that_has_no_costs_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "costs.json").write_text(text)
    with pytest.raises(SystemExit, match="has no costs"):
        newest(tmp_path / "costs.json")
