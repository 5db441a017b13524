"""Waiting for a job's end: on the fold's announcement, with a slow poll behind it."""

import json
import time
from collections.abc import Callable, Iterator

from jobs.fence import keys
from jobs.fence.connection import REDIS_ERRORS, connect
from jobs.queries import is_finished, queue_and_state
from jobs.states import TERMINAL

_POLL = 1.0  # seconds between looks at the row when no announcement comes
_AT_MOST_EVERY = 0.1  # seconds between two looks however many announcements come


def wait_until_finished(
    uid: str, timeout: float | None = None, on_interval: Callable[[], None] | None = None
) -> bool:
    """True when the job ended, False when `timeout` seconds passed first."""
    deadline = None if timeout is None else time.monotonic() + timeout
    found = queue_and_state(uid)
    if found and found[1] in TERMINAL:
        return True
    with _Announcements(found[0] if found else None) as announcements:
        while True:
            if is_finished(uid):
                return True
            left = _POLL if deadline is None else min(_POLL, deadline - time.monotonic())
            if left <= 0:
                return False
            announcements.wait_for(uid, left)
            if on_interval:
                on_interval()


def folds(queue: str, timeout: float | None = None) -> Iterator[None]:
    """Yields at once and then whenever rows of the queue may have changed, until `timeout` seconds passed.

    That is after each announcement of the fold, but at most ten times and at least once a second.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    with _Announcements(queue) as announcements:
        while True:
            yield
            left = _POLL if deadline is None else min(_POLL, deadline - time.monotonic())
            if left <= 0:
                return
            announcements.wait_for_any(left, _AT_MOST_EVERY)


class _Announcements:
    """The fold's announcements of one queue; without Redis, a sleep."""

    def __init__(self, queue: str | None) -> None:
        self._queue = queue

    def __enter__(self) -> "_Announcements":
        self._client = connect()
        self._subscription = self._client.pubsub(  # type: ignore[no-untyped-call]  # redis-py has no type here
            ignore_subscribe_messages=True
        )
        self._listening = False
        try:
            self._subscribe()  # before the first look at the row, so that no end falls between the two
        except REDIS_ERRORS:
            self._listening = False
        return self

    def __exit__(self, *_: object) -> None:
        self._subscription.close()
        self._client.close()

    def wait_for(self, uid: str, seconds: float) -> None:
        """Return when the job's end is announced, or after `seconds`."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                self._subscribe()
                message = self._subscription.get_message(timeout=left) if self._listening else None
            except REDIS_ERRORS:
                message, self._listening = None, False
            if not self._listening:
                time.sleep(min(left, 0.5))
            elif message and uid in json.loads(message["data"]).get("done", ()):
                return

    def wait_for_any(self, seconds: float, at_least: float) -> None:
        """Return when a fold is announced, not before `at_least` seconds, or after `seconds`."""
        start = time.monotonic()
        try:
            self._subscribe()
            self._subscription.get_message(timeout=seconds)
        except REDIS_ERRORS:
            self._listening = False
            at_least = seconds
        time.sleep(min(seconds, max(0.0, start + at_least - time.monotonic())))
        self._drop_heard()

    def _drop_heard(self) -> None:
        """The look that follows sees what these announced too."""
        try:
            while self._listening and self._subscription.get_message(timeout=0) is not None:
                pass
        except REDIS_ERRORS:
            self._listening = False

    def _subscribe(self) -> None:
        if self._queue and not self._listening:
            self._subscription.subscribe(keys.folded(self._queue))
            self._subscription.get_message(timeout=2.0)  # the confirmation
            self._listening = True
