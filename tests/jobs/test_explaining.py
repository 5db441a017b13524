"""Every reason, as a table of facts and sentences."""

from datetime import UTC, datetime
from typing import Any

import pytest

from jobs.explaining import Around, Child, Facts, Past, explain
from jobs.limits import Block
from jobs.states import State

MOMENT = datetime(2026, 1, 2, 14, 3, 22, tzinfo=UTC)


def reasons(state: State = State.WAITING, **known: Any) -> list[tuple[str, str]]:
    """Codes and sentences."""
    around = {"led": True, "slots": 2} | known.pop("around", {})
    facts = Facts(state, "orders", "sync_orders", key="binance", around=Around(**around), **known)
    return [(reason.code, reason.sentence) for reason in explain(facts)]


WAITING: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({}, [("next", "It is the next of its queue.")]),
    ({"ahead": 1}, [("ahead", "1 job is ahead of it by priority and age.")]),
    ({"ahead": 214}, [("ahead", "214 jobs are ahead of it by priority and age.")]),
    (
        {"ahead": 10_000, "ahead_at_least": True},
        [("ahead", "More than 10,000 jobs are ahead of it by priority and age.")],
    ),
    ({"released": True}, [("released", "It is released: the next free worker slot takes it.")]),
    (
        {"reachable": False, "ahead": 3},
        [("redis-away", "Redis does not answer; it starts when Redis is back.")],
    ),
    (
        {"led": False},
        [
            ("no-dispatcher", "No dispatcher leads the queue orders."),
            ("next", "It is the next of its queue."),
        ],
    ),
    (
        {"slots": 0, "ahead": 2},
        [
            ("no-worker", "No worker serves the queue orders."),
            ("ahead", "2 jobs are ahead of it by priority and age."),
        ],
    ),
    (
        {"block": Block("paused")},
        [("paused", "The queue orders is paused."), ("next", "It is the next of its queue.")],
    ),
    (
        {"block": Block("paused"), "closed_because": "exchange down."},
        [
            ("paused", "The queue orders is paused: exchange down."),
            ("next", "It is the next of its queue."),
        ],
    ),
    (
        {"draining": True},
        [
            ("draining", "It came after the queue orders was told to drain."),
            ("next", "It is the next of its queue."),
        ],
    ),
    (
        {"block": Block("running", "3", 3)},
        [
            ("queue-running", "The queue orders runs 3 of 3 jobs that it may at once."),
            ("next", "It is the next of its queue."),
        ],
    ),
    (
        {"key_block": Block("running", "3", 3)},
        [
            ("key-running", "The key 'binance' runs 3 of 3 jobs that it may at once."),
            ("next", "It is the next of its queue."),
        ],
    ),
    (
        {"block": Block("rate", "10/min", until=MOMENT.timestamp())},
        [
            ("queue-rate", "The rate of the queue orders, 10/min, is used up until 14:03:22."),
            ("next", "It is the next of its queue."),
        ],
    ),
    (
        {"task_block": Block("rate", "5/s")},
        [
            ("task-rate", "The rate of the task sync_orders, 5/s, is used up."),
            ("next", "It is the next of its queue."),
        ],
    ),
    (
        {"key_block": Block("held", until=MOMENT.timestamp())},
        [
            ("key-held", "A provider asked the key 'binance' to wait until 14:03:22."),
            ("next", "It is the next of its queue."),
        ],
    ),
]


@pytest.mark.parametrize(("around", "expected"), WAITING)
def test_a_waiting_job_names_what_keeps_it_back(
    around: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    until = {code: MOMENT for code in ("queue", "key") if (around.get(_block(code)) or Block("")).until}
    assert reasons(around=around, blocked_until=until) == expected


def _block(code: str) -> str:
    return {"queue": "block"}.get(code, f"{code}_block")


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"run_at": MOMENT}, [("delayed", "It is not due yet.")]),
        (
            {"past": [Past(1, "retried", "Timeout: no answer")], "attempt": 1, "max_attempts": 3},
            [("retry", "Retry 1 of 2 is due, because Timeout: no answer.")],
        ),
        (
            {"past": [Past(1, "retried", "Timeout")], "attempt": 1},
            [("retry", "Retry 1 is due, because Timeout.")],
        ),
        (
            {"past": [Past(1, "snoozed", "waiting for the lock 'a'")]},
            [("snoozed", "It waits without using an attempt: waiting for the lock 'a'.")],
        ),
    ],
)
def test_a_delayed_job_says_until_when_and_why(
    known: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert reasons(State.DELAYED, **known) == expected


def test_an_open_breaker_is_named() -> None:
    assert reasons(breakers=["coingecko"])[0] == (
        "breaker", "The breaker coingecko is open: too many calls failed.",
    )  # fmt: skip


def test_a_run_that_was_asked_to_end_says_so() -> None:
    assert reasons(State.ACTIVE, worker="w1", cancelling="wrong wallet")[0][1] == (
        "It runs on w1. It was asked to end: wrong wallet."
    )


def test_a_blocked_job_names_its_unfinished_children() -> None:
    children = [Child(str(n), "fetch", "completed" if n < 7 else "waiting") for n in range(9)]
    assert reasons(State.BLOCKED, children=children, pending_children=2) == [
        ("children", "It waits for 2 of 9 jobs: fetch (waiting), fetch (waiting).")
    ]
    many = [Child(str(n), "fetch", "active") for n in range(5)]
    assert reasons(State.BLOCKED, children=many)[0][1].endswith("fetch (active), and 2 more.")


def test_a_job_that_waits_for_nothing_is_stuck() -> None:
    children = [Child("1", "fetch", "completed")]
    assert reasons(State.BLOCKED, children=children, pending_children=1)[0][0] == "stuck"


@pytest.mark.parametrize(
    ("state", "known", "expected"),
    [
        (State.ACTIVE, {"worker": "w1@host"}, "It runs on w1@host."),
        (State.COMPLETED, {"past": [Past(1, "completed")]}, "It completed on 1 run."),
        (State.CANCELLED, {"reason": "wrong wallet"}, "It was cancelled: wrong wallet."),
        (
            State.FAILED,
            {"past": [Past(1, "failed", "ValueError: no")], "attempt": 1},
            "It failed after 1 attempt: ValueError: no",
        ),
    ],
)
def test_every_other_state_is_told_in_a_sentence(state: State, known: dict[str, Any], expected: str) -> None:
    assert [sentence for _, sentence in reasons(state, **known)] == [expected]


def test_a_job_says_why_it_ran_more_than_once() -> None:
    past = [Past(1, "stalled", "worker w1 stopped answering"), Past(2, "completed")]
    assert reasons(State.COMPLETED, past=past)[1] == (
        "ran-again", "Why it ran more than once: run 1 stalled (worker w1 stopped answering).",
    )  # fmt: skip
    many = [Past(n, "snoozed", "busy") for n in range(1, 6)]
    told = reasons(State.ACTIVE, past=many)[1][1]
    assert told.startswith("Why it ran more than once: the last of 5: run 3 snoozed (busy); run 4")


def test_the_moment_of_a_limit_is_given_to_programs_too() -> None:
    around = Around(led=True, slots=1, block=Block("rate", "1/min", until=MOMENT.timestamp()))
    (first, _) = explain(Facts(State.WAITING, "q", "t", around=around, blocked_until={"queue": MOMENT}))
    assert (first.code, first.until) == ("queue-rate", MOMENT)
