"""From a trigger to a job: the API's words into those of the core, and refusals back."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from jobs.arguments import signature_of
from jobs.configuration import queue_book
from jobs.enqueue import enqueue_all, prepare
from jobs.errors import OptionRefused, PayloadTooLarge, Refused, UnknownName
from jobs.graphs import Flow
from jobs.http.problems import Problem, of_error
from jobs.http.schemas import Dedup as DedupIn
from jobs.http.schemas import FlowJob, Retrying, Trigger
from jobs.names import resolve_task
from jobs.options import Debounce, Dedup, KeepLast, Throttle, Unique
from jobs.retry import Exponential, Fixed, Linear, Strategy
from jobs.store.insert import Enqueued, NewJob
from jobs.worker.task import JobResult

# What the core calls it -> what the API calls it.
_FIELDS = {
    "queue": "queueName",
    "task": "jobName",
    "countdown": "delay",
    "eta": "runAt",
    "strategy": "retry",
    "max_attempts": "retry.maxAttempts",
    "task_id": "dedup.id",
    "depends_on": "after",
}


def queues_of(triggers: Iterable[Trigger]) -> set[str]:
    """The queues that the jobs would go to, as far as their names are known."""
    found = set()
    for trigger in triggers:
        with suppress(UnknownName):
            task = resolve_task(trigger.job_name)
            book = queue_book()
            found.add((book.get(trigger.queue_name) if trigger.queue_name else book.of_task(task.name)).name)
    return found


def start(trigger: Trigger) -> Enqueued:
    """Start one job, as `task.using(...).enqueue(...)` does. Raises a Problem that names what is wrong."""
    try:
        task, options = _understood(trigger)
        result: JobResult = task.using(**options).enqueue(**trigger.data)
    except Refused as error:
        raise _problem(error) from None
    return result.answer


def start_all(triggers: Sequence[Trigger]) -> list[Enqueued]:
    """Start many jobs, all or none. The Problem names every one that is refused by its index."""
    prepared: list[NewJob] = []
    faults: list[dict[str, Any]] = []
    for index, trigger in enumerate(triggers):
        try:
            task, options = _understood(trigger)
            prepared.append(prepare(task, (), trigger.data, options))
        except Refused as error:
            problem = _problem(error)
            kind = f"/problems/{problem.kind}"
            faults.append({"index": index, "type": kind, "detail": problem.detail, "fields": problem.fields})
    if faults:
        detail = f"{len(faults)} of {len(triggers)} jobs are refused; none was started."
        raise Problem(422, detail, kind="bulk-refused", faults=faults)
    return enqueue_all(prepared)


def start_flow(jobs: Sequence[FlowJob], correlation_id: str) -> dict[str, str]:
    """Start a graph of jobs, all or none; answers with their ids by name. The Problem names each that is refused."""
    flow, faults = Flow(), list[dict[str, Any]]()
    for job in jobs:
        try:
            task, options = _understood(job)
            options |= {"correlation_id": correlation_id, "policy": job.policy}
            prepare(task, (), job.data, options)
            flow.add(job.name, task, job.data, job.after, **options)
        except Refused as error:
            problem = _problem(error)
            kind = f"/problems/{problem.kind}"
            faults.append(
                {"name": job.name, "type": kind, "detail": problem.detail, "fields": problem.fields}
            )
    if faults:
        detail = f"{len(faults)} of {len(jobs)} jobs are refused; none was started."
        raise Problem(422, detail, kind="flow-refused", faults=faults)
    try:
        return flow.enqueue()
    except Refused as error:
        raise _problem(error) from None


def _understood(trigger: Trigger) -> tuple[Any, dict[str, Any]]:
    task = resolve_task(trigger.job_name)
    options: dict[str, Any] = {
        "queue": queue_book().get(trigger.queue_name).name if trigger.queue_name else None,
        "countdown": trigger.delay / 1000 if trigger.delay else None,
        "eta": trigger.run_at,
        "priority": trigger.priority,
        "tags": trigger.tags,
        "correlation_id": trigger.correlation_id,
    }
    if trigger.retry:
        options |= {"strategy": _strategy(trigger.retry), "max_attempts": trigger.retry.max_attempts}
    if trigger.dedup:
        options["task_id"] = trigger.dedup.id
        options["unique"] = _mode(task, trigger.dedup)
    return task, {name: value for name, value in options.items() if value is not None}


def _strategy(wanted: Retrying) -> Strategy:
    first, cap = wanted.delay / 1000, wanted.max_delay / 1000 if wanted.max_delay else None
    match wanted.strategy:
        case "exponential":
            return Exponential(first, cap=cap, jitter=wanted.jitter)
        case "linear":
            return Linear(first, cap=cap, jitter=wanted.jitter)
        case "fixed":
            return Fixed(first, jitter=wanted.jitter)


def _mode(task: Any, wanted: DedupIn) -> Dedup | None:
    throttle, debounce = wanted.throttle, wanted.debounce
    if wanted.unique is not None:
        return Unique(*_known(task, "unique", wanted.unique))
    if throttle:
        return Throttle(throttle.period / 1000, *_known(task, "throttle.fields", throttle.fields))
    if debounce:
        longest = debounce.max_wait / 1000 if debounce.max_wait else None
        fields = _known(task, "debounce.fields", debounce.fields)
        return Debounce(debounce.delay / 1000, *fields, max_wait=longest)
    if wanted.keep_last is not None:
        return KeepLast(*_known(task, "keepLast", wanted.keep_last))
    return None


def _known(task: Any, place: str, fields: Sequence[str]) -> Sequence[str]:
    signature = signature_of(task)
    strange = [] if signature.more_kwargs else sorted(set(fields) - set(signature.keyword))
    if strange:
        known = ", ".join(signature.keyword) or "none"
        raise OptionRefused(
            f"dedup.{place}", f"{', '.join(strange)}: no field of this job; its fields are: {known}"
        )
    return fields


def _problem(error: Refused) -> Problem:
    """The refusal with the API's names; a name in a body that nobody knows is a wrong field, not a 404."""
    found = of_error(error)
    found.status = 413 if isinstance(error, PayloadTooLarge) else 422
    of_payload = error.kind == "arguments" and error.fields.keys() != {"data"}
    prefix = "data." if of_payload else ""
    found.fields = {prefix + _FIELDS.get(name, name): told for name, told in found.fields.items()}
    return found
