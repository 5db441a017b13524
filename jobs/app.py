"""Celery's application class, with the platform's hooks."""

from typing import Any

from celery import Celery

from jobs.errors import UnknownName
from jobs.worker.liveness import Liveness


class Millrace(Celery):
    """A Celery application whose tasks are durable: `app = Millrace("name")` is all that changes."""

    task_cls = "jobs.worker.task:JobTask"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.steps["worker"].add(Liveness)

    def send_task(self, name: str, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        """Enqueue by name. UnknownName when no such task is registered: nothing could run it."""
        if name not in self.tasks:
            raise UnknownName("task", name, sorted(self.tasks))
        options.pop("task_type", None)
        options.pop("result_cls", None)
        return self.tasks[name].apply_async(args, kwargs, **options)
