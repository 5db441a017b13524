"""Whether a queue needs attention, and why: a pure function over what is known of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True)
class Thresholds:
    """A queue is healthy below these counts, and above these shares; `minimum` jobs make a share.

    `alert_waiting` and `alert_failed`: above these an alert is raised, while the queue may still be healthy.
    `stuck_after`: seconds for which a run that tells no progress is trusted. `beyond_p99`: how many seconds
    longer than its task's p99 a run may take.
    """

    waiting: int = 1000
    failed: int = 100
    alert_waiting: int = 500
    alert_failed: int = 50
    stuck_after: float = 300.0
    beyond_p99: float = 300.0
    success_warning: float = 0.80
    success_critical: float = 0.50
    minimum: int = 10


@dataclass(frozen=True)
class Vitals:
    """What the judgement is made of. `success` is the share of `ended` jobs that completed."""

    waiting: int
    active: int
    dead: int
    slots: int
    led: bool
    ended: int
    success: float | None
    deaf: int = 0  # workers that live and receive nothing
    held_back: tuple[str, ...] = ()  # breakers that are not closed
    stuck: int = 0  # runs that tell no progress
    late: int = 0  # runs that take far longer than others of their task, or than their stale-after


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: a badge of a word or two, a sentence, and what to do."""

    level: Level
    badge: str
    sentence: str
    advice: str


def problems(vitals: Vitals, limits: Thresholds | None = None) -> list[Problem]:
    """Everything that is wrong with a queue, worst first."""
    found = [
        *_unattended(vitals),
        *_impaired(vitals),
        *_overdue(vitals, limits or Thresholds()),
        *_slow(vitals),
    ]
    return sorted(found, key=lambda problem: problem.level != Level.CRITICAL)


def _unattended(vitals: Vitals) -> Iterator[Problem]:
    if not vitals.led:
        yield Problem(
            Level.CRITICAL,
            "no dispatcher",
            "No dispatcher leads this queue.",
            "Start `manage.py dispatcher`.",
        )
    if vitals.waiting and not vitals.slots:
        yield Problem(
            Level.CRITICAL,
            "no worker",
            "Jobs wait and no worker serves this queue.",
            "Start `celery -A config worker -Q` with this queue.",
        )


def _impaired(vitals: Vitals) -> Iterator[Problem]:
    if vitals.deaf:
        yield Problem(
            Level.WARNING,
            "deaf worker",
            "A worker of this queue lives but receives nothing; it connects again, or exits to be restarted.",
            "If it stays so, see its log and the way to Redis.",
        )
    if vitals.held_back:
        yield Problem(
            Level.WARNING,
            "breaker open",
            f"Too many jobs failed; these breakers hold jobs back: {', '.join(vitals.held_back)}.",
            "They try again by themselves; see `manage.py queues breakers`.",
        )


def _overdue(vitals: Vitals, limits: Thresholds) -> Iterator[Problem]:
    if vitals.waiting >= limits.waiting:
        yield Problem(
            Level.WARNING,
            "long queue",
            f"{limits.waiting} jobs or more wait.",
            "Add workers, or look at what keeps these busy.",
        )
    if vitals.dead >= limits.failed:
        yield Problem(
            Level.WARNING,
            "many failed",
            f"{limits.failed} dead letters or more are open.",
            "Retry or discard them under Dead letters.",
        )
    share = vitals.success
    if share is not None and vitals.ended >= limits.minimum and share < limits.success_warning:
        critical = share < limits.success_critical
        yield Problem(
            Level.CRITICAL if critical else Level.WARNING,
            f"{share:.0%} succeed",
            f"Only {share:.0%} of the jobs that ended within an hour succeeded.",
            "See what they have in common under Dead letters.",
        )


def _slow(vitals: Vitals) -> Iterator[Problem]:
    if vitals.stuck:
        yield Problem(
            Level.WARNING,
            "stuck",
            f"{_runs(vitals.stuck)} for minutes and told no progress.",
            "Look at their logs under Jobs; cancel those that hang, or let the task tell its progress.",
        )
    if vitals.late:
        yield Problem(
            Level.WARNING,
            "slow",
            f"{_runs(vitals.late)} far longer than other runs of its task.",
            "See what they wait for; a time limit would end them.",
        )


def _runs(count: int) -> str:
    return "A job has run" if count == 1 else f"{count} jobs have each run"
