"""Every fault of the declarations is found at once, with a suggestion."""

from typing import Any

import pytest
from celery import Celery
from django.test import override_settings

from jobs.app import Millrace
from jobs.breaker import Breaker
from jobs.checks import check_declarations
from jobs.declarations import find_faults
from jobs.queues import Queue, QueueBook

PROCFILE = """
web: uvicorn config.asgi:application --port $PORT
worker-a: celery -A config worker -Q a,bb -c 2
worker-b: celery -A config worker --queues=c
"""


def _tasks(**options: Any) -> dict[str, Any]:
    app: Celery = Millrace("test", set_as_current=False)

    @app.task(name="one.task", shared=False, **options)
    def task() -> None:
        """Does nothing."""

    return {"one.task": app.tasks["one.task"]}


def _book(*queues: Queue) -> QueueBook:
    return QueueBook(queues, "a")


@pytest.mark.filterwarnings("ignore::celery.exceptions.CDeprecationWarning")  # Celery still reads it
def test_sound_declarations_have_no_fault() -> None:
    tasks = _tasks(
        autoretry_for=(OSError,), retry_backoff=2, retry_backoff_max=60, retry_jitter=False, max_retries=3,
        retry_kwargs={}, dont_autoretry_for=(), rate_limit="1/s", soft_time_limit=5, time_limit=10,
        stale_after=20, acks_late=True, store_eager_result=False, delivery_mode=1, throws=(KeyError,), typing=True,
        subject="address", secret=("key",), trail=False, serializer="json", resultrepr_maxsize=10,
    )  # fmt: skip

    assert (
        find_faults(_book(Queue("a", "tests", tasks=("one.*",))), tasks, "w: celery -A x worker -Q a", {})
        == []
    )


def test_a_queue_that_names_a_task_as_it_was_called_before_is_told_the_new_name() -> None:
    tasks = _tasks(aliases=("one.before",))
    found = find_faults(
        _book(Queue("a", "tests", tasks=("one.before",))), tasks, "w: celery -A x worker -Q a", {}
    )
    assert [fault.sentence for fault in found] == [
        "queue 'a' names the task 'one.before', but no such task is registered; that is 'one.task' now"
    ]


def test_all_faults_are_told_at_once() -> None:
    tasks = _tasks(
        retry_backof=2, relies_on=("coin_gecko",), time_limit=30, stale_after=20, soft_time_limit=40
    )
    book = _book(Queue("a", "tests", concurrency=0), Queue("b", "tests", tasks=("one.tusk", "one.task")))

    found = [
        (fault.code, fault.sentence) for fault in find_faults(book, tasks, PROCFILE, {"coingecko": Breaker()})
    ]

    assert found == [
        ("E001", "queue 'a': concurrency must be at least 1"),
        ("E002", "task 'one.task' has an unknown option 'retry_backof'; did you mean 'retry_backoff'?"),
        ("E003", "task 'one.task': soft_time_limit (40 s) is longer than time_limit (30 s)"),
        ("E003", "task 'one.task': time_limit (30 s) is longer than stale_after (20 s)"),
        (
            "E005",
            "queue 'b' names the task 'one.tusk', but no such task is registered; did you mean 'one.task'?",
        ),
        (
            "E006",
            (
                "task 'one.task' relies on 'coin_gecko', which JOBS_DEPENDENCIES does not declare; "
                "did you mean 'coingecko'?"
            ),
        ),
        (
            "E004",
            "the Procfile's 'worker-a' consumes the queue 'bb', which is not declared; did you mean 'b'?",
        ),
        ("E004", "the Procfile's 'worker-b' consumes the queue 'c', which is not declared"),
        ("W001", "queue 'b' (of 'one.task') is consumed by no worker line of the Procfile"),
    ]


def test_a_worker_line_without_queues_consumes_the_default_queue() -> None:
    assert find_faults(_book(Queue("a", "tests")), _tasks(), "w: celery -A config worker", {}) == []


def test_without_a_procfile_nothing_is_said_about_workers() -> None:
    assert find_faults(_book(Queue("a", "tests")), _tasks(), None, {}) == []


@override_settings(JOBS_PROCFILE="/nowhere/Procfile")
def test_the_test_settings_declare_no_serious_fault_and_the_check_needs_no_database() -> None:
    assert [message.id for message in check_declarations() if message.is_serious()] == []
