"""A hint for PostgreSQL's planner: batches look rows up by index, one by one."""

from django.db import connection

_BY_INDEX = (
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
)


def look_up_by_index() -> None:
    """For the rest of the transaction. Statistics lag behind a table with a queue's churn, and a plan that
    reads the whole table once costs more than a thousand that look a hundred rows up."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_INDEX)
