"""The numbers of each queue together, for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from jobs.queries.backlog import Backlog, backlogs
from jobs.queries.counts import counts_by_queue_and_state
from jobs.queries.pace import Pace, paces
from jobs.states import State


@dataclass(frozen=True)
class QueueStats:
    """One queue; `counts` has every state."""

    counts: dict[str, int]
    backlog: Backlog
    pace: Pace
    last_ended_at: datetime | None


def stats_of(queues: Sequence[str]) -> dict[str, QueueStats]:
    """The statistics of these queues."""
    counts = counts_by_queue_and_state()
    work, pace, last = backlogs(queues), paces(queues), last_ended(queues)
    none = dict.fromkeys((str(state) for state in State), 0)
    return {
        name: QueueStats(none | counts.get(name, {}), work[name], pace.get(name, Pace()), last.get(name))
        for name in queues
    }


def last_ended(queues: Sequence[str]) -> dict[str, datetime]:
    """When a job of each queue ended last; queues in which none did are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST_ENDED, [list(queues)])
        return dict(cursor.fetchall())


_LAST_ENDED = """
SELECT q.name, max(newest.finished_at)
FROM unnest(%s::text[]) AS q(name), unnest(ARRAY['completed', 'failed']) AS s(state), LATERAL (
    SELECT finished_at FROM jobs_job WHERE queue = q.name AND state = s.state ORDER BY id DESC LIMIT 1
) AS newest GROUP BY q.name
"""
