"""The product with its monitoring taken out, to measure what that costs: imported where BENCH_MONITORING=0.

There is no such switch in the product: counters that can be off are counters that are wrong.
"""

import re

from jobs.dispatcher import fold, loop
from jobs.store import insert


def _nothing(*_: object) -> None:
    """In the place of what counts."""


class _Batch:
    def __init__(self, _now: float) -> None:
        self.write = _nothing


class _Sampler:
    def __init__(self, _client: object) -> None:
        self.work = _nothing


def take_out() -> None:
    """Count nothing in the fold, at the enqueue and in the dispatcher's rounds; sample nothing."""
    vars(fold).update(count_started=_nothing, count_ended=_nothing, Batch=_Batch)
    vars(loop).update(add_tallies=_nothing, Sampler=_Sampler)
    for name in ("_INSERT_ONE", "_INSERT_MANY"):
        statement = getattr(insert, name)
        uncounted = re.sub(
            r", counted AS \(INSERT INTO jobs_tally .*\) (?=SELECT uid FROM created$)", " ", statement
        )
        if uncounted == statement:
            raise RuntimeError(f"{name} does not count as this bench thinks it does")
        setattr(insert, name, uncounted)


take_out()
