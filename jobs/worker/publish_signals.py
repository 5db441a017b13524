"""Celery's signals around a publish, sent around an enqueue: headers that receivers add travel with the job."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from celery.signals import after_task_publish, before_task_publish

from jobs.configuration import queue_book
from jobs.ids import new_id


@contextmanager
def sent(
    task: Any, args: Sequence[Any], kwargs: Mapping[str, Any], options: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Send `before_task_publish`, hand on the options with the receivers' headers, send `after_task_publish`.

    Receivers see the arguments and the headers of Celery's message protocol; changes count in the headers alone.
    """
    if not before_task_publish.receivers and not after_task_publish.receivers:
        yield options
        return
    standard = _standard(task, options)
    headers = {**(options.get("headers") or {}), **standard}
    queue = options.get("queue") or queue_book().of_task(task.name).name
    told = {"exchange": "", "routing_key": str(getattr(queue, "name", queue)), "headers": headers}
    told["body"] = (list(args), dict(kwargs), {name: options.get(name) for name in ("chain", "chord")})
    before_task_publish.send(
        sender=task.name, declare=[], properties={"correlation_id": standard["id"]}, retry_policy=None, **told
    )
    own = {name: value for name, value in headers.items() if name not in standard}
    yield {**options, "task_id": standard["id"], **({"headers": own} if own else {})}
    after_task_publish.send(sender=task.name, **told)


def _standard(task: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    uid = str(options.get("task_id") or new_id())
    return {
        "lang": "py",
        "task": task.name,
        "id": uid,
        "shadow": options.get("shadow"),
        "eta": options.get("eta"),
        "expires": options.get("expires"),
        "group": options.get("group_id"),
        "group_index": options.get("group_index"),
        "retries": 0,
        "timelimit": [options.get("time_limit"), options.get("soft_time_limit")],
        "root_id": options.get("root_id") or uid,
        "parent_id": options.get("parent_id"),
        "argsrepr": options.get("argsrepr"),
        "kwargsrepr": options.get("kwargsrepr"),
        "ignore_result": options.get("ignore_result", False),
    }
