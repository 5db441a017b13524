"""The task behind a message that carries several jobs; see `jobs.worker.bundle`."""

from collections.abc import Iterable, Sequence
from typing import Any

from celery import Celery, Task, shared_task
from celery.app.trace import trace_task

from jobs.worker import context
from jobs.worker.bundle import Bundle, Bundled, watched
from jobs.worker.bundle_events import tell_of
from jobs.worker.messages import BUNDLE_TASK, HEADER, Passport
from jobs.worker.outages import check_connections
from jobs.worker.soft_limit import soft_limit
from jobs.worker.task import open_run

Item = Sequence[Any]  # headers, args, kwargs

_PLAIN: dict[str, Any] = {
    "callbacks": None, "errbacks": None, "chain": None, "chord": None, "is_eager": False, "called_directly": False,
}  # fmt: skip


@shared_task(
    name=BUNDLE_TASK,
    bind=True,
    typing=False,
    ignore_result=True,
    send_events=False,  # each of its jobs is told of instead
    Request="jobs.worker.bundle_request:BundleRequest",
)
def run_bundle(self: Task, items: Sequence[Item], ahead: int) -> None:
    """Run the jobs, each as if it had come alone; `ahead` of them are claimed at once."""
    check_connections()
    around = {
        name: self.request.get(name) for name in ("hostname", "delivery_info", "properties", "reply_to")
    }
    told: list[tuple[str, dict[str, Any]]] | None = [] if self.request.get("events") else None
    bundle = Bundle(_opened(self.app, items, around), ahead)
    with watched(bundle):
        while (job := bundle.next()) is not None:
            answer = _run(self.app, job)
            if told is not None:
                told += _events_of(job, answer)
    if told:
        tell_of(self.app, str(around["hostname"]), told)


def _opened(app: Celery, items: Iterable[Item], around: dict[str, Any]) -> Iterable[Bundled]:
    for headers, args, kwargs in items:
        if headers["task"] not in app.tasks:
            continue  # a worker of another build: the ticket stays, and its message comes again, alone
        passport = Passport.of(headers[HEADER])
        run = open_run(app.tasks[headers["task"]], headers["id"], passport)
        request = (
            _PLAIN | around | headers | {"args": args, "kwargs": kwargs, "correlation_id": headers["id"]}
        )
        yield Bundled(run, passport.ticket, args, kwargs, request)


def _run(app: Celery, job: Bundled) -> Any:
    run = job.run
    context.push(run)
    try:
        with soft_limit(run.options.soft_time_limit):
            return trace_task(run.task, run.lease.uid, job.args, job.kwargs, request=job.request, app=app)
    finally:
        context.drop(run.lease.uid)


def _events_of(job: Bundled, answer: Any) -> list[tuple[str, dict[str, Any]]]:
    """Celery's events of one job, as its worker would have sent them."""
    _, info, runtime, shown = answer
    uid, request = job.run.lease.uid, job.request
    received = {name: request.get(name) for name in ("root_id", "parent_id", "retries", "eta", "expires")}
    received |= {
        "args": request.get("argsrepr"),
        "kwargs": request.get("kwargsrepr"),
        "name": request["task"],
    }
    events: list[tuple[str, dict[str, Any]]] = [
        ("task-received", {"uuid": uid, **received}),
        ("task-started", {"uuid": uid}),
    ]
    if info is None:
        return [*events, ("task-succeeded", {"uuid": uid, "result": shown, "runtime": runtime})]
    kind = "task-retried" if info.state == "RETRY" else "task-failed"
    return [*events, (kind, {"uuid": uid, "exception": repr(info.retval), "traceback": None})]
