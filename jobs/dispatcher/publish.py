"""Celery messages: what a worker receives for a released job."""

import os
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from celery import Celery

from jobs import celery_json
from jobs.encryption import MARK
from jobs.fence.leases import Ticket
from jobs.ids import new_id
from jobs.payloads import VERSION
from jobs.tracing import names_of
from jobs.worker.messages import BUNDLE_TASK, HEADER, Passport

_ORIGIN = f"{os.getpid()}@{socket.gethostname()}"
_BATCH = 200
_PLAIN_CANVAS = frozenset({"root_id", "parent_id", "shadow", "argsrepr", "kwargsrepr", "origin"})
_ENCRYPTED = re.compile(rf'\{{"{MARK}": "[^"]*"\}}')


@dataclass(frozen=True)
class Released:
    """A waiting row that is to run. JSON columns are text."""

    uid: str
    queue: str
    task: str
    args: str
    kwargs: str
    options: dict[str, Any]
    canvas: dict[str, Any]
    attempt: int
    snoozes: int
    correlation_id: str
    ticket: Ticket
    limit_key: str = ""

    @property
    def stalls(self) -> int:
        """How many of its runs were lost with their process."""
        return self.ticket.run - 1 - self.attempt - self.snoozes

    @property
    def has_canvas(self) -> bool:
        """Whether Celery has something to do after it: callbacks, a chain, a chord, stamps."""
        if self.canvas.keys() <= _PLAIN_CANVAS:
            return False
        return bool(self.canvas.keys() - _PLAIN_CANVAS - {"headers"} or names_of(self.canvas["headers"]))


@dataclass
class Message:
    """One job, or several of one queue of which the worker claims `ahead` at once."""

    jobs: list[Released]
    ahead: int = 1


class Publisher:
    """Puts released jobs on Celery's broker, many in one round trip."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._connection: Any = None
        self._producer: Any = None
        self._declared: set[str] = set()

    def publish(self, messages: Sequence[Message]) -> None:
        """Publish messages, many in one round trip. Errors of the broker come through; tickets without a
        message are published again by the rescue."""
        try:
            producer = self._ready({message.jobs[0].queue for message in messages})
            with producer.batch(_BATCH):
                for message in messages:
                    first = message.jobs[0]
                    alone = len(message.jobs) == 1
                    text, head = (body(first), headers(first)) if alone else bundle(message)
                    producer.publish(
                        text,
                        routing_key=first.queue,
                        exchange="",
                        content_type="application/json",
                        content_encoding="utf-8",
                        headers=head,
                        correlation_id=head["id"],
                        delivery_mode=2,
                    )
        except Exception:
            self.close()
            raise

    def waiting_in_broker(self, queue: str) -> int:
        """Messages of a queue that no worker has fetched yet."""
        self._connect()
        return int(self._declare(queue).message_count)

    def close(self) -> None:
        """Drop the connection; the next call makes a new one."""
        connection, self._connection, self._producer = self._connection, None, None
        self._declared.clear()
        if connection is not None:
            connection.collect()

    def _connect(self) -> None:
        if self._producer is None:
            self._connection = self._app.connection_for_write()
            self._connection.ensure_connection(max_retries=1, timeout=2)
            self._producer = self._app.amqp.Producer(self._connection.channel(), auto_declare=False)

    def _ready(self, queues: set[str]) -> Any:
        self._connect()
        for queue in queues - self._declared:
            self._declare(queue)
            self._declared.add(queue)
        return self._producer

    def _declare(self, queue: str) -> Any:
        return self._producer.channel.queue_declare(queue=queue, durable=True, auto_delete=False)


def body(job: Released) -> str:
    """Celery's message protocol 2: arguments and canvas, as JSON text."""
    canvas = job.canvas
    embed = {
        "callbacks": canvas.get("link"),
        "errbacks": canvas.get("link_error"),
        "chain": canvas.get("chain"),
        "chord": canvas.get("chord"),
    }
    return f"[{job.args}, {job.kwargs}, {celery_json.dumps(embed)}]"


def headers(job: Released) -> dict[str, Any]:
    """Celery's message protocol 2 (https://docs.celeryq.dev/en/stable/internals/protocol.html), and ours."""
    canvas, options = job.canvas, job.options
    extra = dict(canvas.get("headers") or {})
    stamps = {name: canvas.get(name) for name in canvas.get("stamped_headers") or ()}
    passport = Passport(job.queue, job.ticket, job.attempt, job.snoozes, _policy(options), job.correlation_id)
    return {
        **extra,
        "lang": "py",
        "task": job.task,
        "id": job.uid,
        "shadow": canvas.get("shadow"),
        "eta": None,
        "expires": None,
        "group": canvas.get("group_id"),
        "group_index": canvas.get("group_index"),
        "retries": job.attempt,
        "timelimit": [options.get("time_limit"), options.get("soft_time_limit")],
        "root_id": canvas.get("root_id") or job.uid,
        "parent_id": canvas.get("parent_id"),
        "argsrepr": canvas.get("argsrepr") or _short(job.args),
        "kwargsrepr": canvas.get("kwargsrepr") or _short(job.kwargs),
        "origin": _ORIGIN,
        "ignore_result": options.get("ignore_result", False),
        "replaced_task_nesting": canvas.get("replaced_task_nesting", 0),
        "stamped_headers": canvas.get("stamped_headers"),
        "stamps": stamps,
        HEADER: passport.header(),
    }


def bundle(message: Message) -> tuple[str, dict[str, Any]]:
    """Body and headers of a message for several jobs: each travels with the headers that it has alone."""
    items = ", ".join(
        f"[{celery_json.dumps(headers(job))}, {job.args}, {job.kwargs}]" for job in message.jobs
    )
    uid = new_id()
    head = {
        "lang": "py",
        "task": BUNDLE_TASK,
        "id": uid,
        "root_id": uid,
        "argsrepr": f"{len(message.jobs)} jobs",
        "kwargsrepr": "",
        "retries": 0,
        "timelimit": [None, None],
        "origin": _ORIGIN,
        "ignore_result": True,
    }
    return f"[[[{items}], {message.ahead}], {{}}, {{}}]", head


def _policy(options: dict[str, Any]) -> dict[str, Any]:
    kept = ("time_limit", "soft_time_limit", "stale_after", "strategy", "max_attempts", VERSION)
    return {name: options[name] for name in kept if name in options}


def _short(text: str) -> str:
    if MARK in text:
        text = _ENCRYPTED.sub('"••••••••"', text)
    return text if len(text) <= 200 else f"{text[:197]}..."
