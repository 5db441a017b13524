"""The checker is checked: a history in which all is well, and one planted breach of each promise."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from jobs.chaos.facts import AttemptRow, Execution, Facts, JobRow, Tick
from jobs.chaos.invariants import CHECKS, judge
from jobs.chaos.queues import KEYED, MAIN, PAUSED, RATED

COUNTDOWN = 2.0


def asked(kind: str, *uids: str, key: str = "", answer: str = "committed") -> list[dict[str, Any]]:
    """What the history says of a call."""
    countdown = COUNTDOWN if kind == "delayed" else 0
    return [
        {"event": "asked", "kind": kind, "uids": list(uids), "key": key, "countdown": countdown},
        {"event": answer, "uids": list(uids)},
    ]


def add(facts: Facts, kind: str, uid: str, *, at: float = 10.0, queue: str = MAIN, key: str = "") -> None:
    """A job that was enqueued at 1, ran once from `at` for half a second, and completed."""
    facts.kinds[uid], facts.keys[uid] = kind, key
    facts.jobs[uid] = JobRow(uid, queue, "completed", 1.0, None, at + 0.5, 1, 1, 0, 0)
    facts.attempts[uid] = [AttemptRow(uid, 1, "completed", at, at + 0.5)]
    facts.executions[uid] = [Execution(uid, 1, at + 0.1, at + 0.4)]


def sound() -> Facts:
    """Everything in it is as it should be."""
    history = [
        *asked("quick", "quick"), *asked("delayed", "late"), *asked("flow", "parent", "child"),
        *asked("unique", "one", key="k"), *asked("unique", "two", key="k"), *asked("keyed", "a", key="k"),
        *asked("keyed", "b", key="k"), *asked("rated", "r"), *asked("paused", "p"), *asked("poison", "poison"),
        *asked("doomed", "doomed"), *asked("rolled-back", "gone", answer="rolled-back"), *asked("cancelled", "no"),
        {"event": "cancelled", "uids": ["no"]}, {"event": "paused", "acknowledged": 20.0, "resumed": 22.0},
        {"event": "seen", "queue": MAIN, "events": 9, "gaps": 0, "resumed": 1, "fault": ""},
    ]  # fmt: skip
    facts = Facts(history)
    for line in history:
        if line["event"] == "asked":
            facts.kinds |= dict.fromkeys(line["uids"], line["kind"])
    add(facts, "quick", "quick")
    add(facts, "delayed", "late", at=1.0 + COUNTDOWN)
    add(facts, "flow", "child")
    add(facts, "flow", "parent", at=11.0)
    add(facts, "unique", "one", at=2.0, key="k")
    add(facts, "unique", "two", at=4.0, key="k")
    facts.jobs["two"] = replace(facts.jobs["two"], created=3.0)
    add(facts, "keyed", "a", at=5.0, queue=KEYED, key="k")
    add(facts, "keyed", "b", at=6.0, queue=KEYED, key="k")
    add(facts, "rated", "r", queue=RATED)
    add(facts, "paused", "p", at=22.1, queue=PAUSED)
    add(facts, "cancelled", "no")
    facts.jobs["no"] = replace(facts.jobs["no"], state="cancelled", runs=0, attempt=0)
    facts.attempts["no"], facts.executions["no"] = [], []
    for uid, outcome, count in (("poison", "stalled", 3), ("doomed", "retried", 6)):
        add(facts, uid, uid)
        facts.attempts[uid] = [AttemptRow(uid, n, outcome, 1.0 + n, 1.5 + n) for n in range(1, count + 1)]
        facts.attempts[uid][-1] = replace(
            facts.attempts[uid][-1], outcome="failed" if uid == "doomed" else outcome
        )
        facts.jobs[uid] = replace(
            facts.jobs[uid], state="failed", runs=count, attempt=6 if uid == "doomed" else 0,
            stalls=3 if uid == "poison" else 0,
        )  # fmt: skip
        facts.letters.add(uid)
    facts.ticks = [Tick("s", 0.0, "enqueued", "quick"), Tick("s", 2.0, "enqueued", "late")]
    facts.series = {
        "enqueued": 13, "started": 19, "completed": 10, "retried": 5, "stalled": 3, "failed": 2, "cancelled": 1,
    }  # fmt: skip
    return facts


def change(facts: Facts, uid: str, **values: Any) -> None:
    facts.jobs[uid] = replace(facts.jobs[uid], **values)


def lose(facts: Facts) -> None:
    del facts.jobs["quick"]


def stay(facts: Facts) -> None:
    change(facts, "quick", state="waiting")


def commit_twice(facts: Facts) -> None:
    facts.attempts["quick"].append(AttemptRow("quick", 2, "completed", 11.0, 12.0))


def commit_beside(facts: Facts) -> None:
    facts.attempts["quick"].append(AttemptRow("quick", 2, "completed", 10.0, 12.0))
    facts.executions["quick"].append(Execution("quick", 2, 10.2, 11.0))


def run_beside(facts: Facts) -> None:
    facts.attempts["b"] = [AttemptRow("b", 1, "completed", 5.2, 6.5)]


def run_too_fast(facts: Facts) -> None:
    for n in range(31):
        add(facts, "rated", f"r{n}", at=30.0 + n / 100, queue=RATED)


def start_while_paused(facts: Facts) -> None:
    facts.attempts["p"] = [AttemptRow("p", 1, "completed", 21.0, 22.5)]


def live_beside(facts: Facts) -> None:
    change(facts, "two", created=2.2)


def run_before_its_child(facts: Facts) -> None:
    facts.executions["parent"] = [Execution("parent", 1, 9.0, 9.4)]


def run_in_spite_of_its_child(facts: Facts) -> None:
    change(facts, "child", state="failed")


def start_early(facts: Facts) -> None:
    facts.attempts["late"] = [AttemptRow("late", 1, "completed", 2.9, 3.5)]


def start_far_too_late(facts: Facts) -> None:
    facts.attempts["late"] = [AttemptRow("late", 1, "completed", 200.0, 200.5)]


def miss_a_tick(facts: Facts) -> None:
    facts.ticks = [*facts.ticks, Tick("s", 8.0, "enqueued", "quick2")]


def fire_a_tick_twice(facts: Facts) -> None:
    facts.ticks = [*facts.ticks, Tick("s", 4.0, "enqueued", "late")]


def try_too_often(facts: Facts) -> None:
    change(facts, "doomed", attempt=7)


def survive_poison(facts: Facts) -> None:
    change(facts, "poison", state="completed")


def start_after_all(facts: Facts) -> None:
    facts.executions["no"] = [Execution("no", 1, 30.0, None)]


def be_out_of_order(facts: Facts) -> None:
    facts.history = [{**line, "fault": "late"} if line["event"] == "seen" else line for line in facts.history]


def come_back(facts: Facts) -> None:
    add(facts, "rolled-back", "gone")


def miscount(facts: Facts) -> None:
    change(facts, "quick", runs=2)


def count_twice(facts: Facts) -> None:
    facts.series["completed"] += 1


def test_a_sound_history_breaks_nothing_and_every_promise_was_looked_at() -> None:
    verdicts = judge(sound())
    assert [verdict.number for verdict in verdicts] == list(range(1, 16)) == [*range(1, len(CHECKS) + 1)]
    assert {verdict.number: verdict.offenders for verdict in verdicts if not verdict.holds} == {}
    assert {verdict.number for verdict in verdicts if not verdict.checked} == {3}  # nothing overlaps here


@pytest.mark.parametrize(
    ("breach", "number"),
    [
        (lose, 1), (stay, 1), (commit_twice, 2), (commit_beside, 3), (run_beside, 4), (run_too_fast, 5),
        (start_while_paused, 6), (live_beside, 7), (run_before_its_child, 8), (run_in_spite_of_its_child, 8),
        (start_early, 9), (start_far_too_late, 9), (miss_a_tick, 10), (fire_a_tick_twice, 10), (try_too_often, 11),
        (survive_poison, 11), (start_after_all, 12), (be_out_of_order, 13), (come_back, 14), (lose, 14), (miscount, 15),
        (count_twice, 15),
    ],
)  # fmt: skip
def test_a_planted_breach_is_found(breach: Callable[[Facts], None], number: int) -> None:
    facts = sound()
    breach(facts)
    broken = {verdict.number for verdict in judge(facts) if not verdict.holds}
    assert number in broken


@pytest.mark.parametrize(("limit", "holds"), [(8, True), (7, False), (None, True)])
def test_a_task_of_ones_own_has_its_own_attempts(limit: int | None, holds: bool) -> None:
    facts = sound()
    add(facts, "own", "mine")
    change(facts, "mine", attempt=8)
    facts.own_attempts = limit
    assert next(verdict for verdict in judge(facts) if verdict.number == 11).holds is holds
