"""What is told about an entry of the event log."""

from datetime import UTC, datetime

from jobs.fence.events import Event
from jobs.queries.details import Facts
from jobs.socket.cursors import Cursor
from jobs.socket.messages import of_event

FACTS = Facts("j", "c", datetime(2026, 1, 1, tzinfo=UTC), None, "failed", runs=3, attempt=1, max_attempts=4)


def _entry(kind: str) -> Event:
    return Event("sync", "1700000000000-0", kind, uid="j", run=3, data={"reason": "stalled too often"})


def test_a_client_cut_off_between_two_messages_of_one_entry_is_told_the_second() -> None:
    stalled, failed = of_event(_entry("stalled"), FACTS)
    assert (stalled["type"], failed["type"]) == ("job.stalled", "job.failed")
    assert Cursor.parse(stalled["cursor"]) < Cursor.parse("1700000000000-0")
    assert failed["cursor"] == "1700000000000-0"


def test_a_single_message_has_the_cursor_of_its_entry() -> None:
    (message,) = of_event(_entry("started"), FACTS)
    assert message["cursor"] == "1700000000000-0"
    assert message["timestamp"] == "2023-11-14T22:13:20.000Z"


def test_entries_without_a_job_are_no_news() -> None:
    assert of_event(Event("sync", "1-0", "started"), None) == []
    assert of_event(Event("sync", "1-0", "unheard of", uid="j"), None) == []
