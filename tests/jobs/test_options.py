"""Celery's task options keep their meaning, with the queue's defaults beneath."""

from types import SimpleNamespace
from typing import Any

import pytest
from celery.utils.time import get_exponential_backoff_interval
from hypothesis import given, settings
from hypothesis import strategies as st

from config.celery import app
from jobs.options import OWN_OPTIONS, Unique, resolve, retry_policy, unknown_options
from jobs.queues import Queue
from jobs.retry import Exponential, Fixed, Linear

QUEUE = Queue("q", "tests", attempts=4, backoff=Linear(9))
PICKY = Queue("p", "tests", attempts=4, backoff=Linear(9), retry_unexpected=False)
_made = iter(range(1_000_000))


class Down(Exception):
    """An error that tasks name."""


class Angry(Down):
    """A kind of the former."""


def task_with(**options: Any) -> Any:
    """A task as `@shared_task(**options)` makes it, in an app of its own name."""
    made = app.task(name=f"tests.options.task_{next(_made)}", shared=False, lazy=False, **options)(_body)
    app.tasks.pop(made.name, None)
    return made


def _body() -> None:
    """Nothing."""


@pytest.mark.parametrize(
    ("options", "attempts"),
    [
        ({}, 4),
        ({"max_retries": 0}, 1),
        ({"max_retries": 3}, 4),
        ({"max_retries": 7}, 8),
        ({"max_retries": None}, None),
        ({"retry_kwargs": {"max_retries": 2}}, 3),
        ({"retry_kwargs": {"max_retries": None}}, None),
        ({"retry_kwargs": {"max_retries": 2}, "max_retries": 9}, 3),
        ({"retry_kwargs": {"countdown": 5}, "max_retries": 9}, 10),
        ({"autoretry_for": (Down,)}, 4),
    ],
)
def test_retries_are_attempts_after_the_first_and_the_queue_decides_when_the_task_does_not(
    options: dict[str, Any], attempts: int | None
) -> None:
    assert retry_policy(task_with(**options), QUEUE, {}).max_attempts == attempts


@pytest.mark.parametrize(
    ("options", "strategy"),
    [
        ({}, Linear(9)),
        ({"default_retry_delay": 30}, Fixed(30)),
        ({"default_retry_delay": 0}, Fixed(0)),
        ({"retry_kwargs": {"countdown": 5}}, Fixed(5)),
        ({"retry_kwargs": {"countdown": 5}, "default_retry_delay": 30}, Fixed(5)),
        ({"retry_backoff": True}, Exponential(1, cap=600, jitter=1)),
        ({"retry_backoff": 5}, Exponential(5, cap=600, jitter=1)),
        ({"retry_backoff": 0.5}, Exponential(1, cap=600, jitter=1)),
        ({"retry_backoff": False}, Linear(9)),
        ({"retry_backoff": 0}, Linear(9)),
        ({"retry_backoff": 5, "retry_backoff_max": 60}, Exponential(5, cap=60, jitter=1)),
        ({"retry_backoff": 5, "retry_jitter": False}, Exponential(5, cap=600, jitter=0)),
        ({"retry_backoff": 5, "retry_kwargs": {"countdown": 7}}, Exponential(5, cap=600, jitter=1)),
        ({"retry_backoff_max": 60, "retry_jitter": False}, Linear(9)),
        ({"strategy": Fixed(1), "retry_backoff": 5, "retry_kwargs": {"countdown": 7}}, Fixed(1)),
    ],
)
def test_which_strategy_applies(options: dict[str, Any], strategy: Any) -> None:
    assert retry_policy(task_with(**options), QUEUE, {}).strategy == strategy


@settings(max_examples=60)
@given(
    factor=st.integers(1, 60),
    retries=st.integers(0, 12),
    maximum=st.integers(1, 3600),
    draw=st.floats(0, 1, exclude_max=True),
    jitter=st.booleans(),
)
def test_backoff_delays_lie_in_the_range_of_celerys_own(
    factor: int, retries: int, maximum: int, draw: float, jitter: bool
) -> None:
    declared = task_with(retry_backoff=factor, retry_backoff_max=maximum, retry_jitter=jitter)
    delay = retry_policy(declared, QUEUE, {}).strategy.delay(retries + 1, draw)
    full = get_exponential_backoff_interval(factor, retries, maximum, full_jitter=False)
    if jitter:
        assert 0 <= delay <= full
    else:
        assert delay == full


