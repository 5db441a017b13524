"""The states of a job and the one table of moves between them.

Every write to a job names the move it makes; the store turns it into an `UPDATE` guarded by the states
that the move may start from, so that an illegal move changes nothing.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a job is. `completed`, `failed` and `cancelled` are terminal."""

    WAITING = "waiting"
    DELAYED = "delayed"
    BLOCKED = "blocked"
    ACTIVE = "active"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


TERMINAL = frozenset({State.COMPLETED, State.FAILED, State.CANCELLED})
LIVE = frozenset(State) - TERMINAL


@dataclass(frozen=True)
class Move:
    """A named transition: it may start from any of `sources` and ends in `target`."""

    name: str
    sources: frozenset[State]
    target: State


def _move(name: str, sources: str, target: State) -> Move:
    return Move(name, frozenset(State(source) for source in sources.split()), target)


# An attempt may end before its start was folded: `finish` moves therefore also start from `waiting`,
# guarded by the run number that the row expects next.
MOVES = {
    move.name: move
    for move in (
        _move("start", "waiting", State.ACTIVE),
        _move("complete", "waiting active", State.COMPLETED),
        _move("fail", "waiting active", State.FAILED),
        _move("postpone", "waiting active", State.DELAYED),
        _move("release_again", "waiting active", State.WAITING),
        _move("replace", "waiting active", State.BLOCKED),  # until the job that takes its place is inserted
        _move("promote", "delayed", State.WAITING),
        _move("unblock", "blocked", State.WAITING),
        _move("unblock_later", "blocked", State.DELAYED),
        _move("delay", "waiting", State.DELAYED),
        _move("cancel", "waiting delayed blocked active", State.CANCELLED),
        _move("expire", "waiting delayed blocked", State.CANCELLED),
        _move("fail_unstarted", "waiting delayed blocked", State.FAILED),
        _move("retry", "failed cancelled", State.WAITING),
    )
}


def legal(source: State, target: State) -> bool:
    """Whether any move leads from `source` to `target`."""
    return any(source in move.sources and move.target is target for move in MOVES.values())


def diagram() -> str:
    """The table as a Mermaid state diagram, for the reference documentation."""
    lines = ["stateDiagram-v2"]
    for move in MOVES.values():
        lines += [f"    {source} --> {move.target}: {move.name}" for source in sorted(move.sources)]
    lines += [f"    {state} --> [*]" for state in sorted(TERMINAL)]
    return "\n".join(lines)
