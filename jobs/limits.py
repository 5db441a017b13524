"""What a queue's limits allow right now: pure arithmetic over the starts that were seen.

A limit is kept for starts. What was released and has not started yet counts as if it started now, so that no
window of time ever holds more starts than it may.
"""

from collections import deque
from dataclasses import dataclass, field

from jobs.rates import Rate

NO_KEY = "-"  # what jobs count by whose payload does not name the queue's key


@dataclass(frozen=True)
class Limits:
    """What holds for a queue: its declaration, with what operators set over it.

    `rate` is for the queue, `rate_per_key` for each value of its key; with `burst` they are token buckets that
    hold so many tokens, else sliding windows. `ageing` is the seconds of waiting that count as one step of
    priority; None is off. `drain_to` is the last job (by row id) that may still start.
    """

    rate: Rate | None = None
    rate_per_key: Rate | None = None
    burst: int | None = None
    max_running: int | None = None
    max_running_per_key: int | None = None
    fair: bool = False
    ageing: float | None = None
    paused: bool = False
    drain_to: int | None = None

    @property
    def per_key(self) -> bool:
        """Whether jobs are chosen key by key."""
        return self.fair or self.rate_per_key is not None or self.max_running_per_key is not None

    @property
    def longest_window(self) -> float:
        """Seconds of history that deciding needs."""
        return max((rate.seconds for rate in (self.rate, self.rate_per_key) if rate), default=0.0)


@dataclass(frozen=True)
class Block:
    """Why nothing goes through: `kind` is paused, held, running or rate; `until` is seconds of Redis's clock."""

    kind: str
    limit: str = ""
    used: int | None = None
    until: float | None = None


@dataclass
class Meter:
    """One rate limit and the starts that it saw. Moments are seconds of one clock, of which none goes back."""

    rate: Rate
    burst: int | None = None
    starts: deque[float] = field(default_factory=deque)
    pending: int = 0  # released, not started yet
    _tokens: float | None = None
    _filled_at: float = 0.0

    def started(self, moment: float) -> None:
        """A job started at `moment`."""
        if self.burst is None:
            self.starts.append(moment)
            return
        self._fill(moment)
        self._tokens = (self._tokens or 0.0) - 1.0

    def allowance(self, now: float) -> int:
        """How many more jobs may start now."""
        if self.burst is None:
            while self.starts and self.starts[0] <= now - self.rate.seconds:
                self.starts.popleft()
            return max(0, self.rate.limit - len(self.starts) - self.pending)
        self._fill(now)
        return max(0, int((self._tokens or 0.0) + 1e-9) - self.pending)

    def next_at(self, now: float) -> float | None:
        """The moment from which one more may start; None while that waits for pending jobs to start."""
        if self.allowance(now):
            return now
        if self.burst is None:
            over = len(self.starts) + self.pending - self.rate.limit
            return self.starts[over] + self.rate.seconds if over < len(self.starts) else None
        missing = self.pending + 1 - (self._tokens or 0.0)
        return now + missing * self.rate.seconds / self.rate.limit

    def _fill(self, now: float) -> None:
        full = float(self.burst or 0)
        if self._tokens is None:
            self._tokens = full
        elif now > self._filled_at:
            gained = (now - self._filled_at) * self.rate.limit / self.rate.seconds
            self._tokens = min(full, self._tokens + gained)
        self._filled_at = max(now, self._filled_at)
