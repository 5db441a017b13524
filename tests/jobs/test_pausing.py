"""What a pause waits for before it is acknowledged."""

import threading
import time

import pytest

from jobs import control
from jobs.fence import keys, leases
from jobs.fence.connection import client
from jobs.fence.leases import Lease, Ticket

pytestmark = pytest.mark.django_db(transaction=True)
LEASE = Lease("job", "quick", 1, "nonce", "w1@test#1", 1)


def _claim() -> None:
    """As a worker does it for a job of a bundle that has not begun."""
    client().flushall()
    ticket = Ticket(1, LEASE.nonce)
    client().hset(keys.tickets("quick"), "job", str(ticket))
    assert leases.claim(client(), LEASE, ticket, None)[0] == "claimed"


def _pause() -> float:
    began = time.monotonic()
    control.pause("quick", "the tests")
    return time.monotonic() - began


def test_what_was_claimed_a_moment_ago_may_begin_before_a_pause_is_acknowledged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(control, "_AHEAD", 0.5)
    _claim()
    _pause()
    age = leases.youngest(client(), ["quick"])
    assert age is not None
    assert age >= 0.5


def test_a_pause_does_not_wait_for_what_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _claim()
    monkeypatch.setattr(control, "_AHEAD", 20.0)
    threading.Timer(0.05, lambda: leases.finish(client(), LEASE, "completed", "{}")).start()
    assert _pause() < 10
    assert leases.youngest(client(), ["quick"]) is None
