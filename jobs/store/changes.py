"""A new priority or time for a job that has not started."""

from django.db import connection


def set_priority(uid: str, priority: int) -> None:
    """Write it, in the caller's transaction, which holds the row."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE jobs_job SET priority = %s WHERE uid = %s", [priority, uid])


def set_delay(uid: str, seconds: float) -> None:
    """The job may run in so many seconds, in the caller's transaction, which holds the row; 0 is now."""
    with connection.cursor() as cursor:
        cursor.execute(_DELAY, {"seconds": seconds, "uid": uid})


_DELAY = """
UPDATE jobs_job SET run_at = clock_timestamp() + make_interval(secs => %(seconds)s),
    state = CASE WHEN state = 'blocked' THEN 'blocked' WHEN %(seconds)s > 0 THEN 'delayed' ELSE 'waiting' END
WHERE uid = %(uid)s AND state IN ('waiting', 'delayed', 'blocked')
"""
