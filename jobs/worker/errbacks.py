"""Errbacks for the result backend, enqueued by the dispatcher when it follows a job that failed.

Celery's rule (`celery.backends.base`): an errback with one argument left is enqueued with the failed task's
id; one with more is called with (request, error, traceback), here by a job of its own.
"""

from functools import partial
from typing import Any

from celery import group
from celery.exceptions import NotRegistered

from jobs.configuration import queue_book

_KEPT = (
    "id", "task", "args", "kwargs", "retries", "root_id", "parent_id", "group", "group_index", "origin",
    "correlation_id", "argsrepr", "kwargsrepr", "ignore_result", "delivery_info",
)  # fmt: skip


class ErrbackBackend:
    """What Celery asks of a backend when a task failed."""

    app: Any

    def _call_task_errbacks(self, request: Any, exc: Any, traceback: Any) -> None:
        """Enqueue the errbacks of what failed. One that takes the error itself is called by a job of its own."""
        if request.delivery_info and request.delivery_info.get("is_eager"):
            super()._call_task_errbacks(request, exc, traceback)  # type: ignore[misc]  # Celery's backend, mixed in
            return
        errbacks = [self.app.signature(errback) for errback in request.errbacks]
        called = [errback for errback in errbacks if self._takes_failure(errback)]
        for errback in called:
            self._enqueue_call(errback, request, exc, traceback)
        told = [errback for errback in errbacks if errback not in called]
        if told:
            root_id = request.root_id or request.id
            group(told, app=self.app).apply_async((request.id,), parent_id=request.id, root_id=root_id)

    def _takes_failure(self, errback: Any) -> bool:
        """Celery's rule: more than one argument left means (request, error, traceback)."""
        try:
            header = getattr(errback.type, "__header__", None)
        except NotRegistered:
            return False
        if header is None or isinstance(header, partial):
            return False
        return bool(self._errback_arity_greater(errback, 1))  # type: ignore[attr-defined]  # Celery's backend, mixed in

    def _enqueue_call(self, errback: Any, request: Any, error: Any, traceback: Any) -> None:
        queue = errback.options.get("queue") or queue_book().of_task(errback.task).name
        self.app.tasks["jobs.call_errback"].apply_async(
            kwargs={
                "errback": dict(errback),
                "request": {name: getattr(request, name, None) for name in _KEPT},
                "error": self.prepare_exception(error),  # type: ignore[attr-defined]  # Celery's backend, mixed in
                "trace": None if traceback is None else str(traceback),
            },
            queue=queue,
        )
