"""When a queue needs attention."""

from dataclasses import replace

import pytest

from jobs.health import Level, Vitals, problems

WELL = Vitals(waiting=0, active=0, dead=0, slots=2, led=True, ended=100, success=1.0)


@pytest.mark.parametrize(
    ("change", "badges"),
    [
        ({}, []),
        ({"waiting": 999}, []),
        ({"waiting": 1000}, ["long queue"]),
        ({"dead": 99}, []),
        ({"dead": 100}, ["many failed"]),
        ({"stuck": 1}, ["stuck"]),
        ({"late": 2}, ["slow"]),
        ({"success": 0.80}, []),
        ({"success": 0.79}, ["79% succeed"]),
        ({"success": 0.10, "ended": 9}, []),
        ({"success": None, "ended": 0}, []),
        ({"slots": 0}, []),
        ({"slots": 0, "waiting": 1}, ["no worker"]),
        ({"led": False}, ["no dispatcher"]),
        ({"waiting": 1000, "led": False}, ["no dispatcher", "long queue"]),
    ],
)
def test_what_is_wrong(change: dict[str, object], badges: list[str]) -> None:
    assert [problem.badge for problem in problems(replace(WELL, **change))] == badges  # type: ignore[arg-type]  # a table of mixed changes


@pytest.mark.parametrize(
    ("success", "level"), [(0.79, Level.WARNING), (0.50, Level.WARNING), (0.49, Level.CRITICAL)]
)
def test_how_bad_a_failure_share_is(success: float, level: Level) -> None:
    assert [problem.level for problem in problems(replace(WELL, success=success))] == [level]


def test_deaf_workers_and_open_breakers_are_warnings() -> None:
    found = problems(replace(WELL, deaf=1, held_back=("coingecko",)))
    assert [(problem.level, problem.badge) for problem in found] == [
        (Level.WARNING, "deaf worker"),
        (Level.WARNING, "breaker open"),
    ]
    assert "coingecko" in found[1].sentence
