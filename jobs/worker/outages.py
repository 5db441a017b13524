"""When the platform's own PostgreSQL or Redis is away, job code fails for a reason that is not its own:
such a run waits without using an attempt."""

from django.db import InterfaceError, OperationalError, connections
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from jobs.errors import Snooze

_DELAY = 1.0  # seconds until the next look
# Connection exceptions (class 08) and shutdowns; https://www.postgresql.org/docs/current/errcodes-appendix.html
_AWAY = ("08", "57P01", "57P02", "57P03")


def excused(error: BaseException) -> BaseException:
    """The error that decides: a Snooze when a server of ours was away, else the error itself."""
    if isinstance(error, (OperationalError, InterfaceError)) and is_away(error):
        return Snooze(_DELAY, f"the database was away: {_first_line(error)}")
    if isinstance(error, (RedisConnectionError, RedisTimeoutError)):
        return Snooze(_DELAY, f"Redis was away: {_first_line(error)}")
    return error


def check_connections() -> None:
    """Drop database connections that broke in an earlier job; the next query opens a new one.

    One with an open transaction belongs to a test that runs the job in its own process.
    """
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def is_away(error: BaseException) -> bool:
    """A psycopg error without an SQLSTATE comes from the client: refused, reset, closed."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or str(state).startswith(_AWAY)


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
