"""The result backend: writes go to the event log, reads come from django-celery-results' TaskResult.

Celery calls `mark_as_done` and `mark_as_failure` exactly once per ended run, in the process that ran it,
or in the worker's main process when that one was killed (hard time limit) or died.
"""

import logging
import random
import time
from collections.abc import Iterable, Iterator
from typing import Any

from billiard.exceptions import TimeLimitExceeded, WorkerLostError
from celery import states
from django_celery_results.backends import DatabaseBackend

from jobs import tracing
from jobs.errors import NotFound
from jobs.fence import keys, leases
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.queries import celery_state, finished_among
from jobs.retry import Again, GiveUp, decide
from jobs.store.replacement import end_replaced
from jobs.waiting import wait_until_finished
from jobs.worker import claims, context, custom_states, outcomes
from jobs.worker.chords import ChordBackend
from jobs.worker.context import Run
from jobs.worker.errbacks import ErrbackBackend
from jobs.worker.messages import HEADER, Passport

logger = logging.getLogger(__name__)


class LogBackend(ChordBackend, ErrbackBackend, DatabaseBackend):
    """Celery's hook for the end of a run."""

    # -- writing ---------------------------------------------------------------------------------------

    def mark_as_done(
        self,
        task_id: str,
        result: Any,
        request: Any = None,
        store_result: bool = True,
        state: str = states.SUCCESS,
    ) -> None:
        """End the run well."""
        run = context.find(task_id)
        if run is None:
            super().mark_as_done(task_id, result, request, store_result, state)
            return
        try:
            text = outcomes.encode_result(result) if store_result or run.followed else None
        except outcomes.ResultRefused as error:
            run.decided = (error, GiveUp(retryable=False, reason=str(error)))
            self.mark_as_failure(task_id, error, claims.trace_of(error), request)
            return
        children = self.current_task_children(request) or ()
        outcomes.completed(run, text, keep=store_result, children=children)
        context.drop(task_id)

    def mark_as_failure(
        self,
        task_id: str,
        exc: BaseException,
        traceback: str | None = None,
        request: Any = None,
        store_result: bool = True,
        call_errbacks: bool = True,
        state: str = states.FAILURE,
    ) -> None:
        """End the run and the job, unless the policy says otherwise for a run that was killed.

        What is no run (a chain's later step, a chord's body) fails in TaskResult alone.
        """
        run = context.find(task_id)
        if run is not None:
            self._fail(run, exc, traceback)
        elif request is not None and request.get(HEADER):
            self._end_from_outside(task_id, exc, request)
        else:
            super().mark_as_failure(task_id, exc, traceback, request, store_result, call_errbacks, state)

    def mark_as_retry(self, task_id: str, *_: Any, **__: Any) -> None:
        """Nothing: the task class wrote the retry before it raised it."""

    def store_result(self, task_id: str, result: Any, state: str, *args: Any, **kwargs: Any) -> Any:
        """Only what Celery stores outside a run (a revoked or eager task) is written directly."""
        if state in {states.STARTED, states.RETRY}:
            return result
        stored = super().store_result(task_id, result, state, *args, **kwargs)
        if state in states.PROPAGATE_STATES:
            end_replaced(task_id, "failed" if state == states.FAILURE else "cancelled", str(result))
        return stored

    def _fail(self, run: Run, error: BaseException, trace: str | None) -> None:
        decided = run.decided[1] if run.decided else None
        decision = (
            decided if isinstance(decided, GiveUp) else GiveUp(True, f"{type(error).__name__}: {error}")
        )
        if run.decided:
            error = run.decided[0]  # Celery may have got a substitute; all that is written is redacted
        outcomes.failed(run, error, decision, trace or "", self._encoded(error))
        context.drop(run.lease.uid)

    def _encoded(self, error: BaseException) -> str:
        return str(self.encode_content(self.encode_result(error, states.FAILURE))[2])

    def _end_from_outside(self, task_id: str, error: BaseException, request: Any) -> None:
        """The main process ends a run whose process was killed."""
        from jobs.worker.task import open_run

        passport = Passport.of(request.get(HEADER))
        run = open_run(self.app.tasks[request.task], task_id, passport)
        run.trace_id = tracing.named_in(request)
        try:
            text = client().hget(keys.running(run.lease.queue), task_id)
            if text is None:
                return
            run.lease = leases.Lease.of_queue(run.lease.queue, task_id, str(text))
            if run.lease.nonce == passport.ticket.nonce:
                self._end_lost(run, error)
        except REDIS_ERRORS as unreachable:
            logger.warning("%s: left to the rescue, Redis does not answer: %s", task_id, unreachable)

    def _end_lost(self, run: Run, error: BaseException) -> None:
        if isinstance(error, WorkerLostError):
            leases.stall(client(), run.lease, claims.reason_json(f"the pool process died: {error}"))
            return
        if isinstance(error, TimeLimitExceeded):
            error = TimeoutError(f"hard time limit of {error.args[0] if error.args else '?'} s exceeded")
        decision = decide(run.options.retry, run.tally, error, random.random())  # noqa: S311 -- jitter
        if isinstance(decision, Again):
            outcomes.again(run, error, decision)
        else:
            outcomes.failed(run, error, decision, "", self._encoded(error))

    # -- reading ---------------------------------------------------------------------------------------

    def _get_task_meta_for(self, task_id: str) -> Any:
        """TaskResult once the job ended; before that, the row's state in Celery's words."""
        if (kept := self._kept_meta(task_id)) is not None:
            return kept
        try:
            state, detail = celery_state(task_id)
        except NotFound:
            state, detail = states.PENDING, None
        if state in states.READY_STATES and (kept := self._kept_meta(task_id)) is not None:
            return kept  # it ended between the two looks
        state, meta = custom_states.read(detail) or (state, None)
        return {"status": state, "result": meta, "traceback": None, "children": []}

    def _kept_meta(self, task_id: str) -> Any:
        """TaskResult's, of what has ended and keeps its result; else None."""
        found = self.TaskModel._default_manager.filter(task_id=task_id).first()  # noqa: SLF001 -- Django's own name
        if found is None or found.status not in states.READY_STATES:
            return None
        return super()._get_task_meta_for(task_id) | {"name": found.task_name}

    def get_many(
        self,
        task_ids: Iterable[str],
        timeout: float | None = None,
        interval: float = 0.5,
        no_ack: bool = True,
        on_message: Any = None,
        on_interval: Any = None,
        **_: Any,
    ) -> Iterator[tuple[str, Any]]:
        """Celery's way to several results at once (`join_native`, `iter_native`): each within `interval` of its end."""
        left, end = list(task_ids), None if timeout is None else time.monotonic() + timeout
        while left:
            ended = finished_among(left)
            ready, left = [uid for uid in left if uid in ended], [uid for uid in left if uid not in ended]
            for uid in ready:
                meta = self._get_task_meta_for(uid) | {"task_id": uid}
                if on_message is not None:
                    on_message(meta)
                yield uid, meta
            if left and end is not None and time.monotonic() > end:
                raise self.TimeoutError(f"Operation timed out ({timeout})")
            if left:
                wait_until_finished(left[0], interval, on_interval)

    def wait_for(
        self, task_id: str, timeout: float | None = None, interval: float = 0.5, **kwargs: Any
    ) -> Any:
        """Wait for the end: on the fold's announcement, with a slow poll behind it."""
        on_interval = kwargs.get("on_interval")
        if wait_until_finished(task_id, timeout, on_interval):
            return self._get_task_meta_for(task_id)
        raise self.TimeoutError("The operation timed out.")
