"""A backend for Django's tasks API (the package `django-tasks`): its tasks are durable jobs.

TASKS = {"default": {"BACKEND": "jobs.django_tasks.MillraceBackend", "QUEUES": ["default"]}}
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from django.utils.module_loading import import_string
from django_celery_results.models import TaskResult as StoredResult
from django_tasks import task_backends
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskContext, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist
from django_tasks.signals import task_enqueued

from jobs import celery_json
from jobs.arguments import Signature
from jobs.configuration import queue_book
from jobs.errors import Permanent
from jobs.models import Attempt, Job
from jobs.states import State
from jobs.tasks import run_django_task
from jobs.worker.identity import worker_id

_STEP = 20  # Django's priorities go from -100 to 100, ours from 0 to 10; both have their normal in the middle
_NORMAL = 5
_STATUS = {
    State.ACTIVE: TaskResultStatus.RUNNING,
    State.COMPLETED: TaskResultStatus.SUCCESSFUL,
    State.FAILED: TaskResultStatus.FAILED,
    State.CANCELLED: TaskResultStatus.FAILED,
}


class MillraceBackend(BaseTaskBackend):
    """Tasks run in Celery's workers as the job `run_django_task`, by the rules of the queue that they name."""

    supports_defer = True
    supports_async_task = True
    supports_get_result = True
    supports_priority = True

    def validate_task(self, task: "Task[Any, Any]") -> None:
        """Django's checks, and UnknownName for a queue that is not declared."""
        super().validate_task(task)
        queue_book().get(task.queue_name)

    def enqueue(self, task: "Task[Any, Any]", args: Any, kwargs: Any) -> "TaskResult[Any]":
        """Write a job in the caller's transaction. ArgumentsRefused when they do not fit the function."""
        self.validate_task(task)
        checked_args, checked_kwargs = _signature(task).check(args, kwargs)
        payload = {
            "path": task.module_path,
            "args": checked_args,
            "kwargs": checked_kwargs,
            "backend": self.alias,
        }
        job = run_django_task.apply_async(
            kwargs=payload,
            queue=task.queue_name,
            priority=_NORMAL + round(task.priority / _STEP),
            eta=task.run_after,
        )
        result = self.get_result(job.id)
        task_enqueued.send(type(self), task_result=result)
        return result

    def get_result(self, result_id: str) -> "TaskResult[Any]":
        """How the job is. TaskResultDoesNotExist when there is none, or none of this API."""
        job = Job.objects.filter(uid=result_id, task=run_django_task.name).first()
        if job is None:
            raise TaskResultDoesNotExist(result_id)
        stored = StoredResult.objects.filter(task_id=result_id).exclude(status="PENDING").first()
        workers = Attempt.objects.filter(job=job).order_by("run").values_list("worker", flat=True)
        result: TaskResult[Any] = TaskResult(
            task=self._task(job),
            id=job.uid,
            status=_STATUS.get(State(job.state), TaskResultStatus.READY),
            enqueued_at=job.created_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
            last_attempted_at=job.started_at,
            args=job.kwargs["args"],
            kwargs=job.kwargs["kwargs"],
            backend=self.alias,
            errors=_errors(job, stored),
            worker_ids=list(workers),
        )
        if stored is not None and job.state == State.COMPLETED:
            object.__setattr__(result, "_return_value", celery_json.loads(stored.result))
        return result

    def _task(self, job: Job) -> "Task[Any, Any]":
        declared = find_task(job.kwargs["path"])
        return declared.using(
            priority=(job.priority - _NORMAL) * _STEP, queue_name=job.queue, backend=self.alias
        )


def call(uid: str, path: str, args: Sequence[Any], kwargs: Mapping[str, Any], backend: str) -> Any:
    """The body of the job: the task's function, given its arguments as the types that it names."""
    task = find_task(path)
    restored_args, restored_kwargs = _signature(task).restore(args, kwargs)
    if task.takes_context:
        context = TaskContext(task_result=_running(task_backends[backend].get_result(uid)))
        restored_args = [context, *restored_args]
    return task.call(*restored_args, **restored_kwargs)


def _running(result: "TaskResult[Any]") -> "TaskResult[Any]":
    """With the run that is going on, whose row is written when it ends: `attempt` counts it."""
    object.__setattr__(result, "status", TaskResultStatus.RUNNING)
    result.worker_ids.append(worker_id())
    return result


def find_task(path: str) -> "Task[Any, Any]":
    """The declared task. Permanent for a path that leads to anything else: it must never be called."""
    try:
        found = import_string(path)
    except ImportError as error:
        raise Permanent(f"there is no task at {path!r}: {error}") from error
    if not isinstance(found, Task):
        raise Permanent(f"{path!r} is no task")
    return found


@lru_cache(maxsize=4096)
def _signature_of(name: str, function: Any, takes_context: bool) -> Signature:
    return Signature(name, partial(function, None) if takes_context else function)


def _signature(task: "Task[Any, Any]") -> Signature:
    return _signature_of(task.name, task.func, task.takes_context)


def _errors(job: Job, stored: StoredResult | None) -> list[TaskError]:
    if stored is None or job.state == State.COMPLETED:
        return []
    error = json.loads(stored.result or "{}")
    path = f"{error.get('exc_module', 'builtins')}.{error.get('exc_type', 'Exception')}"
    return [TaskError(exception_class_path=path, traceback=stored.traceback or job.reason)]
