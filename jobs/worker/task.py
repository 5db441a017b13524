"""The task class: Celery's vocabulary, durable.

A call (`delay`, `apply_async`, `enqueue`) writes a row. In the worker, `before_start` claims the run and
`__call__` decides what follows an error; a good end is written by the result backend (`jobs.worker.backend`).
"""

import json
import logging
import os
import random
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Any, NoReturn

from celery import current_task
from celery.contrib.django.task import DjangoTask
from celery.exceptions import Ignore, MaxRetriesExceededError, Reject, Retry
from celery.result import AsyncResult
from celery.utils.time import maybe_iso8601

from jobs import tracing
from jobs.arguments import encode, signature_of
from jobs.call_options import refuse_misspelt, refuse_unknown
from jobs.configuration import PAYLOAD_LIMIT, queue_book
from jobs.enqueue import enqueue, enqueue_all, prepare
from jobs.errors import ArgumentsRefused
from jobs.fence import leases
from jobs.flows import parse_policy
from jobs.options import OWN_OPTIONS, resolve
from jobs.payloads import VERSION, brought_up, stored_version, version_of
from jobs.retry import Again, Decision, GiveUp, RetryAsked, Tally, decide
from jobs.secret_fields import opened, plaintexts, sealed
from jobs.store.insert import Enqueued, NewJob
from jobs.worker import cancelling, claims, context, custom_states, locks, outcomes, publish_signals
from jobs.worker.concealment import conceal
from jobs.worker.context import Run
from jobs.worker.following import leave_to_dispatcher
from jobs.worker.messages import HEADER, Passport
from jobs.worker.outages import check_connections, excused
from jobs.worker.survivable import survivable

logger = logging.getLogger(__name__)


class JobResult(AsyncResult):
    """Celery's AsyncResult; `answer` tells whether the call made a new job, met or replaced an existing one."""

    answer: Enqueued

    @property
    def created(self) -> bool:
        """Whether the call made a new job."""
        return self.answer.created

    @property
    def replaced(self) -> bool:
        """Whether an existing job carries the payload of this call now."""
        return self.answer.replaced


