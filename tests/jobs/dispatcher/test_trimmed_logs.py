"""When a log is folded up to a moment, although somebody removed entries that were never read."""

import pytest

from jobs.dispatcher.log import GROUP, Log
from jobs.fence import keys
from jobs.fence.connection import client

QUEUE = "quick"
STREAM = keys.events(QUEUE)


@pytest.fixture
def log() -> Log:
    """An empty log of a Redis that was emptied."""
    client().flushall()
    made = Log(client())
    made.open([QUEUE])
    return made


def written(count: int) -> str:
    """Entries, and the cursor of the last."""
    return [str(client().xadd(STREAM, {"e": "log", "j": "u"})) for _ in range(count)][-1]


def test_entries_that_nobody_read_are_not_folded(log: Log) -> None:
    upto = written(3)
    assert not log.is_folded(QUEUE, upto)
    events = log.read([QUEUE], 10, None)
    assert not log.is_folded(QUEUE, upto)
    log.acknowledge(events)
    assert log.is_folded(QUEUE, upto)


def test_entries_that_are_gone_are_not_waited_for(log: Log) -> None:
    upto = written(3)
    client().xtrim(STREAM, maxlen=0)
    assert log.read([QUEUE], 10, None) == []
    assert log.is_folded(QUEUE, upto)


def test_of_a_trimmed_log_what_is_left_is_waited_for(log: Log) -> None:
    written(2)
    upto = written(1)
    client().xtrim(STREAM, maxlen=1)
    assert not log.is_folded(QUEUE, upto)
    log.acknowledge(log.read([QUEUE], 10, None))
    assert log.is_folded(QUEUE, upto)


def test_what_was_read_and_then_removed_is_waited_for_until_it_is_acknowledged(log: Log) -> None:
    upto = written(2)
    events = log.read([QUEUE], 10, None)
    client().xtrim(STREAM, maxlen=0)
    assert not log.is_folded(QUEUE, upto)
    log.acknowledge(events)
    assert log.is_folded(QUEUE, upto)
    assert client().xpending(STREAM, GROUP)["pending"] == 0
