"""One dispatcher: leads the queues that it can get, and does everything for them in one thread.

A step renews the leads, ticks (roll call, rescue, retention), waits on the logs for as long as nothing is
due, releases into the slots that became free, and folds. Errors of Redis, PostgreSQL or the broker end the
step; what is led is then found out again from what they hold, never from memory.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence

import kombu.exceptions
import redis
from celery import Celery
from django.db import InterfaceError, OperationalError, connection

from jobs import configuration
from jobs.dispatcher import announce, rescue
from jobs.dispatcher.breakers import Breakers
from jobs.dispatcher.cancelling import Cancellations
from jobs.dispatcher.fold import Folded
from jobs.dispatcher.follow import Follower
from jobs.dispatcher.leadership import Leadership
from jobs.dispatcher.limiting import Limiting
from jobs.dispatcher.log import Log
from jobs.dispatcher.pruning import Pruner
from jobs.dispatcher.publish import Publisher
from jobs.dispatcher.release import LostLead, release
from jobs.dispatcher.sampling import Sampler
from jobs.dispatcher.sure_fold import fold_surely
from jobs.dispatcher.unsettled import Unsettled
from jobs.dispatcher.window import Out, Window
from jobs.fence import leases
from jobs.fence.connection import REDIS_ERRORS, connect
from jobs.fence.events import Event
from jobs.fence.roll import Roll, call_roll
from jobs.guards import configured
from jobs.states import TERMINAL
from jobs.store.answered_requests import prune_answers
from jobs.store.dedup.throttle import prune_windows
from jobs.store.doctor import repair_flows
from jobs.store.metrics import add_tallies
from jobs.store.outcomes import Moved
from jobs.store.subtrees import cancel_children
from jobs.store.waiting import active_runs, outlook

logger = logging.getLogger(__name__)

_TICK = 0.5  # seconds between roll calls
_BATCH = 2000  # events read at once
_FOLD_AT = 1000  # unfolded events that do not wait for more
_GATHER = 0.008  # seconds between two reads while there is a backlog
_LINGER = 0.025  # seconds that events wait for more under load: slots are free again before the fold
_OUTAGES = (*REDIS_ERRORS, OperationalError, InterfaceError, kombu.exceptions.KombuError, OSError)


class Dispatcher:
    """See the module. `step` does one round and may be called by tests; `run` goes on until told to stop."""

    def __init__(self, app: Celery, queues: Sequence[str] | None = None) -> None:
        self._redis = connect(timeout=5.0)
        self._publisher = Publisher(app)
        self._follower = Follower(app)
        self._log = Log(self._redis)
        self._queues = list(queues or configuration.queue_book().names)
        self.leadership = Leadership(self._redis, self._queues, configuration.leader_lease())
        self.windows: dict[str, Window] = {}
        self._limiting = Limiting(self._redis, app)
        self._bundling = frozenset(name for name, task in app.tasks.items() if getattr(task, "bundle", False))
        self._owed = rescue.Owed()
        self._unsettled = Unsettled(self._redis, self._log)
        self._cancellations = Cancellations(self._redis)
        self._breakers = Breakers(self._redis, configured())
        self._pruner = Pruner()
        self._sampler = Sampler(self._redis)
        self._unfolded: list[Event] = []
        self._fold_due = 0.0
        self._folded_at = 0.0
        self._tick_at = 0.0
        self._poll_at = 0.0
        self._tidy_at = 0.0
        self._doctor_at = 0.0
        self._epoch: str | None = None
        self._hold_until = 0.0  # no releases before: workers enter again what they run
        self._calm_at = time.monotonic() + 2.0  # no rescues before: heartbeats come back first

    def run(self, stopping: Callable[[], bool]) -> None:
        """Step until `stopping`; then give up the leads. No error ends it: it starts over instead."""
        pause = 0.1
        while not stopping():
            try:
                self.step(max_wait=1.0)
                pause = 0.1
                continue
            except _OUTAGES as error:
                logger.warning("waiting %.1f s: %s", pause, error)
                full = isinstance(error, redis.OutOfMemoryError)
            except Exception:
                logger.exception("an error nobody foresaw; starting over in %.1f s", pause)
                full = False
            self._recover()
            if full:
                self._make_room()
            time.sleep(pause)
            pause = min(pause * 2, 1.0)
        self._resign()

    def step(self, max_wait: float = 0.0) -> None:
        """One round; waits at most `max_wait` seconds for something to happen."""
        if self.leadership.renew_in <= 0:
            self._renew()
        now = time.monotonic()
        if now >= self._tick_at:
            self._tick(now)
            self.leadership.extend()
        self._release_all()
        self._read(self._wait(max_wait))
        self._release_all()
        if self._unfolded and (len(self._unfolded) >= _FOLD_AT or time.monotonic() >= self._fold_due):
            self._fold()

    # -- leading ---------------------------------------------------------------------------------------

    def _renew(self) -> None:
        before = set(self.windows)
        gained = self.leadership.renew()
        for queue in before - self.leadership.led:
            logger.info("lost the lead of %s", queue)
            del self.windows[queue]
        if gained:
            self._tick_at = 0.0
            self._take_over(sorted(gained))
            logger.info("leading %d queues", len(self.windows))
        self._share()

    def _share(self) -> None:
        """Give a queue to a dispatcher that leads fewer, one at a time."""
        surplus = self.leadership.surplus()
        if surplus is None:
            return
        if self._unfolded:
            self._fold()
        queue, other = surplus
        self.leadership.hand_over(queue, other)
        del self.windows[queue]
        logger.info("handed %s over to %s", queue, other)

    def _take_over(self, queues: Sequence[str]) -> None:
        """Learn what is out, then fold the logs to their ends: only then is it safe to release.

        All queues at once: round trips may be slow, and the lead of none waits for another's.
        """
        self._log.open(queues)
        self.windows |= self._windows_of(queues)
        self._fold_pending(queues)
        while events := self._log.read(queues, _BATCH, None):
            self._fold_now(events)
        self._limiting.open([self.windows[queue] for queue in queues])

    def _windows_of(self, queues: Sequence[str]) -> dict[str, Window]:
        """What is out, by leases and tickets, and by rows that run although Redis lost their leases: these count
        until they are stalled, so that nothing starts beside them."""
        held, tickets = rescue.leases_of(self._redis, queues), rescue.tickets_of(self._redis, queues)
        now = time.monotonic()
        out: dict[str, dict[str, Out]] = {queue: {} for queue in queues}
        for queue, uid, _ in active_runs(queues):
            out[queue][uid] = Out(now, started=True)
        for queue in queues:
            out[queue] |= {
                uid: Out(now, started=uid in held[queue]) for uid in (*held[queue], *tickets[queue])
            }
        return {queue: Window(queue, out[queue]) for queue in queues}

    def _fold_pending(self, queues: Iterable[str]) -> None:
        """What a leader read and did not fold."""
        cursors = dict.fromkeys(queues, "0")
        while events := self._log.read_pending(cursors, _BATCH):
            cursors = {event.queue: event.cursor for event in events}
            self._fold_now(events)

    def _fold_now(self, events: Sequence[Event]) -> None:
        self._note(events)
        self._fold()
        self.leadership.extend()

    def _recover(self) -> None:
        """After an outage: nothing in memory is trusted."""
        connection.close()
        self._publisher.close()
        self._redis.connection_pool.disconnect()
        self.leadership.forget()
        self.windows.clear()
        self._unfolded.clear()
        self._tick_at = 0.0
        self._calm_at = time.monotonic() + max(3.0, configuration.lease() / 3)

    def _make_room(self) -> None:
        """Redis is full and takes no lead: nobody would ever trim. What is folded may go, whoever leads."""
        try:
            seconds, _ = self._redis.time()
            self._log.trim(self._queues, seconds * 1000)
        except _OUTAGES as error:
            logger.warning("no room was made in Redis: %s", error)

    def _resign(self) -> None:
        try:
            if self._unfolded:
                self._fold()
            self.leadership.resign()
        except _OUTAGES as error:
            logger.warning("left without saying goodbye: %s", error)
        self._publisher.close()
        connection.close()

    # -- every half second -----------------------------------------------------------------------------

    def _tick(self, now: float) -> None:
        self._tick_at = now + _TICK
        roll = call_roll(self._redis)
        if self._epoch is not None and roll.epoch != self._epoch:
            self._start_over(now)
        self._epoch = roll.epoch
        self._limiting.tick(self.windows, roll.now_ms / 1000 - time.monotonic())
        self._breakers.refresh(self.windows)
        for window in self.windows.values():
            slots = roll.slots(window.queue)
            window.dirty = window.dirty or slots > window.slots
            window.slots = slots
            window.bundling = self._may_bundle(window, roll)
        if now >= self._poll_at:
            self._poll(now)
        self.leadership.extend()
        self._rescue(now, roll)
        self._pruner.work(self.windows)
        self._sampler.work(self.windows)
        if now >= self._tidy_at:
            self._tidy_at = now + 5.0
            self._tidy(roll.now_ms)
        if self.windows and now >= self._doctor_at:
            self._doctor_at = now + 60.0
            for finding in repair_flows():
                logger.warning(
                    "repaired the flow of %s: %s; now %s", finding.uid, finding.problem, finding.state
                )

    def _may_bundle(self, window: Window, roll: Roll) -> frozenset[str]:
        """Tasks whose jobs may share a message now: none of which each start is counted."""
        if not roll.bundles(window.queue):
            return frozenset()
        gate = window.gate
        if gate is None:
            return self._bundling
        return frozenset() if gate.rated else self._bundling - set(gate.task_rates)

    def _start_over(self, now: float) -> None:
        """Redis was emptied: wait for the workers to enter again what they run, then release what is owed."""
        logger.warning("Redis was emptied; releasing again what the database owes")
        self._log.open(list(self.windows))
        if self._unfolded:
            self._fold()  # the workers that these outcomes are of were told that they count
        self.windows = self._windows_of(list(self.windows))
        self._limiting.open(list(self.windows.values()))
        self._hold_until = now + min(3.0, configuration.lease())
        self._calm_at = max(self._calm_at, self._hold_until)

    def _poll(self, now: float) -> None:
        """Wake-ups may be lost; rows are not."""
        self._poll_at = now + 1.0
        for queue, waiting, due_in in outlook(list(self.windows)):
            window = self.windows[queue]
            window.dirty = window.dirty or waiting
            if due_in is not None:
                window.due_in(max(0.0, due_in))
        if self.windows:
            add_tallies(list(self.windows))
        self._follow()

    def _rescue(self, now: float, roll: Roll) -> None:
        held = rescue.leases_of(self._redis, self.windows)
        tickets = rescue.tickets_of(self._redis, self.windows)
        if now < self._calm_at:
            return
        rescue.stall_lost(self._redis, held, roll)
        self._cancellations.honour(held)
        if not self._unfolded:
            self._owed.stall(self._redis, held)
            self._unsettled.stall(list(self.windows))
        for queue, window in self.windows.items():
            rescue.reconcile(window, held[queue], tickets[queue])
            rescue.publish_again(self._redis, self._publisher, window, tickets[queue], roll)

    def _tidy(self, now_ms: int) -> None:
        before = now_ms - int(configuration.resume_window() * 1000)
        prune_windows()
        prune_answers()
        names = list(self.windows)
        if not self._unfolded and (left := self._log.with_pending(names)):
            self._fold_pending(left)  # a former leader woke up, read them, and is gone
        self._log.trim(names, before)
        leases.forget_withdrawn(self._redis, names)

    # -- releasing and folding -------------------------------------------------------------------------

    def _release_all(self) -> None:
        if time.monotonic() < self._hold_until:
            return
        for window in list(self.windows.values()):
            try:
                release(self._redis, self._publisher, window, self.leadership.identity, self._breakers)
            except LostLead:
                self.leadership.led.discard(window.queue)
                del self.windows[window.queue]

    def _wait(self, max_wait: float) -> float:
        now = time.monotonic()
        moments = [self._tick_at, now + self.leadership.renew_in, now + max_wait]
        moments += [window.next_due for window in self.windows.values() if window.next_due is not None]
        if self._unfolded:
            moments.append(self._fold_due)
        return max(0.0, min(moments) - now)

    def _read(self, wait: float) -> None:
        if not self.windows:
            time.sleep(min(wait, 0.25))
            return
        if self._unfolded and wait > 0 and any(window.dirty for window in self.windows.values()):
            time.sleep(min(wait, _GATHER))  # a backlog: fewer, larger reads cost less
            wait = 0.0
        block_ms = max(1, int(wait * 1000)) if wait > 0 else None
        try:
            events = self._log.read(list(self.windows), _BATCH, block_ms)
        except redis.ResponseError as error:
            if "NOGROUP" not in str(error):
                raise
            self._log.open(list(self.windows))
            return
        self._note(events)

    def _note(self, events: Sequence[Event]) -> None:
        """Remember what was read: free slots at once, fold soon."""
        if not events:
            return
        for event in events:
            window = self.windows[event.queue]
            if event.kind == "enqueued":
                window.dirty = True
            elif event.kind == "started":
                window.mark_started(event.uid, event.at_ms / 1000)
            elif event.is_outcome:
                self._limiting.heed(window, event)
                window.mark_ended(event.uid)
        now = time.monotonic()
        if not self._unfolded:
            busy = now - self._folded_at < 2 * _LINGER
            self._fold_due = now + _LINGER if busy else now
        self._unfolded += events

    def _fold(self) -> None:
        events, self._unfolded = self._unfolded, []
        folded = fold_surely(events)
        self._log.acknowledge(events)
        announce.folded(self._redis, events, folded)
        self._learn(events, folded)
        for parent in folded.hasty:
            cancel_children(parent.uid, "a sibling failed")
        if any(job.followed for job in folded.moved):
            self._follow()
        self._folded_at = time.monotonic()

    def _follow(self) -> None:
        """What follows was promised with the outcomes; whatever is left here is found by the next poll."""
        while self._follower.follow():
            pass

    def _learn(self, events: Sequence[Event], folded: Folded) -> None:
        for event in events:
            if event.is_outcome and event.queue in self.windows:
                self.windows[event.queue].forget(event.uid)
        for job in folded.moved:
            if job.queue in self.windows:
                _learn_from(self.windows[job.queue], job)
        self._breakers.observe(events, folded.moved, self.windows)
        for queue in folded.unblocked & set(self.windows):
            self.windows[queue].dirty = True
            self._poll_at = 0.0


def _learn_from(window: Window, job: Moved) -> None:
    if job.run_seconds is not None:
        window.record(job.run_seconds, job.task)
    if job.due_in is not None:
        window.due_in(job.due_in)
    elif job.state not in TERMINAL:
        window.dirty = True
