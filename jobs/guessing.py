"""Wrong passwords and wrong tokens, counted in Redis for all web processes together.

While Redis is away nobody is counted and nobody turned down.
"""

from jobs.fence import keys
from jobs.fence.connection import REDIS_ERRORS, client

WINDOW = 60  # seconds from the first wrong try


def guessed_too_often(what: str, limit: int) -> bool:
    """Whether as many wrong tries at this as a minute may have were counted."""
    try:
        return int(client(timeout=1.0).get(_key(what)) or 0) >= limit
    except REDIS_ERRORS:
        return False


def note_wrong_guess(what: str) -> None:
    """Count one."""
    try:
        pipeline = client(timeout=1.0).pipeline(transaction=False)
        pipeline.incr(_key(what))
        pipeline.expire(_key(what), WINDOW, nx=True)
        pipeline.execute()
    except REDIS_ERRORS:
        pass  # see the module


def _key(what: str) -> str:
    return f"{keys.PREFIX}:tries:{what}"
