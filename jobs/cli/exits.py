"""Exit codes, and which error ends with which."""

from enum import IntEnum

from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError

from jobs.errors import JobError, OptionRefused, StillRunning, Unavailable
from jobs.fence.connection import REDIS_ERRORS
from jobs.states import State


class Exit(IntEnum):
    """What a command's exit code says."""

    COMPLETED = 0
    FAILED = 1
    REFUSED = 2
    TIMED_OUT = 3
    CANCELLED = 4
    UNAVAILABLE = 5
    INTERRUPTED = 130


HELP = """exit codes:
  0    done; with --wait: the job completed
  1    the job failed, or the check found faults
  2    wrong usage, refused, not found; nothing was stored or changed
  3    --timeout passed before the job ended; it goes on
  4    the job was cancelled
  5    the database or Redis does not answer
  130  interrupted; a job that was waited for goes on"""

BY_STATE = {State.COMPLETED: Exit.COMPLETED, State.FAILED: Exit.FAILED, State.CANCELLED: Exit.CANCELLED}
EXPECTED = (JobError, DatabaseError, InterfaceError, *REDIS_ERRORS)

_OF_JOB_ERRORS: dict[type, Exit] = {Unavailable: Exit.UNAVAILABLE, StillRunning: Exit.TIMED_OUT}
_FLAGS = {
    "countdown": "--delay",
    "task": "NAME",
    "tags": "--tags",
    "priority": "--priority",
    "permissions": "--permissions",
}


def explain(error: Exception) -> tuple[str, Exit] | None:
    """A sentence and an exit code for an error that a user may cause or meet; None for a fault of ours."""
    if isinstance(error, OptionRefused):
        listed = (f"{_FLAGS.get(field, field)}: {problem}" for field, problem in error.fields.items())
        return "; ".join(listed), Exit.REFUSED
    if isinstance(error, JobError):
        return str(error), _OF_JOB_ERRORS.get(type(error), Exit.REFUSED)
    if isinstance(error, ProgrammingError) and "does not exist" in str(error):
        return f"The database lacks a table; run `manage.py migrate`. ({_first(error)})", Exit.UNAVAILABLE
    if isinstance(error, (OperationalError, InterfaceError)):
        return f"The database does not answer: {_first(error)}", Exit.UNAVAILABLE
    if isinstance(error, REDIS_ERRORS):
        return f"Redis does not answer: {_first(error)}", Exit.UNAVAILABLE
    return None


def _first(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
