"""Which jobs share a message, as a table; and when a task counts as short."""

from dataclasses import replace

import pytest

from jobs.dispatcher.bundling import messages
from jobs.dispatcher.pace import Pace
from jobs.dispatcher.publish import Released
from jobs.fence.leases import Ticket

JOB = Released("job", "quick", "short", "[]", "{}", {}, {}, 0, 0, "", Ticket(1, "abc"))
PACES = {
    "short": Pace(seconds=0.001, slow=0.0, seen=100),
    "slower": Pace(seconds=0.019, slow=0.0, seen=100),
    "long": Pace(seconds=1.0, slow=1.0, seen=100),
    "new": Pace(seconds=0.001, slow=0.0, seen=3),
}
EVERY = frozenset({"short", "slower", "long", "new", "unknown"})


def jobs(*tasks: str) -> list[Released]:
    """One released job per task, named by its place."""
    return [replace(JOB, uid=str(n), task=task) for n, task in enumerate(tasks)]


def sizes(tasks: list[str], slots: int, allowing: frozenset[str] = EVERY) -> list[int]:
    """How many jobs each message carries."""
    return [len(message.jobs) for message in messages(jobs(*tasks), PACES, allowing, slots)]


@pytest.mark.parametrize(
    ("tasks", "slots", "expected"),
    [
        ([], 2, []),
        (["short"], 2, [1]),
        (["short"] * 2, 2, [1, 1]),
        (["short"] * 4, 2, [2, 2]),
        (["short"] * 5, 2, [3, 2]),
        (["short"] * 120, 2, [50, 50, 20]),
        (["short"] * 120, 0, [50, 50, 20]),
        (["slower"] * 12, 1, [5, 5, 2]),
        (["long"] * 4, 1, [1, 1, 1, 1]),
        (["new"] * 4, 1, [1, 1, 1, 1]),
        (["unknown"] * 4, 1, [1, 1, 1, 1]),
    ],
)
def test_short_jobs_share_messages_evenly_over_the_slots(
    tasks: list[str], slots: int, expected: list[int]
) -> None:
    assert sizes(tasks, slots) == expected


def test_what_may_not_share_travels_alone_in_its_place() -> None:
    made = messages(jobs("short", "long", "short", "short", "new", "short"), PACES, EVERY, 1)
    assert [[job.uid for job in message.jobs] for message in made] == [["0", "2", "3", "5"], ["1"], ["4"]]


def test_a_task_that_forbids_it_is_never_bundled() -> None:
    assert sizes(["short"] * 4, 1, frozenset({"long"})) == [1, 1, 1, 1]


def test_a_job_that_stalled_before_travels_alone() -> None:
    released = jobs(*["short"] * 3)
    released[1] = replace(released[1], ticket=Ticket(2, "abc"))
    assert [len(message.jobs) for message in messages(released, PACES, EVERY, 1)] == [2, 1]


def test_a_job_with_a_canvas_travels_alone() -> None:
    released = jobs(*["short"] * 3)
    released[0] = replace(released[0], canvas={"chain": [{"task": "short"}]})
    assert [len(message.jobs) for message in messages(released, PACES, EVERY, 1)] == [1, 2]


@pytest.mark.parametrize(("task", "ahead"), [("short", 5), ("slower", 1)])
def test_as_many_are_claimed_at_once_as_five_milliseconds_hold(task: str, ahead: int) -> None:
    assert [message.ahead for message in messages(jobs(task, task), PACES, EVERY, 1)] == [ahead]


@pytest.mark.parametrize(
    ("runs", "short"),
    [
        ([0.001] * 19, False),
        ([0.001] * 20, True),
        ([0.02] * 20, True),
        ([0.001] * 100 + [5.0], False),
        ([0.021] * 40, False),
        ([0.001] * 100 + [5.0] + [0.001] * 20, True),
    ],
)
def test_a_task_is_short_when_few_of_its_runs_took_twenty_milliseconds(
    runs: list[float], short: bool
) -> None:
    pace = Pace()
    for seconds in runs:
        pace.record(seconds)
    assert pace.short is short


def test_the_pace_is_a_mean_at_first_and_forgets_slowly_after() -> None:
    pace = Pace()
    for seconds in (0.1, 0.2, 0.3):
        pace.record(seconds)
    assert pace.seconds == pytest.approx(0.2)
    for _ in range(200):
        pace.record(1.0)
    assert pace.seconds == pytest.approx(1.0, abs=0.001)
