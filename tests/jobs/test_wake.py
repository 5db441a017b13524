"""What is appended to a queue's log beside the runs."""

import time

import pytest

from jobs import wake
from jobs.fence import keys
from jobs.fence.connection import client


def test_an_operators_act_is_told_although_redis_was_away_a_moment_ago(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wake, "_quiet_until", time.monotonic() + 60)
    log = keys.events("quick")
    before = client().xlen(log)
    wake.wake(["quick"])
    assert client().xlen(log) == before
    wake.tell("quick", "withdrawn", "j", {"reason": "not today"})
    assert client().xlen(log) == before + 1
