"""The contract with the pinned version of Celery: what we rely on beyond its documentation.

When an upgrade of Celery breaks one of these, the name says what to look at.
"""

import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from celery import Celery, Task, states
from celery.app.task import Context
from celery.app.trace import build_tracer
from celery.backends.base import Backend
from celery.concurrency.asynpool import AsynPool
from celery.concurrency.prefork import TaskPool
from celery.exceptions import Ignore, Reject, Retry, WorkerShutdown
from celery.worker import components, state
from celery.worker.request import Request
from django_celery_results.backends import DatabaseBackend

from config.celery import app
from jobs.worker import celery_internals, context
from jobs.worker.backend import LogBackend
from jobs.worker.task import JobTask

ROOT = Path(__file__).resolve().parents[3]


@dataclass(eq=False)
class Message:
    """What the worker's state keeps of a request."""

    id: str
    name: str = "n"
    type: str = "n"


class RecordingBackend(Backend):
    """Celery's base, noting what the tracer calls."""

    def __init__(self) -> None:
        super().__init__(app=app)
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    def mark_as_done(self, *args: Any, **kwargs: Any) -> None:
        """Note the call."""
        self.calls.append(("done", args, kwargs))

    def mark_as_failure(self, *args: Any, **kwargs: Any) -> None:
        """Note the call."""
        self.calls.append(("failure", args, kwargs))

    def mark_as_retry(self, *args: Any, **kwargs: Any) -> None:
        """Note the call."""
        self.calls.append(("retry", args, kwargs))


def trace(body: Callable[..., Any], **attributes: Any) -> tuple[RecordingBackend, Any]:
    """Run a task as a worker does; the backend's calls and the tracer's answer."""
    backend = RecordingBackend()
    base = type("Base", (Task,), {"abstract": True, **attributes})

    def traced(x: int) -> Any:
        return body(x)

    task = app.task(name="tests.internals.traced", base=base, shared=False, lazy=False)(traced)
    app.tasks.pop(task.name)
    task.backend = backend
    tracer = build_tracer(task.name, task, app=app)
    answer = tracer("job-1", (1,), {}, request={"id": "job-1", "hostname": "h", "retries": 0})
    return backend, answer


# -- versions --------------------------------------------------------------------------------------


@pytest.mark.parametrize("package", ["celery", "kombu", "billiard", "django-celery-results"])
def test_the_installed_version_is_the_pinned_one(package: str) -> None:
    pins = dict(
        line.split(";")[0].strip().split("==")
        for line in (ROOT / "requirements.txt").read_text().splitlines()
        if "==" in line and not line.startswith("#")
    )
    assert version(package) == pins[package]


# -- celery_internals.py ---------------------------------------------------------------------------


def test_reserved_and_active_requests_are_what_the_worker_fetched_and_runs() -> None:
    fetched, running = Message("fetched"), Message("running")
    state.reserved_requests.update({fetched, running})
    state.active_requests.add(running)
    try:
        assert celery_internals.reserved_ids() == ["fetched"]
        assert celery_internals.active_ids() == {"running"}
    finally:
        state.reset_state()
    assert celery_internals.reserved_ids() == []


def test_a_request_leaves_both_sets_when_it_is_ready() -> None:
    request = Message("job-1")
    state.task_reserved(request)
    state.task_accepted(request)
    assert (celery_internals.reserved_ids(), celery_internals.active_ids()) == ([], {"job-1"})
    state.task_ready(request)
    assert celery_internals.active_ids() == set()


def test_consumed_queues_follow_what_is_selected() -> None:
    before = app.amqp.queues._consume_from
    try:
        app.amqp.queues.select(["quick", "fixed"])
        assert set(celery_internals.consumed_queues(SimpleNamespace(app=app))) == {"quick", "fixed"}
        app.amqp.queues.deselect(["fixed"])
        assert celery_internals.consumed_queues(SimpleNamespace(app=app)) == ["quick"]
    finally:
        app.amqp.queues._consume_from = before


