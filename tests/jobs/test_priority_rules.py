"""Levels, tags and presence; and that the rules apply at the door, when no priority is given."""

from collections.abc import Iterator

import pytest

from jobs import presence
from jobs.fence.connection import client
from jobs.fence.keys import WATCHED
from jobs.models import Job
from jobs.names import resolve_task
from jobs.priority_rules import Case, Is, Rule, by_task, choose, move
from tests.sample_tasks import noop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_watches() -> Iterator[None]:
    """An empty Redis, and nothing remembered of it."""
    client().delete(WATCHED)
    presence.forget()
    yield
    client().delete(WATCHED)
    presence.forget()


@pytest.mark.parametrize(
    ("priority", "steps", "moved"),
    [
        (1, 1, 3), (3, 1, 5), (5, 1, 7), (7, 1, 10), (10, 1, 10), (5, 2, 10), (5, 9, 10), (4, 1, 5), (8, 1, 10),
        (10, -1, 7), (5, -1, 3), (3, -1, 1), (1, -1, 1), (0, -1, 0), (4, -1, 3), (5, 0, 5), (0, 1, 1),
    ],
)  # fmt: skip
def test_a_step_leads_to_the_next_level_and_never_beyond_the_ends(
    priority: int, steps: int, moved: int
) -> None:
    assert move(priority, steps) == moved


@pytest.mark.parametrize(
    ("tags", "watched", "priority"),
    [((), False, 5), (("urgent",), False, 7), (("background",), False, 3), (("urgent",), True, 10),
     (("background",), True, 5), (("eu",), False, 5)],
)  # fmt: skip
def test_tags_and_presence_add_up(tags: tuple[str, ...], watched: bool, priority: int) -> None:
    assert choose((), 5, Case({}, tags, watched)) == priority


def _priority(uid: str) -> int:
    return Job.objects.get(uid=uid).priority


def test_the_rules_apply_when_no_priority_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = by_task([Rule("noop", 7, Is("value", "now"))])
    monkeypatch.setattr("jobs.enqueue.priority_rules", lambda: rules)
    assert _priority(noop.delay("now").id) == 7
    assert _priority(noop.delay(value="now").id) == 7
    assert _priority(noop.delay("later").id) == 5
    assert _priority(noop.using(priority=2, tags=["urgent"]).enqueue("now").id) == 2
    assert _priority(noop.using(tags=["urgent"]).enqueue("now").id) == 10
    assert _priority(noop.using(tags=["background"]).enqueue("later").id) == 3


def test_a_job_about_what_somebody_looks_at_goes_one_level_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolve_task("noop"), "subject", "value")
    presence.seen("wallet-1")
    assert _priority(noop.delay("wallet-1").id) == 7
    assert _priority(noop.delay("wallet-2").id) == 5
    assert _priority(noop.using(priority=5).enqueue("wallet-1").id) == 5


def test_presence_lapses_and_is_asked_for_once_in_a_while() -> None:
    presence.seen("wallet-1")
    assert presence.is_watched("wallet-1")
    client().zadd(WATCHED, {"wallet-1": 1.0})
    assert presence.is_watched("wallet-1")
    presence.forget()
    assert not presence.is_watched("wallet-1")
    presence.seen("wallet-2")
    assert client().zcard(WATCHED) == 1