@pytest.mark.parametrize(
    ("options", "queue", "retry_on", "never_on", "unexpected"),
    [
        ({}, QUEUE, (), (), True),
        ({}, PICKY, (), (), False),
        ({"autoretry_for": (Down,)}, PICKY, (Down,), (), False),
        ({"autoretry_for": [Down]}, PICKY, (Down,), (), False),
        (
            {"autoretry_for": (Down,), "dont_autoretry_for": (Angry,)},
            PICKY,
            (Down,),
            (Angry,),
            False,
        ),
        ({"retry_unexpected": True}, PICKY, (), (), True),
        ({"retry_unexpected": False}, QUEUE, (), (), False),
    ],
)
def test_which_errors_are_retried(
    options: dict[str, Any], queue: Queue, retry_on: Any, never_on: Any, unexpected: bool
) -> None:
    policy = retry_policy(task_with(**options), queue, {})
    assert (policy.retry_on, policy.never_on, policy.retry_unexpected) == (retry_on, never_on, unexpected)


def test_options_of_a_base_class_count_as_the_tasks_own() -> None:
    base = type("Patient", (app.Task,), {"abstract": True, "max_retries": 11, "default_retry_delay": 13})
    policy = retry_policy(task_with(base=base), QUEUE, {})
    assert (policy.max_attempts, policy.strategy) == (12, Fixed(13))


def test_time_limits_and_the_rest_come_from_the_task() -> None:
    declared = task_with(
        time_limit=600, soft_time_limit=500, stale_after=900, unique=Unique("a"), idempotent_for=60,
        subject="a", secret=("key",),
    )  # fmt: skip
    options = resolve(declared, QUEUE)
    assert (options.time_limit, options.soft_time_limit, options.stale_after) == (600, 500, 900)
    assert (options.unique, options.idempotent_for) == (Unique("a"), 60)
    assert (options.subject, options.secret) == ("a", ("key",))


def test_a_task_that_declares_nothing_has_no_limits() -> None:
    options = resolve(task_with(), QUEUE)
    assert (options.time_limit, options.soft_time_limit, options.stale_after) == (None, None, None)
    assert (options.unique, options.idempotent_for, options.subject, options.secret) == (None, None, None, ())


def test_what_one_job_wishes_comes_before_the_task() -> None:
    declared = task_with(
        time_limit=600, soft_time_limit=500, stale_after=900, max_retries=3, strategy=Fixed(1)
    )
    wishes = {
        "time_limit": 6, "soft_time_limit": 5, "stale_after": 9, "max_attempts": 2,
        "strategy": {"kind": "linear", "step": 4, "cap": None, "jitter": 0},
    }  # fmt: skip
    options = resolve(declared, QUEUE, wishes)
    assert (options.time_limit, options.soft_time_limit, options.stale_after) == (6, 5, 9)
    assert (options.retry.max_attempts, options.retry.strategy) == (2, Linear(4))


def test_an_option_that_nobody_knows_is_told_with_a_suggestion() -> None:
    class Task:
        """A task class as Celery makes it."""

        name = "wallets.sync"
        uniqe = Unique("address")
        stale_after = 5
        max_retries = 1
        quite_other = 1
        _private = 1

        def run(self) -> None:
            """Not an option."""

        @property
        def backend(self) -> None:
            """Neither."""

    known = ["name", "max_retries"]
    assert list(unknown_options(Task(), known)) == [
        "task 'wallets.sync' has an unknown option 'uniqe'; did you mean 'unique'?",
        "task 'wallets.sync' has an unknown option 'quite_other'",
    ]


def test_own_options_are_those_that_every_task_has() -> None:
    plain = task_with()
    for name, default in OWN_OPTIONS.items():
        assert getattr(plain, name) == default


@pytest.mark.parametrize("fields", [(), ("a",), ("a", "b")])
def test_unique_names_fields(fields: tuple[str, ...]) -> None:
    assert Unique(*fields).fields == fields
    assert Unique(*fields) == Unique(*fields)


def test_the_policy_reads_attributes_only_so_plain_objects_will_do() -> None:
    plain = SimpleNamespace(retry_unexpected=None, strategy=None)
    policy = retry_policy(plain, QUEUE, {})
    assert (policy.max_attempts, policy.strategy, policy.retry_on) == (4, Linear(9), ())
