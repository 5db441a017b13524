"""Arguments that `self.retry` replaces are stored as those of a call are."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from celery import shared_task
from pydantic import SecretStr

from jobs.models import Job
from jobs.testing import inline

pytestmark = pytest.mark.django_db(transaction=True)

SEEN: list[Any] = []


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    SEEN.clear()


@shared_task(bind=True, name="tests.sample_tasks.untyped_again", max_retries=3)
def untyped_again(self: Any, moment: Any) -> None:
    """Asks for a retry with a value that only Celery's JSON knows."""
    SEEN.append(moment)
    if len(SEEN) == 1:
        raise self.retry(args=[Decimal("1.50")], countdown=0)
    if len(SEEN) == 2:
        raise self.retry(args=[datetime(2026, 1, 2, 3, 4, tzinfo=UTC)], countdown=0)


@shared_task(bind=True, name="tests.sample_tasks.typed_again", max_retries=3)
def typed_again(self: Any, day: date, key: SecretStr) -> None:
    """Replaces one of two arguments."""
    SEEN.append((day, key.get_secret_value()))
    if len(SEEN) == 1:
        raise self.retry(args=[date(2026, 2, 3)], countdown=0)


def test_a_value_of_celerys_json_survives() -> None:
    with inline():
        untyped_again.enqueue("first")
    assert ["first", Decimal("1.50"), datetime(2026, 1, 2, 3, 4, tzinfo=UTC)] == SEEN


def test_typed_and_secret_arguments_are_stored_as_the_door_stores_them() -> None:
    with inline():
        typed_again.enqueue(date(2026, 1, 1), key=SecretStr("open sesame"))
    assert [(date(2026, 1, 1), "open sesame"), (date(2026, 2, 3), "open sesame")] == SEEN
    assert "sesame" not in str(Job.objects.values("args", "kwargs").get())


@shared_task(bind=True, name="tests.sample_tasks.elsewhere_again", max_retries=3)
def elsewhere_again(self: Any) -> None:
    """Wants its next run to be another queue's."""
    SEEN.append(self.request.retries)
    if len(SEEN) == 1:
        raise self.retry(countdown=0, queue="quick", priority=9)


def test_options_that_a_retry_cannot_change_are_told_of(caplog: pytest.LogCaptureFixture) -> None:
    with inline():
        elsewhere_again.enqueue()
    assert SEEN == [0, 1]
    assert "self.retry changes no priority, queue: the job keeps its own" in caplog.text
