"""Which waiting jobs pass the limits, on real rows."""

import pytest

from jobs.dispatcher.choose import choose
from jobs.dispatcher.gate import Gate
from jobs.dispatcher.window import Out, Window
from jobs.limits import Limits
from jobs.rates import parse_rate
from tests.sample_tasks import five_a_second, noop

pytestmark = pytest.mark.django_db
RATES = {five_a_second.name: parse_rate("5/s")}


def window(slots: int, busy: int, limits: Limits = Limits()) -> Window:  # noqa: B008 -- frozen
    """A queue of which so many jobs are out; one of its tasks has a rate of its own."""
    out = {f"out-{n}": Out(0.0, task=noop.name) for n in range(busy)}
    return Window("quick", out, slots, gate=Gate(limits, RATES))


def chosen(queue: Window, room: int) -> list[str]:
    return [job.task.rpartition(".")[2] for job in choose(queue, room)]


def test_a_task_with_a_rate_does_not_keep_others_from_being_released_ahead() -> None:
    for n in range(4):
        noop.enqueue(value=n)
    five_a_second.enqueue(n=1)
    queue = window(slots=2, busy=2)
    assert chosen(queue, 4) == ["noop"] * 4
    assert queue.gate is not None
    assert not queue.gate.rated


def test_its_own_jobs_go_into_free_slots_and_nothing_passes_them() -> None:
    five_a_second.enqueue(n=1)
    noop.enqueue(value=1)
    full, free = window(slots=2, busy=2), window(slots=2, busy=1)
    assert chosen(full, 4) == []
    assert full.gate is not None
    assert full.gate.kept_back
    assert chosen(free, 4) == ["five_a_second", "noop"]


def test_while_its_rate_is_used_up_the_others_go_on() -> None:
    for n in range(7):
        five_a_second.enqueue(n=n)
    noop.enqueue(value=1)
    queue = window(slots=10, busy=0)
    assert queue.gate is not None
    assert chosen(queue, 5) == ["five_a_second"] * 5
    assert queue.gate.full_tasks() == [five_a_second.name]
    assert chosen(queue, 5) == ["noop"]
