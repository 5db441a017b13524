"""Priorities by rule: which job waits for whom when nobody said so.

A table of rules per task, the first that fits wins; then tags and presence move the job along the levels.
The rules themselves are declared in `config/priorities.py`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from jobs.priority import Priority

UP, DOWN = "urgent", "background"  # tags that move a job one level
_LEVELS = tuple(sorted(int(level) for level in Priority))


@dataclass(frozen=True)
class Case:
    """What rules look at: the payload by field, the tags, whether a person looks at the subject, the time."""

    payload: Mapping[str, Any]
    tags: Collection[str] = ()
    watched: bool = False
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


class Condition(Protocol):
    """Part of a rule."""

    def fits(self, case: Case) -> bool:
        """Whether the rule applies."""


@dataclass(frozen=True)
class Always:
    """Every job of the task."""

    def fits(self, case: Case) -> bool:
        """See `Condition`."""
        return True


@dataclass(frozen=True)
class Is:
    """A payload field has this value."""

    field: str
    value: Any = True

    def fits(self, case: Case) -> bool:
        """See `Condition`."""
        return bool(case.payload.get(self.field) == self.value)


@dataclass(frozen=True)
class AtMost:
    """A text in the payload has at most so many characters."""

    field: str
    characters: int

    def fits(self, case: Case) -> bool:
        """See `Condition`."""
        text = case.payload.get(self.field)
        return isinstance(text, str) and len(text) <= self.characters


@dataclass(frozen=True)
class YoungerThan:
    """A moment in the payload (ISO 8601, UTC unless it says otherwise) is less than so many seconds ago."""

    field: str
    seconds: float

    def fits(self, case: Case) -> bool:
        """See `Condition`."""
        moment = _moment(case.payload.get(self.field))
        return moment is not None and (case.now - moment).total_seconds() < self.seconds


@dataclass(frozen=True)
class Tagged:
    """The job carries this tag; a rule that fits by a tag has used it up."""

    tag: str

    def fits(self, case: Case) -> bool:
        """See `Condition`."""
        return self.tag in case.tags


@dataclass(frozen=True)
class Rule:
    """Jobs of `task` (its name without the module) that fit `when` have this priority."""

    task: str
    priority: int
    when: Condition = field(default_factory=Always)


def by_task(rules: Sequence[Rule]) -> dict[str, tuple[Rule, ...]]:
    """The rules of each task, in order."""
    return {task: tuple(r for r in rules if r.task == task) for task in {rule.task for rule in rules}}


def choose(rules: Sequence[Rule], default: int, case: Case) -> int:
    """The priority of a job whose caller gave none."""
    rule = next((rule for rule in rules if rule.when.fits(case)), None)
    used = rule.when.tag if rule is not None and isinstance(rule.when, Tagged) else None
    steps = (UP in case.tags and used != UP) - (DOWN in case.tags and used != DOWN) + case.watched
    return move(default if rule is None else int(rule.priority), steps)


def move(priority: int, steps: int) -> int:
    """So many levels up (or down, if negative); never above critical nor below maintenance."""
    for _ in range(abs(steps)):
        if steps > 0:
            priority = min((level for level in _LEVELS if level > priority), default=priority)
        else:
            priority = max((level for level in _LEVELS if level < priority), default=priority)
    return priority


def _moment(value: Any) -> datetime | None:
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
