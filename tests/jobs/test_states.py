"""The one table of moves."""

import itertools
import re

import pytest

from jobs.states import LIVE, MOVES, TERMINAL, Move, State, diagram, legal

LEGAL = {
    "waiting": "active completed failed delayed waiting blocked cancelled",
    "delayed": "waiting cancelled failed",
    "blocked": "waiting delayed cancelled failed",
    "active": "completed failed delayed waiting blocked cancelled",
    "completed": "",
    "failed": "waiting",
    "cancelled": "waiting",
}


@pytest.mark.parametrize(("source", "target"), list(itertools.product(State, State)))
def test_exactly_these_moves_are_legal(source: State, target: State) -> None:
    assert legal(source, target) is (target in LEGAL[source].split())


def test_every_state_is_terminal_or_live_and_never_both() -> None:
    assert frozenset(State) == TERMINAL | LIVE
    assert not TERMINAL & LIVE
    assert {"completed", "failed", "cancelled"} == TERMINAL


def test_nothing_leaves_a_terminal_state_but_a_retry() -> None:
    leaving = {name for name, move in MOVES.items() if move.sources & TERMINAL}
    assert leaving == {"retry"}
    assert MOVES["retry"] == Move("retry", frozenset({State.FAILED, State.CANCELLED}), State.WAITING)


def test_a_completed_job_stays_completed() -> None:
    assert not any(State.COMPLETED in move.sources for move in MOVES.values())


def test_every_live_state_has_a_way_to_an_end_without_a_worker() -> None:
    for state in LIVE:
        assert legal(state, State.CANCELLED)


@pytest.mark.parametrize("state", list(State))
def test_every_state_is_reached_by_a_move(state: State) -> None:
    assert any(move.target is state for move in MOVES.values())


def test_moves_are_named_by_their_keys() -> None:
    assert all(name == move.name for name, move in MOVES.items())


def test_the_diagram_draws_every_move_once_and_every_end() -> None:
    lines = diagram().splitlines()
    assert lines[0] == "stateDiagram-v2"
    drawn = {match.groups() for line in lines if (match := re.fullmatch(r"    (\w+) --> (\w+): (\w+)", line))}
    table = {(source, move.target, move.name) for move in MOVES.values() for source in move.sources}
    assert drawn == table
    ends = [line for line in lines if line.endswith("--> [*]")]
    assert ends == ["    cancelled --> [*]", "    completed --> [*]", "    failed --> [*]"]
    assert len(lines) == 1 + len(table) + len(TERMINAL)
