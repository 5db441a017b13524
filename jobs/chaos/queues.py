"""The queues of a chaos run; settings add them when `JOBS_CHAOS` is set."""

from jobs.queues import Queue
from jobs.rates import parse_rate
from jobs.retry import Exponential

WORK = "jobs.chaos.work"  # the run's own task
_KEEP = 10_000_000
_SOON = Exponential(0.2, cap=2)

MAIN, POISON, KEYED, RATED, PAUSED = "chaos", "chaos-poison", "chaos-keyed", "chaos-rated", "chaos-paused"
PER_KEY = 1
RATE = parse_rate("30/s")

# Innocent jobs may lose several processes to the faults: only the poison queue gives up after three.
QUEUES = (
    Queue(MAIN, "chaos", backoff=_SOON, attempts=6, stalled_limit=50, keep_completed=_KEEP, keep_failed=_KEEP),
    Queue(POISON, "chaos", backoff=_SOON, attempts=6, stalled_limit=3, keep_completed=_KEEP, keep_failed=_KEEP),
    Queue(
        KEYED, "chaos", backoff=_SOON, attempts=6, stalled_limit=50, key="key", max_running_per_key=PER_KEY,
        keep_completed=_KEEP, keep_failed=_KEEP,
    ),
    Queue(
        RATED, "chaos", backoff=_SOON, attempts=6, stalled_limit=50, rate=RATE, keep_completed=_KEEP, keep_failed=_KEEP
    ),
    Queue(PAUSED, "chaos", backoff=_SOON, attempts=6, stalled_limit=50, keep_completed=_KEEP, keep_failed=_KEEP),
)  # fmt: skip