def test_slots_are_the_pools_processes_or_else_the_workers_concurrency() -> None:
    assert celery_internals.slots(SimpleNamespace(pool=SimpleNamespace(num_processes=4), concurrency=2)) == 4
    assert celery_internals.slots(SimpleNamespace(pool=None, concurrency=2)) == 2
    assert celery_internals.slots(SimpleNamespace(concurrency=0)) == 1


def test_every_pool_tells_its_number_of_processes() -> None:
    from celery.concurrency.base import BasePool
    from celery.concurrency.prefork import TaskPool

    assert isinstance(inspect.getattr_static(BasePool, "num_processes"), property)
    assert isinstance(inspect.getattr_static(TaskPool, "num_processes"), property)


def test_the_boot_step_of_the_pool_has_the_name_that_ours_requires() -> None:
    assert f"{components.Pool.__module__}:{components.Pool.__name__}" == "celery.worker.components:Pool"


# -- task.py: declaration --------------------------------------------------------------------------


def test_a_task_that_has_orig_run_is_not_wrapped_for_autoretry() -> None:
    def body() -> None:
        """Nothing."""

    task = app.task(name="tests.internals.ours", autoretry_for=(ValueError,), shared=False, lazy=False)(body)
    app.tasks.pop(task.name)
    assert isinstance(task, JobTask)
    assert task._orig_run is None
    assert task.run is body


def test_celery_would_wrap_a_task_that_has_it_not() -> None:
    def body() -> None:
        """Nothing."""

    bare = Celery("bare", set_as_current=False)
    task = bare.task(name="tests.internals.theirs", autoretry_for=(ValueError,), shared=False, lazy=False)(
        body
    )
    assert task._orig_run is body
    assert task.run is not body


def test_exec_options_are_those_of_the_declaration() -> None:
    def body() -> None:
        """Nothing."""

    declared = app.task(
        name="tests.internals.options", queue="quick", priority=7, expires=60, time_limit=5, shared=False,
        lazy=False,
    )(body)  # fmt: skip
    app.tasks.pop(declared.name)
    options = declared._get_exec_options()
    assert options.items() >= {"queue": "quick", "priority": 7, "expires": 60, "time_limit": 5}.items()
    assert "max_retries" not in options


@pytest.mark.parametrize("name", ["apply_async", "retry"])
def test_our_methods_take_what_celerys_take_in_the_same_order(name: str) -> None:
    theirs = list(inspect.signature(getattr(Task, name)).parameters)
    assert list(inspect.signature(getattr(JobTask, name)).parameters) == theirs


# -- task.py: the order of things in a run ---------------------------------------------------------


def test_before_start_is_called_with_id_args_and_kwargs_before_the_body() -> None:
    order: list[Any] = []

    def before_start(self: Any, task_id: str, args: Any, kwargs: Any) -> None:
        order.append((task_id, args, kwargs, self.request.id))

    backend, _ = trace(order.append, before_start=before_start)
    assert order == [("job-1", (1,), {}, "job-1"), 1]
    assert [name for name, _, _ in backend.calls] == ["done"]


def test_the_tracer_calls_the_tasks_own_call() -> None:
    def call(self: Any, *args: Any, **kwargs: Any) -> str:
        assert not self.request.called_directly
        return f"called with {args}"

    backend, _ = trace(lambda x: x, __call__=call)
    assert backend.calls[0][1][:2] == ("job-1", "called with (1,)")


@pytest.mark.parametrize("error", [Ignore("stale"), Reject("stale")])
def test_ignore_in_before_start_ends_the_run_without_a_trace(error: Exception) -> None:
    ran: list[int] = []

    def before_start(self: Any, task_id: str, args: Any, kwargs: Any) -> None:
        raise error

    backend, answer = trace(ran.append, before_start=before_start)
    assert (ran, backend.calls) == ([], [])
    assert answer.info.state in {states.IGNORED, states.REJECTED}