class JobTask(DjangoTask):
    """Base of every task. Options beside Celery's own are listed in `jobs.options.OWN_OPTIONS`."""

    abstract = True
    # Celery wraps `run` for autoretry_for unless this exists; `decide` does that work here.
    _orig_run = None
    unique = OWN_OPTIONS["unique"]
    stale_after = OWN_OPTIONS["stale_after"]
    strategy = OWN_OPTIONS["strategy"]
    retry_unexpected = OWN_OPTIONS["retry_unexpected"]
    idempotent_for = OWN_OPTIONS["idempotent_for"]
    subject = OWN_OPTIONS["subject"]
    cancel_grace = OWN_OPTIONS["cancel_grace"]
    relies_on = OWN_OPTIONS["relies_on"]
    secret = OWN_OPTIONS["secret"]
    bundle = OWN_OPTIONS["bundle"]
    aliases = OWN_OPTIONS["aliases"]
    upcast = OWN_OPTIONS["upcast"]

    # -- calling ---------------------------------------------------------------------------------------

    def apply_async(
        self,
        args: Sequence[Any] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        task_id: str | None = None,
        producer: Any = None,
        link: Any = None,
        link_error: Any = None,
        shadow: str | None = None,
        **options: Any,
    ) -> Any:
        """Write a job in the caller's transaction and answer with its result handle.

        Takes Celery's options and those of `using`. Raises a `Refused` error, with nothing stored, for
        arguments or options that make no sense.
        """
        if self.app.conf.task_always_eager:
            return super().apply_async(args, kwargs, task_id, producer, link, link_error, shadow, **options)
        refuse_misspelt(options)
        given = self._get_exec_options() | options | {"task_id": task_id, "shadow": shadow}
        given |= {"link": _listed(link), "link_error": _listed(link_error)}
        return self._enqueue(args or (), kwargs or {}, given)

    def using(self, **options: Any) -> "Using":
        """The task with options for the next `enqueue`: priority, countdown, queue, tags, unique, ..."""
        refuse_unknown(options)
        return Using(self, options)

    def enqueue(self, *args: Any, **kwargs: Any) -> JobResult:
        """Like `delay`."""
        return self._enqueue(args, kwargs, {})

    def signature(self, args: Any = None, *starargs: Any, **starkwargs: Any) -> Any:
        """Celery's; it remembers the version of its arguments."""
        made = super().signature(args, *starargs, **starkwargs)
        made.options.setdefault(VERSION, version_of(self))
        return made

    subtask = signature

    def enqueue_many(self, payloads: Iterable[Mapping[str, Any]], **options: Any) -> list[JobResult]:
        """One job per mapping of keyword arguments, all or none."""
        refuse_unknown(options)
        given, several = _inherited() | options, list(payloads)
        with tracing.enqueuing(self.name, given, len(several)) as headers:
            carried = tracing.carried(given, headers)
            prepared = [prepare(self, (), payload, carried) for payload in several]
            policy = parse_policy(options.get("policy"))
            answers = enqueue_all(prepared, _ids(options.get("depends_on")), policy)
        return [self._result(answer) for answer in answers]

    def _enqueue(
        self, args: Sequence[Any], kwargs: Mapping[str, Any], options: Mapping[str, Any]
    ) -> JobResult:
        given = _inherited() | {k: v for k, v in options.items() if v is not None}
        with (
            publish_signals.sent(self, args, kwargs, given) as given,
            tracing.enqueuing(self.name, given) as headers,
        ):
            job = self._prepared(args, kwargs, tracing.carried(given, headers))
            needed, policy = _ids(options.get("depends_on")), parse_policy(options.get("policy"))
            result = self._result(enqueue(job, needed, policy))
        parent = current_task
        if options.get("add_to_parent", True) and parent and parent.request.id and self.trail:
            parent.add_trail(result)
        return result

    def _prepared(self, args: Sequence[Any], kwargs: Mapping[str, Any], options: Mapping[str, Any]) -> NewJob:
        """The row to be. A step that follows another job is stored even when it does not fit: nobody is there who
        could be told, and as a dead letter it is neither lost nor in the way."""
        try:
            return prepare(self, args, kwargs, options)
        except ArgumentsRefused as error:
            if not context.followed():
                raise
            refused = error
        if VERSION not in options:  # by a build before signatures had versions, or by name
            with suppress(ArgumentsRefused):
                return prepare(self, args, kwargs, {**options, VERSION: 1})
        logger.warning("a step after job %s will fail: %s", context.followed()["parent_id"], refused)
        return prepare(self, args, kwargs, options, check=False)

    def _result(self, answer: Enqueued) -> JobResult:
        result = JobResult(answer.uid, backend=self.backend, task_name=self.name, app=self.app)
        result.answer = answer
        return result

    def lock(self, key: str, life: float = locks.LIFE) -> AbstractContextManager[locks.HeldLock]:
        """Hold a lock between jobs for the length of a `with` block; see `jobs.worker.locks`."""
        return locks.lock(key, life)

    # -- running ---------------------------------------------------------------------------------------

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:
        """Claim the run. A message without a valid ticket is dropped."""
        if not self.request.called_directly:
            self._claimed_run()

    def _claimed_run(self) -> Run | None:
        """The run of the message at hand, claimed by now; None for an eager call or a foreign message.

        A base class may override `before_start` and forget this one: then `__call__` claims.
        """
        header, uid = self.request.get(HEADER), self.request.id
        if header is None or self.request.is_eager:
            return None
        passport = Passport.of(header)
        run = context.find(uid)
        if run is not None and run.lease.nonce != passport.ticket.nonce:
            context.drop(uid)  # an earlier run of it, whose end could not be written here
            run = None
        if run is None:
            check_connections()
            run = open_run(self, uid, passport)
            run.lease = claims.claim(run.lease, passport.ticket, run.options.stale_after)
            run.began = time.monotonic()
            context.push(run)
        return run

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the body; an error becomes a retry or the job's failure."""
        if self.request.called_directly:
            return super().__call__(*args, **kwargs)
        run = self._claimed_run()
        if run is None:
            return self.run(*args, **kwargs)
        with tracing.running(run, self.request):
            return self._carry_out(run, args, kwargs)

    def _carry_out(self, run: Run, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        try:
            value = self._run_body(run, *self._restored(run, args, kwargs))
        except Retry as error:
            self._write_retry(run, error)
            conceal(error, run.secrets)
            raise
        except (Ignore, Reject) as error:
            outcomes.rejected(run, error) if isinstance(error, Reject) else custom_states.ignored(run, error)
            context.drop(run.lease.uid)
            raise
        except Exception as error:
            self._end_badly(run, error)
        if run.decided and isinstance(run.decided[0], Retry):  # asked for, and not raised or caught
            self._write_retry(run, run.decided[0])
            raise run.decided[0]
        leave_to_dispatcher(run, self.request)
        return value

    def _end_badly(self, run: Run, error: Exception) -> NoReturn:
        """The body raised: the run ends cancelled, is tried again, or fails; what Celery gets has no secrets."""
        if cancelling.ended_by_request(run, error):
            outcomes.cancelled(run, run.cancel.how or str(error))
            context.drop(run.lease.uid)
            raise Ignore(str(error)) from error
        retry = self._after_error(run, error)
        told = survivable(conceal(error, run.secrets))
        if retry is not None:
            self._write_retry(run, retry)
            raise Retry(exc=told, when=retry.when) from told
        if told is error:
            raise error
        raise told from None

    def on_replace(self, sig: Any) -> Any:
        """The end of Celery's `self.replace`: the outcome carries the signature that takes the job's place."""
        run = context.find(self.request.id) if self.request.id else None
        if run is None:
            return super().on_replace(sig)
        run.replacement = sig
        raise Ignore("Replaced by new task")

    def _run_body(self, run: Run, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        run.cancel.interruptible = True
        try:
            return self.run(*args, **kwargs)
        finally:
            run.cancel.interruptible = False

    def retry(
        self,
        args: Sequence[Any] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        exc: BaseException | None = None,
        throw: bool = True,
        eta: Any = None,
        countdown: float | None = None,
        max_retries: int | None = None,
        **options: Any,
    ) -> Any:
        """Celery's `self.retry`: raises `Retry`, or `exc` when no attempt is left."""
        run = context.find(self.request.id) if self.request.id else None
        if run is None:
            return super().retry(args, kwargs, exc, throw, eta, countdown, max_retries, **options)
        if options:
            logger.warning("self.retry changes no %s: the job keeps its own", ", ".join(sorted(options)))
        cause = exc or sys.exc_info()[1]
        asked = RetryAsked(cause, _seconds_until(eta) if eta else countdown, max_retries)
        decision = self._decide(run, asked)
        if isinstance(decision, GiveUp):
            raised = cause or MaxRetriesExceededError(f"{self.name} [{run.lease.uid}]: {decision.reason}")
            run.decided = (raised, decision)
            raise raised
        run.retry_args = self._stored(args, kwargs) if args is not None or kwargs is not None else None
        retry = Retry(exc=cause if isinstance(cause, Exception) else None, when=decision.delay, sig=None)
        run.decided = (retry, decision)
        if throw:
            raise retry
        return retry

    def update_state(
        self, task_id: str | None = None, state: str | None = None, meta: Any = None, **_: Any
    ) -> None:
        """Celery's way to tell progress: `meta` travels to browsers and into the row."""
        run = context.find(task_id or self.request.id)
        if run is not None:
            run.said = state, meta
            claims.note(run, "progress", {"detail": custom_states.told(state, meta)})

    def _restored(
        self, run: Run, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Sequence[Any], Mapping[str, Any]]:
        """The arguments as the body expects them: here alone secret fields are decrypted."""
        if version_of(self) > 1:
            kwargs = brought_up(self, kwargs, stored_version(self.request.get(HEADER)["o"]))
        args, kwargs = opened(self, args, kwargs)
        run.secrets = plaintexts(self, args, kwargs)
        return signature_of(self).restore(args, kwargs) if self.typing else (args, kwargs)

    def _stored(self, args: Any, kwargs: Any) -> tuple[Any, Any]:
        """Arguments of a retry by hand in their stored form; those that were not given stay as they are."""
        given = (self.request.args if args is None else args), kwargs
        if kwargs is None:
            before = opened(self, (), self.request.kwargs)[1]
            given = given[0], brought_up(self, before, stored_version(self.request.get(HEADER)["o"]))
        if self.typing:
            given = signature_of(self).check(*opened(self, *given))
        stored = sealed(self, *given)
        plain_args, plain_kwargs = (
            json.loads(encode(f, v, PAYLOAD_LIMIT)) for f, v in zip(("args", "data"), stored, strict=True)
        )
        return (None if args is None else plain_args), (None if kwargs is None else plain_kwargs)

    def _decide(self, run: Run, error: BaseException) -> Decision:
        return decide(run.options.retry, run.tally, error, random.random())  # noqa: S311 -- jitter

    def _after_error(self, run: Run, error: Exception) -> Retry | None:
        """The retry that follows an error; None when the job fails with it."""
        decision = (
            run.decided[1] if run.decided and run.decided[0] is error else self._decide(run, excused(error))
        )
        run.decided = (error, decision)
        if isinstance(decision, GiveUp):
            return None
        retry = Retry(exc=error, when=decision.delay)
        run.decided = (retry, decision)
        return retry

    def _write_retry(self, run: Run, retry: Retry) -> None:
        decision = run.decided[1] if run.decided else None
        if not isinstance(decision, Again):  # raised by hand, as Celery allows
            decision = Again(_seconds_until(retry.when), counts=True, reason=str(retry))
        cause = retry.exc if isinstance(retry.exc, BaseException) else None
        outcomes.again(run, cause, decision, claims.trace_of(cause))
        context.drop(run.lease.uid)


class Using:
    """A task with options; see `JobTask.using`."""

    def __init__(self, task: JobTask, options: Mapping[str, Any]) -> None:
        self._task = task
        self._options = options

    def enqueue(self, *args: Any, **kwargs: Any) -> JobResult:
        """Write one job with these options."""
        return self._task._enqueue(args, kwargs, self._options)  # noqa: SLF001 -- the other half of the same class

    def enqueue_many(self, payloads: Iterable[Mapping[str, Any]]) -> list[JobResult]:
        """Write one job per mapping of keyword arguments, all or none."""
        return self._task.enqueue_many(payloads, **self._options)


def open_run(task: JobTask, uid: str, passport: Passport) -> Run:
    """The run that a message asks for, not claimed yet."""
    from jobs.worker.identity import worker_id

    queue = queue_book().get(passport.queue)
    options = resolve(task, queue, dict(passport.options))
    ticket = passport.ticket
    lease = leases.Lease(uid, queue.name, ticket.run, ticket.nonce, worker_id(), os.getpid())
    tally = Tally(attempt=passport.attempt + 1, snoozes=passport.snoozes)
    correlation_id = passport.correlation_id or uid
    return Run(lease, task, options, tally, correlation_id)


def _inherited() -> dict[str, Any]:
    """A job enqueued by another one carries its correlation id on."""
    run = context.current()
    if run is None:
        return context.followed()
    request = run.task.request
    return {"correlation_id": run.correlation_id, "parent_id": request.id, "root_id": request.root_id}


def _ids(jobs: Any) -> list[str]:
    """Job ids from one or several ids or result handles."""
    several = jobs if isinstance(jobs, (list, tuple)) else [jobs] if jobs else []
    return [str(getattr(job, "id", job)) for job in several]


def _listed(value: Any) -> Any:
    return [value] if value is not None and not isinstance(value, (list, tuple)) else value


def _seconds_until(moment: Any) -> float:
    from datetime import UTC, datetime

    if moment is None or isinstance(moment, (int, float)):
        return float(moment or 0)
    parsed = maybe_iso8601(moment)
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return max(0.0, float((aware - datetime.now(UTC)).total_seconds()))
