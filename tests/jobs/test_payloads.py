"""Older payloads are brought up to date, step by step."""

from typing import Any

import pytest

from jobs.payloads import brought_up, stored_version, version_of


def _double(payload: dict[str, Any]) -> dict[str, Any]:
    return {"n": payload["n"] * 2}


def _add_one(payload: dict[str, Any]) -> dict[str, Any]:
    return {"n": payload["n"] + 1}


class Plain:
    """A task that never changed."""

    upcast = ()


class Once:
    """A task that changed once."""

    upcast = _double


class Twice:
    """A task that changed twice."""

    upcast = (_double, _add_one)


@pytest.mark.parametrize(("task", "version"), [(Plain(), 1), (Once(), 2), (Twice(), 3)])
def test_each_step_makes_a_version(task: Any, version: int) -> None:
    assert version_of(task) == version


@pytest.mark.parametrize(
    ("task", "version", "n"),
    [(Plain(), 1, 5), (Once(), 1, 10), (Once(), 2, 5), (Twice(), 1, 11), (Twice(), 2, 6), (Twice(), 3, 5)],
)
def test_only_the_steps_that_a_payload_has_not_seen_are_taken(task: Any, version: int, n: int) -> None:
    stored = {"n": 5}
    assert brought_up(task, stored, version) == {"n": n}
    assert stored == {"n": 5}


def test_a_payload_without_a_version_is_of_the_first() -> None:
    assert (stored_version({}), stored_version({"payload_version": 3})) == (1, 3)
