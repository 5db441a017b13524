"""One job behind another: it may run when that one has ended, however it ended."""

from django.db import connection


def run_after(uid: str, earlier: str) -> bool:
    """Block a job of the caller's own transaction until another one ends; False when that has ended."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [earlier])
        row = cursor.fetchone()
        if row is None:
            return False
        cursor.execute(_ADD, [row[0], uid])
        cursor.execute(_HOLD, [uid])
    return True


_LOCK = """
SELECT id FROM jobs_job WHERE uid = %s AND state NOT IN ('completed', 'failed', 'cancelled') FOR UPDATE
"""

_ADD = """
INSERT INTO jobs_dependency (parent_id, child_id, done, regardless)
SELECT id, %s, false, true FROM jobs_job WHERE uid = %s
"""

_HOLD = "UPDATE jobs_job SET state = 'blocked', pending_children = pending_children + 1 WHERE uid = %s"
