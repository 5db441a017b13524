"""How many tokens are asked for at a time, and which of them at once: pure decisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Hint(StrEnum):
    """How much there is to do: decides the size of batches."""

    SMALL = "small"
    LARGE = "large"
    MASSIVE = "massive"


class Strategy(StrEnum):
    """SYNC: all within the job. BACKGROUND: all in jobs of its own. HYBRID: the first batch within the job."""

    SYNC = "sync"
    BACKGROUND = "background"
    HYBRID = "hybrid"


class Context(StrEnum):
    """What the data is for: decides how old it may be."""

    DASHBOARD = "dashboard"
    SIMILARITY = "similarity"
    MANUAL = "manual"


# Tokens in one batch: what is stored together, and what is lost together when a provider fails. One request
# to DexScreener takes 30 of them.
BATCH = {Hint.SMALL: 30, Hint.LARGE: 150, Hint.MASSIVE: 600}
_SMALL_UP_TO, _LARGE_UP_TO = 100, 2_000  # tokens
# Seconds for which what is stored will do.
MOST_AGE = {Context.DASHBOARD: 300, Context.SIMILARITY: 3600, Context.MANUAL: 0}


@dataclass(frozen=True)
class Plan:
    """Batches of mints: those that are worked off within the job, and those left to jobs of their own."""

    hint: Hint
    now: tuple[tuple[str, ...], ...]
    later: tuple[tuple[str, ...], ...]


def plan(mints: Sequence[str], strategy: Strategy, hint: Hint | None) -> Plan:
    """How the mints are worked off; without a hint their number decides. The order is kept."""
    chosen = hint or _by_number(len(mints))
    size = BATCH[chosen]
    batches = tuple(tuple(mints[start : start + size]) for start in range(0, len(mints), size))
    inside = {Strategy.SYNC: len(batches), Strategy.BACKGROUND: 0, Strategy.HYBRID: 1}[strategy]
    return Plan(chosen, batches[:inside], batches[inside:])


def _by_number(tokens: int) -> Hint:
    if tokens <= _SMALL_UP_TO:
        return Hint.SMALL
    return Hint.LARGE if tokens <= _LARGE_UP_TO else Hint.MASSIVE
