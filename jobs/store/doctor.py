"""Flows that wait for what cannot come: found and repaired.

None of it happens by the platform's own hand; rows deleted by hand or restored from a backup do it.
"""

from dataclasses import dataclass

from django.db import connection, transaction

from jobs.store.dependencies import count_down
from jobs.store.parents import tell_parents


@dataclass(frozen=True)
class Finding:
    """A blocked job, what was wrong with it and what became of it: its state now."""

    uid: str
    problem: str
    state: str


def repair_flows() -> list[Finding]:
    """Count down children that ended or are gone, then make counters agree with the edges; safe at any time."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_UNCOUNTED)
        uncounted = cursor.fetchall()
        moved = count_down([(child, well) for child, well, _ in uncounted])
        missing = sum(gone for _, _, gone in uncounted)
        problem = (
            f"{missing} of the jobs that it waited for are gone"
            if missing
            else "a child's end was not counted"
        )
        findings = [Finding(parent.uid, problem, parent.state) for parent in moved]
        cursor.execute(_RECOUNT)
        recounted = cursor.fetchall()
        tell_parents(moved)
        return findings + [
            Finding(uid, "the counter disagreed with its children", state) for uid, state in recounted
        ]


_UNCOUNTED = """
SELECT DISTINCT d.child_id, coalesce(c.state = 'completed', false), c.id IS NULL
FROM jobs_job p JOIN jobs_dependency d ON d.parent_id = p.id AND NOT d.done
LEFT JOIN jobs_job c ON c.id = d.child_id
WHERE p.state = 'blocked' AND (c.id IS NULL OR c.finished_at IS NOT NULL)
"""

# A row that a fold holds is left to that fold, and to the next look.
_RECOUNT = """
WITH held AS (
    SELECT id, pending_children FROM jobs_job
    WHERE state = 'blocked' AND NOT coalesce(canvas @> '{"replaced": true}', false) FOR UPDATE SKIP LOCKED
), counted AS (
    SELECT h.id, count(d.id) AS pending FROM held h
    LEFT JOIN jobs_dependency d ON d.parent_id = h.id AND NOT d.done GROUP BY h.id
)
UPDATE jobs_job p SET pending_children = c.pending,
    state = CASE WHEN c.pending > 0 THEN 'blocked' WHEN p.run_at > clock_timestamp() THEN 'delayed' ELSE 'waiting' END
FROM counted c WHERE p.id = c.id AND (p.pending_children <> c.pending OR c.pending = 0)
RETURNING p.uid, p.state
"""
