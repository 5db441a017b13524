"""The names of everything in Redis. Braces keep a queue's keys together in a cluster."""

PREFIX = "millrace"

LEADER_PREFIX = f"{PREFIX}:leader:"
WORKERS = f"{PREFIX}:workers"  # hash: worker id -> what it announces, as JSON
HEARTBEATS = f"{PREFIX}:heartbeats"  # sorted set: worker id -> Redis time in ms at which it lapses
EPOCH = f"{PREFIX}:epoch"  # changes when Redis was emptied

DISPATCHERS = f"{PREFIX}:dispatchers"  # hash: dispatcher id -> `lapses_ms|what it says`

WATCHED = (
    f"{PREFIX}:watched"  # sorted set: subject that people look at -> Unix seconds until which that counts
)


def leader(queue: str) -> str:
    """Who leads the queue: a dispatcher's id, expiring."""
    return f"{LEADER_PREFIX}{queue}"


def tickets(queue: str) -> str:
    """Hash: job id -> ticket (`run:nonce:expires_ms`) that one claim may take."""
    return f"{PREFIX}:{{{queue}}}:tickets"


def running(queue: str) -> str:
    """Hash: job id -> lease (`run|nonce|worker|pid|since_ms|stale_at_ms`, then `|request` to cancel it, if any)."""
    return f"{PREFIX}:{{{queue}}}:running"


def withdrawn(queue: str) -> str:
    """Hash: job id -> `until_ms` or `until_ms:run`: until then (Redis time) no ticket, or none before that run."""
    return f"{PREFIX}:{{{queue}}}:withdrawn"


def ended(queue: str) -> str:
    """Hash: job id -> `run|nonce|event` of a run that ended and whose outcome is not in the row yet."""
    return f"{PREFIX}:{{{queue}}}:ended"


def paused(queue: str) -> str:
    """Flag: no ticket may be written. The rows of `QueueSettings` are the truth; the leader restores it."""
    return f"{PREFIX}:{{{queue}}}:paused"


def holds(queue: str) -> str:
    """Hash: limit key (empty for the queue) -> Redis time in ms until which a provider asked to wait."""
    return f"{PREFIX}:{{{queue}}}:holds"


def gate(queue: str) -> str:
    """What keeps jobs of the queue back, as JSON; written by its leader, expiring."""
    return f"{PREFIX}:{{{queue}}}:gate"


def events(queue: str) -> str:
    """Stream: what happened in the queue, in order."""
    return f"{PREFIX}:{{{queue}}}:events"


def fenced(queue: str) -> str:
    """Counter of outcomes that came after their lease was lost."""
    return f"{PREFIX}:{{{queue}}}:fenced"


def held_by(worker: str) -> str:
    """Hash: job id -> `queue|run|nonce|pid|since|stale` of what a worker is running, then a request as above."""
    return f"{PREFIX}:held:{worker}"


def circuit(breaker: str) -> str:
    """A circuit breaker's state, as JSON; a breaker of a dependency belongs to no one queue."""
    return f"{PREFIX}:breaker:{breaker}"


def folded(queue: str) -> str:
    """Pub/sub channel: the job ids that reached a terminal state, one message per batch."""
    return f"{PREFIX}:folded:{queue}"


def lock(key: str) -> str:
    """A lock between jobs: its holder's token, expiring."""
    return f"{PREFIX}:lock:{key}"


def lock_waiters(key: str) -> str:
    """Sorted set: ids of jobs that wait for the lock, by when they first tried."""
    return f"{PREFIX}:waiting:{key}"


def result(key: str) -> str:
    """A cached result as JSON, expiring."""
    return f"{PREFIX}:result:{key}"
