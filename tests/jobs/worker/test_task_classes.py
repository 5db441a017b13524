"""Tasks and base classes as they are written for Celery become durable ones."""

from typing import Any

import pytest
from celery import Task
from celery.contrib.django.task import DjangoTask
from django.db import transaction

from jobs.app import Millrace, durable
from jobs.errors import ArgumentsRefused
from jobs.models import Job
from jobs.worker.task import JobTask
from tests.sample_tasks import noop


class Doubled(Task):
    """A task as a class."""

    name = "tests.doubled"

    def run(self, x: int) -> int:
        """Twice."""
        return 2 * x


@pytest.fixture
def app() -> Millrace:
    """An application that nobody else uses."""
    return Millrace("apart", set_as_current=False)


@pytest.mark.parametrize("task", [Doubled(), Doubled])
def test_a_task_registered_as_a_class_is_durable(app: Millrace, task: Any) -> None:
    registered = app.register_task(task)

    assert isinstance(registered, JobTask)
    assert isinstance(registered, Doubled)
    assert registered.stale_after is None
    assert app.tasks["tests.doubled"].run(4) == 8


@pytest.mark.parametrize("base", [Task, DjangoTask, JobTask])
def test_celerys_own_base_classes_are_ours(base: type) -> None:
    assert durable(base) is JobTask


@pytest.mark.django_db(transaction=True)
def test_delay_on_commit_enqueues_with_the_commit_and_not_without() -> None:
    with transaction.atomic():
        noop.delay_on_commit(1)
        noop.apply_async_on_commit((2,), {})
        assert not Job.objects.exists()
    assert sorted(Job.objects.values_list("args", flat=True)) == [[1], [2]]


@pytest.mark.django_db
def test_a_text_is_no_list_of_arguments() -> None:
    with pytest.raises(ArgumentsRefused, match="list or tuple"):
        noop.apply_async("a")
    assert not Job.objects.exists()
