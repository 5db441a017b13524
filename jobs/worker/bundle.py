"""Several short jobs in one message: each claimed, run and ended on its own, in few round trips.

Every job goes through Celery's own tracer with the headers that it would have had alone, so retries,
results, signals, progress and fencing are per job. What they share is the way to Redis: the outcomes of jobs
that ended and the claims of the next few travel together, every few milliseconds. A job that turns out to
be long holds up nothing: a second thread tells the outcomes before it and hands the claimed jobs behind it
back; the worker's main process takes back the tickets that nobody has claimed yet.
"""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from jobs.fence import leases, scripts
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.fence.leases import Claim, Ending, Ticket
from jobs.logs import whose
from jobs.worker.context import Run
from jobs.worker.event_json import event_json
from jobs.worker.patience import patiently

logger = logging.getLogger(__name__)

_CLAIM_PATIENCE = 5.0  # seconds for which claims are tried while Redis is away; then the jobs are let go
_END_PATIENCE = 300.0  # the same for outcomes
_TELL_AFTER = 0.02  # seconds after which an outcome is told although no claim is due
_LONG = 0.05  # seconds after which a running job counts as long
_HANDED_BACK = event_json({"delay": 0, "counts": False, "reason": "handed back: the job before it was long"})


@dataclass
class Bundled:
    """One job of a bundle: its run, not claimed yet, and what Celery's tracer is to be called with."""

    run: Run
    ticket: Ticket
    args: Sequence[Any]
    kwargs: dict[str, Any]
    request: dict[str, Any]

    def claim(self) -> Claim:
        """What the fence is asked for."""
        return Claim(self.run.lease, self.ticket, self.run.options.stale_after)


@dataclass
class _Ended:
    """An outcome that Redis does not know yet. Times are monotonic seconds."""

    run: Run
    event: str
    data: str
    started: float
    ended: float

    def ending(self, now: float) -> Ending:
        ago, ran = (now - self.ended) * 1000, (self.ended - self.started) * 1000
        return Ending(self.run.lease, self.event, self.data, ago, ran)


class Bundle:
    """A bundle being worked off by one thread and watched by another; `ahead` jobs are claimed at once."""

    def __init__(self, jobs: Iterable[Bundled], ahead: int) -> None:
        self._lock = threading.RLock()
        self._waiting = deque(jobs)
        self._claimed: deque[Bundled] = deque()
        self._ended: list[_Ended] = []
        self._ahead = max(1, ahead)
        self._started = 0.0  # of the running job; 0 between two jobs

    def next(self) -> Bundled | None:
        """The next job, claimed; None when all are done. Outcomes so far travel with the claims."""
        with self._lock:
            while not self._claimed and self._waiting:
                self._claim()
            if not self._claimed:
                self._started = 0.0
                self.tell()
                return None
            self._started = time.monotonic()
            job = self._claimed.popleft()
            job.run.bundle = self
            return job

    def end(self, run: Run, event: str, data: str) -> bool:
        """Note how the running job ended; False when its lease was lost. A success is told with the others."""
        now = time.monotonic()
        with self._lock:
            self._ended.append(_Ended(run, event, data, self._started or now, now))
            return True if event == "completed" else self.tell()[-1]

    def tell(self) -> list[bool]:
        """Tell Redis what ended: for each whether its lease was still held."""
        with self._lock:
            if not self._ended:
                return []
            answers, _ = self._exchange(())
            return answers

    def watch(self) -> None:
        """Called now and then by the second thread."""
        with self._lock:
            now = time.monotonic()
            if self._started and now - self._started > _LONG:
                for job in self._claimed:
                    self._ended.append(_Ended(job.run, "snoozed", _HANDED_BACK, now, now))
                self._claimed.clear()
            if self._ended and now - self._ended[0].ended > _TELL_AFTER:
                self.tell()

    def _claim(self) -> None:
        wanted = [self._waiting.popleft() for _ in range(min(self._ahead, len(self._waiting)))]
        try:
            _, (epoch, answers) = self._exchange(wanted)
        except REDIS_ERRORS as error:
            logger.warning("%d jobs of a bundle are let go: %s", len(wanted) + len(self._waiting), error)
            self._waiting.clear()
            return
        for job, answer in zip(wanted, answers, strict=True):
            if answer == "claimed":
                job.run.lease = replace(job.run.lease, epoch=epoch)
                self._claimed.append(job)

    def _exchange(self, wanted: Sequence[Bundled]) -> tuple[list[bool], tuple[str, list[str]]]:
        """Tell outcomes and claim, in one round trip. What is told twice counts once."""
        ended, self._ended = self._ended, []
        patience = _END_PATIENCE if ended else _CLAIM_PATIENCE
        answers = patiently(lambda: scripts.call_all(client(), _calls(ended, wanted)), patience, "a bundle")
        kept: list[bool] = []
        for group in _by_epoch(ended):
            kept += [bool(answer) for answer in answers.pop(0)]
            _conclude(group, kept[-len(group) :])
        return kept, leases.claimed(answers[0]) if wanted else ("", [])


def _calls(ended: Sequence[_Ended], wanted: Sequence[Bundled]) -> list[scripts.Call]:
    now = time.monotonic()
    calls = [leases.finish_call([one.ending(now) for one in group]) for group in _by_epoch(ended)]
    return [*calls, leases.claim_call([job.claim() for job in wanted])] if wanted else calls


def _by_epoch(ended: Sequence[_Ended]) -> list[list[_Ended]]:
    """Runs claimed before and after Redis was emptied are told apart; in order."""
    groups: list[list[_Ended]] = []
    for one in ended:
        if not groups or groups[-1][0].run.lease.epoch != one.run.lease.epoch:
            groups.append([])
        groups[-1].append(one)
    return groups


def _conclude(ended: Sequence[_Ended], kept: Sequence[bool]) -> None:
    for one, was_ours in zip(ended, kept, strict=True):
        one.run.finished = True
        if not was_ours:
            logger.warning(
                "%s: outcome %r dropped, the lease was lost (fenced)",
                one.run.lease.uid,
                one.event,
                extra=whose(one.run),
            )


class _Watch(threading.Thread):
    """The second thread of a pool process: looks at the bundle that is being worked off."""

    def __init__(self) -> None:
        super().__init__(name="bundle-watch", daemon=True)
        self.bundle: Bundle | None = None
        self.working = threading.Event()

    def run(self) -> None:
        while self.working.wait():
            time.sleep(_TELL_AFTER)
            bundle = self.bundle
            try:
                if bundle is not None:
                    bundle.watch()
            except REDIS_ERRORS as error:
                logger.warning("outcomes of a bundle are not told: %s", error)


@cache
def _watch_of(pid: int) -> _Watch:
    """The watch of this process: threads do not survive a fork."""
    watch = _Watch()
    watch.start()
    return watch


@contextmanager
def watched(bundle: Bundle) -> Iterator[None]:
    """Have the second thread look at the bundle for the length of the block; then tell what is untold."""
    watch = _watch_of(os.getpid())
    watch.bundle = bundle
    watch.working.set()
    try:
        yield
    finally:
        watch.working.clear()
        watch.bundle = None
        bundle.tell()
