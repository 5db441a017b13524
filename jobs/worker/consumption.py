"""Proof that this worker consumes: connected is not enough, a consumer may have gone deaf.

A worker that received nothing for a while sends itself a message. It travels over the broker, on a queue that
is consumed together with the worker's own queues: by the same consumer, on the same channel and, with Redis,
in the same BRPOP of the same connection, into the same event loop and message handler. When it does not
arrive the connection is made anew, and when that does not help the worker exits for its supervisor.
"""

import logging
import os
import threading
import time
import uuid
from enum import Enum
from typing import Any

from celery import bootsteps
from celery.signals import task_received
from kombu.entity import Exchange, Queue

from jobs.configuration import proof_every
from jobs.worker import celery_internals

logger = logging.getLogger(__name__)

PREFIX = "millrace.probe."
_TASK = "millrace.probe"
_LOOKS = 4  # per period
_HEALING = 20.0  # seconds at least for a new connection, and for a stop, to be made


class Step(Enum):
    """What follows from what was heard."""

    REST = "rest"
    ASK = "ask"
    RECONNECT = "reconnect"
    STOP = "stop"
    ABANDON = "abandon"


def due(every: float, silent_for: float, asked_for: float | None, tried: Step) -> Step:
    """The next step for a worker that heard nothing for `silent_for` seconds.

    `asked_for` is how long ago it asked (or tried to heal) without an answer, `tried` what it did last.
    """
    if asked_for is None:
        return Step.ASK if silent_for >= every else Step.REST
    if asked_for < (every if tried is Step.ASK else max(every, _HEALING)):
        return Step.REST
    return {Step.ASK: Step.RECONNECT, Step.RECONNECT: Step.STOP}.get(tried, Step.ABANDON)


class _Ear:
    def __init__(self) -> None:
        self.heard_at = time.monotonic()

    def hear(self, *_: Any, **__: Any) -> None:
        """A message arrived."""
        self.heard_at = time.monotonic()


_ear = _Ear()
task_received.connect(_ear.hear, weak=False)


def own_queue(hostname: str) -> Queue:
    """The queue of a worker's probes. In Redis it exists only while a probe is on its way.

    It does not expire: kombu would renew that with commands that block the event loop of a deaf worker.
    """
    name = f"{PREFIX}{hostname}"
    return Queue(name, Exchange(""), routing_key=name, durable=False)  # type: ignore[no-untyped-call]  # kombu's


class Hearing(bootsteps.ConsumerStep):
    """Celery's hook: lets the consumer understand probes. Runs at every (re)connection."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, consumer: Any) -> None:
        """After the consumer knows the tasks, before it consumes."""
        celery_internals.handle(consumer, _TASK, _hear_probe)


def _hear_probe(message: Any, *_: Any) -> None:
    _ear.hear()
    message.ack()


class Consumption:
    """Asks, and heals, in a thread of its own: a broker that does not answer must not stop the heartbeat."""

    def __init__(self, worker: Any) -> None:
        self._worker = worker
        self._every = proof_every()
        self._queue = own_queue(worker.hostname)
        self._asked_at: float | None = None
        self._tried = Step.ASK
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="consumption", daemon=True)
        worker.app.amqp.queues.select_add(self._queue)

    @property
    def proven_ago(self) -> float:
        """Seconds since the last message arrived."""
        return time.monotonic() - _ear.heard_at

    @property
    def deaf(self) -> bool:
        """Whether the worker asked and the answer is overdue."""
        return self._tried is not Step.ASK

    def start(self) -> None:
        """Begin."""
        _ear.hear()
        self._thread.start()

    def stop(self) -> None:
        """The worker consumes no more, and is not to."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.wait(self._every / _LOOKS):
            try:
                self._look()
            except Exception:
                logger.exception("consumption could not be looked at")

    def _look(self) -> None:
        if not celery_internals.is_running(self._worker):
            return  # a worker that stops is not meant to receive
        now = time.monotonic()
        answered = self._asked_at is not None and _ear.heard_at >= self._asked_at
        if answered or not celery_internals.may_receive(self._worker):
            if self.deaf:
                logger.warning("the consumer receives again")
            self._asked_at, self._tried = None, Step.ASK
        asked_for = None if self._asked_at is None else now - self._asked_at
        step = due(self._every, now - _ear.heard_at, asked_for, self._tried)
        if step is not Step.REST:
            self._take(step)

    def _take(self, step: Step) -> None:
        self._asked_at = time.monotonic()
        if step in {Step.ASK, Step.RECONNECT} and not self._ask():
            self._asked_at = None  # the broker is away: that is no fault of the consumer
            return
        self._tried = step
        match step:
            case Step.RECONNECT:
                logger.error("the consumer is deaf: connecting again")
                celery_internals.reconnect(self._worker)
            case Step.STOP:
                logger.error("the consumer is still deaf: this worker stops")
                celery_internals.stop(self._worker, exit_code=1)
            case Step.ABANDON:
                logger.critical("this worker does not even stop: it is abandoned")
                os._exit(1)

    def _ask(self) -> bool:
        """Send a probe; False when the broker does not take it."""
        headers = {"task": _TASK, "id": str(uuid.uuid4()), "lang": "py"}
        try:
            with self._worker.app.connection_for_write(connect_timeout=2) as connection:
                producer = connection.Producer(auto_declare=False)
                producer.publish(
                    "[[], {}, {}]", routing_key=self._queue.name, exchange="", headers=headers, declare=[self._queue],
                    content_type="application/json", content_encoding="utf-8", delivery_mode=1,
                )  # fmt: skip
        except Exception as error:
            logger.warning("no probe of the consumer was sent: %s", error)
            return False
        return True
