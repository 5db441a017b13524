"""The names of everything in Redis. Braces keep a queue's keys together in a cluster."""

PREFIX = "millrace"

LEADER_PREFIX = f"{PREFIX}:leader:"
WORKERS = f"{PREFIX}:workers"  # hash: worker id -> what it announces, as JSON
HEARTBEATS = f"{PREFIX}:heartbeats"  # sorted set: worker id -> Redis time in ms at which it lapses
EPOCH = f"{PREFIX}:epoch"  # changes when Redis was emptied

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
    """Hash: job id -> lease (`run|nonce|worker|pid|since_ms|stale_at_ms`)."""
    return f"{PREFIX}:{{{queue}}}:running"


def withdrawn(queue: str) -> str:
    """Hash: job id -> Redis time in ms until which no ticket may be written for it."""
    return f"{PREFIX}:{{{queue}}}:withdrawn"


def ended(queue: str) -> str:
    """Hash: job id -> `run|nonce|event` of a run that ended and whose outcome is not in the row yet."""
    return f"{PREFIX}:{{{queue}}}:ended"


def events(queue: str) -> str:
    """Stream: what happened in the queue, in order."""
    return f"{PREFIX}:{{{queue}}}:events"


def fenced(queue: str) -> str:
    """Counter of outcomes that came after their lease was lost."""
    return f"{PREFIX}:{{{queue}}}:fenced"


def held_by(worker: str) -> str:
    """Hash: job id -> `queue|run|nonce|pid|since|stale` of what a worker is running."""
    return f"{PREFIX}:held:{worker}"


def folded(queue: str) -> str:
    """Pub/sub channel: the job ids that reached a terminal state, one message per batch."""
    return f"{PREFIX}:folded:{queue}"
