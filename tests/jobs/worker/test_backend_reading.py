"""What AsyncResult is told while a job ends."""

import pytest
from celery.result import AsyncResult
from django_celery_results.models import TaskResult

from config.celery import app
from jobs.worker import backend


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "result", "read"),
    [
        ("SUCCESS", "5", 5),
        (
            "FAILURE",
            '{"exc_type": "ValueError", "exc_message": ["no"], "exc_module": "builtins"}',
            ValueError("no"),
        ),
    ],
)
def test_a_job_that_ends_between_two_looks_is_not_told_without_its_result(
    monkeypatch: pytest.MonkeyPatch, state: str, result: str, read: object
) -> None:
    def ends_now(uid: str) -> tuple[str, None]:
        """The fold's transaction commits before the row is read, and after its result was looked for."""
        TaskResult.objects.create(
            task_id=uid,
            status=state,
            result=result,
            content_type="application/json",
            content_encoding="utf-8",
        )
        return state, None

    monkeypatch.setattr(backend, "celery_state", ends_now)
    seen = AsyncResult("job", app=app)

    assert (seen.state, repr(seen.result)) == (state, repr(read))
