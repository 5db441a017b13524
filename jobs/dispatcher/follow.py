"""What follows jobs that ended: callbacks, the chain's next step, errbacks, a chord's part, a replacement.

The fold writes a row per ended job with a canvas, in its own transaction. Here that row is taken and what
follows is written, in one transaction: it happens once, whenever a process dies. What is written is decided
by Celery's own canvas, with the ended job as the current task.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import Celery, group, signature, states
from celery._state import _task_stack
from celery.app.task import Context
from celery.utils.threads import LocalStack
from django.db import InterfaceError, OperationalError, transaction

from jobs import celery_json, tracing
from jobs.store.continuations import Continuation, add_children, take_continuations
from jobs.worker import context

logger = logging.getLogger(__name__)

_AT_ONCE = 100
_STATES = {"failed": states.FAILURE, "cancelled": states.REVOKED}


class Follower:
    """Writes what follows. One per dispatcher; the application's tasks are loaded."""

    def __init__(self, app: Celery) -> None:
        app.loader.import_default_modules()
        self._app = app
        # Stands for the ended job; never run, so that Celery has not made its stack.
        self._task = type("Ended", (app.Task,), {"abstract": True, "request_stack": LocalStack()})()

    def follow(self) -> int:
        """Write what follows the oldest ended jobs; answers how many there were."""
        with transaction.atomic():
            taken = take_continuations(_AT_ONCE)
            for continuation in taken:
                self._follow(continuation)
        return len(taken)

    def _follow(self, ended: Continuation) -> None:
        request = _request(ended)
        current = self._as_current(request, ended.correlation_id or ended.uid)
        with current, tracing.continued(ended.canvas.get("headers")):
            try:
                with transaction.atomic():
                    self._go_on(ended, request)
            except (OperationalError, InterfaceError):
                raise
            except Exception as error:
                logger.exception("what follows job %s cannot be enqueued", ended.uid)
                self._give_up(request, error)
        if request.children:
            add_children(ended.uid, [child.as_tuple() for child in request.children])

    @contextmanager
    def _as_current(self, request: Context, correlation_id: str) -> Iterator[None]:
        self._task.name = request.task
        _task_stack.push(self._task)
        self._task.request_stack.push(request)
        try:
            with context.following(request.id, request.root_id, correlation_id):
                yield
        finally:
            self._task.request_stack.pop()
            _task_stack.pop()

    def _go_on(self, ended: Continuation, request: Context) -> None:
        value = celery_json.loads(ended.value) if ended.value is not None else None
        if ended.outcome == "replaced":
            signature(value, app=self._app).delay()
        elif ended.outcome == "completed":
            self._succeed(request, value)
        else:
            error = self._app.backend.exception_to_python(value or {"exc_type": "Exception"})
            self._fail(request, error, ended.traceback, _STATES[ended.outcome])

    def _succeed(self, request: Context, value: Any) -> None:
        """As `celery.app.trace` does after a task."""
        ids = {"parent_id": request.id, "root_id": request.root_id}
        callbacks = [signature(callback, app=self._app) for callback in request.callbacks or ()]
        alone = [callback for callback in callbacks if not isinstance(callback, group)]
        for callback in callbacks:
            if isinstance(callback, group):
                callback.apply_async((value,), **ids)
        if len(alone) > 1:
            group(alone, app=self._app).apply_async((value,), **ids)
        elif alone:
            alone[0].apply_async((value,), **ids)
        if request.chain:
            step = signature(request.chain[-1], app=self._app)
            step.apply_async((value,), chain=request.chain[:-1], **ids)
        if request.chord:
            self._app.backend.on_chord_part_return(request, states.SUCCESS, value)

    def _fail(self, request: Context, error: BaseException, trace: str | None, state: str) -> None:
        """As Celery's backend does when a task failed; a cancelled step cancels the rest of its chain."""
        backend = self._app.backend
        if request.chord:
            backend.on_chord_part_return(request, state, error)
        backend._fail_chain(request.chain, error, trace or None, state=state)  # noqa: SLF001 -- Celery's own step
        if state == states.FAILURE and request.errbacks:
            backend._call_task_errbacks(request, error, trace or None)  # noqa: SLF001 -- the same

    def _give_up(self, request: Context, error: Exception) -> None:
        """What cannot be enqueued fails, so that nobody waits for it. The job itself ended as it did."""
        try:
            with transaction.atomic():
                self._fail(request, error, None, states.FAILURE)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            logger.exception("what follows job %s is lost", request.id)


def _request(ended: Continuation) -> Context:
    canvas = ended.canvas
    return Context(
        id=ended.uid,
        task=ended.task,
        args=ended.args,
        kwargs=ended.kwargs,
        retries=ended.attempt,
        callbacks=canvas.get("link"),
        errbacks=canvas.get("link_error"),
        chain=canvas.get("chain"),
        chord=canvas.get("chord"),
        group=canvas.get("group_id"),
        group_index=canvas.get("group_index"),
        root_id=canvas.get("root_id") or ended.uid,
        parent_id=canvas.get("parent_id"),
        ignore_result=ended.options.get("ignore_result", False),
        replaced_task_nesting=canvas.get("replaced_task_nesting", 0),
        stamped_headers=canvas.get("stamped_headers"),
        delivery_info={"routing_key": ended.queue},
        called_directly=False,
        children=[],
    )
