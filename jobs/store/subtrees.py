"""A parent and the jobs that it waits for, cancelled together."""

from contextlib import suppress

from django.db import connection

from jobs.errors import IllegalMove
from jobs.store import moves


def cancel_tree(uid: str, reason: str = "cancelled") -> int:
    """Cancel a job and what it waits for, as far as it has not started; answers how many were cancelled.

    The parent goes first, so that it is cancelled rather than failed by its children. A child that another
    live job waits for stays. IllegalMove when the job itself runs or ended.
    """
    moves.cancel(uid, reason)
    return 1 + cancel_children(uid, reason)


def cancel_children(parent_uid: str, reason: str) -> int:
    """Cancel the children of a parent that ended, and theirs, as far as they have not started."""
    with connection.cursor() as cursor:
        cursor.execute(_CANCELLABLE, [parent_uid])
        children = [uid for (uid,) in cursor.fetchall()]
    cancelled = 0
    for uid in children:
        with suppress(IllegalMove):  # it has just started or ended
            cancelled += cancel_tree(uid, reason)
    return cancelled


_CANCELLABLE = """
SELECT c.uid FROM jobs_job p JOIN jobs_dependency d ON d.parent_id = p.id JOIN jobs_job c ON c.id = d.child_id
WHERE p.uid = %s AND c.state IN ('waiting', 'delayed', 'blocked') AND NOT EXISTS (
    SELECT 1 FROM jobs_dependency o JOIN jobs_job q ON q.id = o.parent_id
    WHERE o.child_id = c.id AND q.finished_at IS NULL)
"""
