"""Celery's application class, with the platform's hooks."""

from typing import Any

from celery import Celery
from celery.signals import celeryd_after_setup, worker_init, worker_process_init

from jobs import (
    logs,  # noqa: F401 -- connects Celery's logging
    query_log,
)
from jobs.aliases import alias_table, register_aliases
from jobs.configuration import queue_book
from jobs.errors import UnknownName
from jobs.heap import freeze_imports
from jobs.worker.consumption import Hearing
from jobs.worker.liveness import Farewell, Liveness


def durable(base: type | None) -> type | None:
    """A task base class with `JobTask` behind it, so that its own methods come first."""
    from jobs.worker.task import JobTask

    if base is None or issubclass(base, JobTask):
        return base
    if issubclass(JobTask, base):  # one of Celery's own
        return JobTask
    return type(base.__name__, (base, JobTask), {"abstract": True, "__module__": base.__module__})


class Millrace(Celery):
    """A Celery application whose tasks are durable: `app = Millrace("name")` is all that changes."""

    task_cls = "jobs.worker.task:JobTask"
    control_cls = "jobs.remote_control:DurableControl"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.steps["worker"].update({Liveness, Farewell})
        self.steps["consumer"].add(Hearing)

    def _task_from_fun(self, fun: Any, name: Any = None, base: Any = None, *args: Any, **options: Any) -> Any:
        """Celery's hook behind `@app.task` and `@shared_task`: a base class of one's own is durable too."""
        return super()._task_from_fun(fun, name, durable(base), *args, **options)

    def register_task(self, task: Any, **options: Any) -> Any:
        """Celery's way to add a task written as a class; one that only knows `celery.Task` is durable too."""
        task = task() if isinstance(task, type) else task
        task.__class__ = durable(type(task))
        return super().register_task(task, **options)

    def send_task(self, name: str, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        """Enqueue by name. UnknownName when no such task is registered: nothing could run it."""
        name = name if name in self.tasks else alias_table(self.tasks).get(name, name)
        if name not in self.tasks:
            raise UnknownName("task", name, sorted(self.tasks))
        options.pop("task_type", None)
        options.pop("result_cls", None)
        return self.tasks[name].apply_async(args, kwargs, **options)


@worker_init.connect
def _know_old_names(sender: Any, **_: Any) -> None:
    """When every module with tasks is imported, and before the pool is forked."""
    register_aliases(sender.app)


@worker_init.connect
def _keep_no_queries(**_: Any) -> None:
    """Before the pool is forked, and for pools that are not."""
    query_log.keep_none()


@worker_init.connect
@worker_process_init.connect
def _freeze(**_: Any) -> None:
    """Before the pool is forked too: billiard collects garbage before each fork."""
    freeze_imports()


@celeryd_after_setup.connect
def _consume_partitions(instance: Any, **_: Any) -> None:
    """A worker of a queue with partitions (`-Q name`) consumes all of them."""
    queues = instance.app.amqp.queues
    for name in [name for name in queues.consume_from if name in queue_book()]:
        for part in queue_book().parts_of(name):
            if part not in queues.consume_from:
                queues.select_add(part)
