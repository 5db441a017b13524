"""How much is released, as arithmetic."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.dispatcher.window import Out, Window


def window(slots: int, out: int = 0, run_seconds: float | None = None) -> Window:
    """A window with so many jobs out."""
    return Window("q", {f"job-{n}": Out(0.0) for n in range(out)}, slots, run_seconds)


@pytest.mark.parametrize(
    ("slots", "out", "run_seconds", "room"),
    [
        (0, 0, None, 0),
        (0, 0, 0.001, 0),
        (2, 0, None, 4),
        (2, 3, None, 1),
        (2, 4, None, 0),
        (2, 9, None, 0),
        (2, 0, 60.0, 2),
        (2, 2, 60.0, 0),
        (2, 0, 0.1, 4),
        (2, 0, 0.05, 6),
        (2, 0, 0.01, 22),
        (2, 0, 0.0, 402),
        (2, 0, 1e-9, 402),
        (3, 0, 0.15, 5),
    ],
)
def test_there_is_room_for_the_slots_and_a_tenth_of_a_second_of_work(
    slots: int, out: int, run_seconds: float | None, room: int
) -> None:
    assert window(slots, out, run_seconds).room() == room


def test_a_run_that_ended_frees_its_slot_before_its_row_is_written() -> None:
    full = window(2, 4)
    full.mark_ended("job-1")
    assert full.room() == 1
    full.mark_ended("job-1")
    assert full.room() == 1
    full.mark_ended("nobody")
    assert full.room() == 1
    full.forget("job-1")
    assert full.room() == 1
    assert "job-1" not in full.out
    full.forget("job-1")
    assert full.room() == 1


@given(
    st.integers(0, 5),
    st.lists(st.tuples(st.sampled_from(["out", "ended", "forget"]), st.integers(0, 5)), max_size=40),
)
def test_the_count_of_ended_runs_is_always_that_of_the_jobs_out(
    slots: int, steps: list[tuple[str, int]]
) -> None:
    busy = window(slots)
    for step, number in steps:
        uid = f"job-{number}"
        if step == "out":
            busy.out.setdefault(uid, Out(0.0))
        elif step == "ended":
            busy.mark_ended(uid)
        else:
            busy.forget(uid)
        assert busy.ended == sum(out.ended for out in busy.out.values())
        assert busy.room() >= 0


def test_run_times_are_learnt_slowly() -> None:
    learning = window(1)
    learning.record(1.0, "a")
    assert learning.run_seconds == 1.0
    learning.record(2.0, "b")
    assert learning.run_seconds == pytest.approx(1.1)


def test_the_earliest_moment_is_the_one_to_look_at() -> None:
    waiting = window(1)
    before = time.monotonic()
    waiting.due_in(60)
    waiting.due_in(5)
    waiting.due_in(30)
    assert waiting.next_due is not None
    assert before + 5 <= waiting.next_due <= time.monotonic() + 5