def test_after_return_and_on_failure_are_not_called_for_an_ignored_run() -> None:
    told: list[str] = []

    def before_start(*_: Any) -> None:
        raise Ignore("stale")

    trace(
        lambda x: x, before_start=before_start, after_return=lambda *_, **__: told.append("return"),
        on_failure=lambda *_, **__: told.append("failure"), on_retry=lambda *_, **__: told.append("retry"),
    )  # fmt: skip
    assert told == []


# -- backend.py ------------------------------------------------------------------------------------


def test_a_good_end_calls_mark_as_done_once_with_id_result_request_and_whether_to_store() -> None:
    backend, _ = trace(lambda x: x + 1)
    ((name, args, kwargs),) = backend.calls
    uid, result, request, store = args
    assert (name, uid, result, store, kwargs) == ("done", "job-1", 2, True, {})
    assert isinstance(request, Context)
    assert request.id == "job-1"


def test_a_bad_end_calls_mark_as_failure_once_with_id_error_traceback_and_request() -> None:
    def body(x: int) -> None:
        raise ValueError("no")

    backend, _ = trace(body)
    ((name, args, kwargs),) = backend.calls
    assert (name, args[0], type(args[1])) == ("failure", "job-1", ValueError)
    given = inspect.signature(LogBackend.mark_as_failure).bind(None, *args, **kwargs).arguments
    assert "ValueError: no" in given["traceback"]
    assert given["request"].id == "job-1"
    assert given["call_errbacks"] is True


def test_a_retry_calls_mark_as_retry_once_and_no_other() -> None:
    def body(x: int) -> None:
        raise Retry(when=1)

    backend, _ = trace(body)
    assert [(name, args[0]) for name, args, _ in backend.calls] == [("retry", "job-1")]


@pytest.mark.parametrize("name", ["mark_as_done", "mark_as_failure"])
def test_our_backend_takes_what_celery_gives(name: str) -> None:
    theirs = inspect.signature(getattr(DatabaseBackend, name)).parameters
    assert list(inspect.signature(getattr(LogBackend, name)).parameters) == list(theirs)


def test_mark_as_failure_with_nothing_to_store_stores_nothing() -> None:
    stored: list[Any] = []

    class Quiet(Backend):
        """Notes what is stored."""

        def store_result(self, *args: Any, **kwargs: Any) -> None:
            stored.append(args)

    Quiet(app=app).mark_as_failure("job-1", ValueError("no"), "tb", Context(id="job-1"), False)
    assert stored == []


def test_the_main_process_reports_killed_runs_through_the_backend_with_the_request() -> None:
    source = inspect.getsource(Request.on_timeout) + inspect.getsource(Request.on_failure)
    assert "mark_as_failure" in source
    assert "request=self._context" in source.replace("\n", " ")


def test_the_apps_backend_is_ours() -> None:
    assert isinstance(app.backend, LogBackend)
    assert context.find("nobody") is None


def test_the_pool_tells_its_processes_and_our_own_is_none_of_them() -> None:
    pool = SimpleNamespace(info={"processes": [os.getpid(), 7]})
    assert celery_internals.process_ids(SimpleNamespace(pool=pool)) == {7}
    assert celery_internals.process_ids(SimpleNamespace(pool=SimpleNamespace(info={}))) == set()
    assert '"processes": [p.pid for p in' in inspect.getsource(TaskPool._get_info).replace("'", '"')


def test_the_pool_replaces_dead_processes_when_it_is_asked() -> None:
    soon: list[Any] = []
    pool = SimpleNamespace(maintain_pool=object())
    worker = SimpleNamespace(hub=SimpleNamespace(call_soon=soon.append), pool=SimpleNamespace(_pool=pool))
    celery_internals.replace_dead(worker)
    assert soon == [pool.maintain_pool]
    assert callable(AsynPool.maintain_pool)


def test_the_worker_stops_with_the_code_that_the_state_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[Any] = []
    worker = SimpleNamespace(hub=SimpleNamespace(call_soon=woken.append))
    monkeypatch.setattr(state, "should_stop", None)
    celery_internals.stop(worker, exit_code=1)
    assert len(woken) == 1
    with pytest.raises(WorkerShutdown) as raised:
        state.maybe_shutdown()
    assert raised.value.code == 1
