"""The platform's settings, read once from Django's: `JOBS_*` names, with their defaults."""

from collections.abc import Mapping
from functools import cache

from django.conf import settings

from jobs.breaker import Breaker
from jobs.health import Thresholds
from jobs.priority_rules import Rule, by_task
from jobs.queues import QueueBook

PAYLOAD_LIMIT = 1024 * 1024  # bytes of a job's arguments as JSON
INLINE_RESULT_LIMIT = 64 * 1024  # bytes of a result that travels in the event log


@cache
def queue_book() -> QueueBook:
    """Every queue, as `config/queues.py` declares them."""
    return QueueBook(settings.JOBS_QUEUES, settings.JOBS_DEFAULT_QUEUE)


def dependencies() -> Mapping[str, Breaker]:
    """The outside services that tasks may name in `relies_on`, each with its breaker."""
    found: Mapping[str, Breaker] = getattr(settings, "JOBS_DEPENDENCIES", {})
    return found


@cache
def priority_rules() -> dict[str, tuple[Rule, ...]]:
    """The rules of each task, as `config/priorities.py` declares them."""
    return by_task(getattr(settings, "JOBS_PRIORITY_RULES", ()))


def lease() -> float:
    """Seconds without a heartbeat after which a worker counts as dead."""
    return float(getattr(settings, "JOBS_LEASE", 30.0))


def proof_every() -> float:
    """Seconds of silence after which a worker proves that it consumes; it has as long for each answer."""
    return float(getattr(settings, "JOBS_PROOF_EVERY", 10.0))


def autoscale_load() -> float:
    """Load average per core above which a worker's pool does not grow."""
    return float(getattr(settings, "JOBS_AUTOSCALE_LOAD", 1.5))


def leader_lease() -> float:
    """Seconds after which a silent dispatcher loses its queues."""
    return float(getattr(settings, "JOBS_LEADER_LEASE", 4.0))


def resume_window() -> float:
    """Seconds for which folded events stay in the log, for browsers that reconnect."""
    return float(getattr(settings, "JOBS_RESUME_WINDOW", 900.0))


def retention_grace() -> float:
    """Seconds for which a finished job is kept even when its queue keeps fewer."""
    return float(getattr(settings, "JOBS_RETENTION_GRACE", 600.0))


def health_thresholds() -> Thresholds:
    """Where health ends."""
    found: Thresholds = getattr(settings, "JOBS_HEALTH", Thresholds())
    return found
