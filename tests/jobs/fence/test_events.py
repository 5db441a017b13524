"""Entries of the log as values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.fence.events import OUTCOMES, Event, MalformedEvent, parse, rounds

FIELDS = st.dictionaries(st.sampled_from(["e", "j", "r", "t", "s", "w", "d", "x"]), st.text(), max_size=8)


def test_an_outcome_has_everything() -> None:
    fields = {"e": "completed", "j": "u", "r": "3", "t": "2000", "s": "1000", "d": '{"result": "1"}'}
    event = parse("quick", "5-1", fields)
    assert event == Event("quick", "5-1", "completed", "u", 3, 2000, 1000, "", {"result": "1"})
    assert event.is_outcome


def test_a_wake_up_has_nothing_but_its_kind() -> None:
    assert parse("quick", "5-1", {"e": "enqueued"}) == Event("quick", "5-1", "enqueued")


def test_times_may_be_written_as_lua_writes_numbers() -> None:
    assert parse("q", "1-0", {"e": "started", "t": "1.7e12", "w": "w1"}).at_ms == 1_700_000_000_000


@pytest.mark.parametrize(
    "kind", ["completed", "retried", "snoozed", "failed", "stalled", "cancelled", "expired"]
)
def test_outcomes_end_a_run(kind: str) -> None:
    assert Event("q", "1-0", kind).is_outcome


@pytest.mark.parametrize("kind", ["enqueued", "started", "progress", "log", "malformed", "trimmed"])
def test_nothing_else_does(kind: str) -> None:
    assert not Event("q", "1-0", kind).is_outcome


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"j": "u"},
        {"e": "started", "r": "one"},
        {"e": "started", "r": "-1"},
        {"e": "started", "r": str(2**31)},
        {"e": "started", "t": "nan"},
        {"e": "started", "t": "inf"},
        {"e": "started", "t": "1e300"},
        {"e": "completed", "s": "-1"},
        {"e": "completed", "d": "no json"},
        {"e": "completed", "d": "[1]"},
        {"e": "completed", "d": "null"},
        {"e": "completed", "d": "[" * 100_000},
    ],
)
def test_what_makes_no_sense_is_malformed_and_says_where(fields: dict[str, str]) -> None:
    with pytest.raises(MalformedEvent, match="quick 7-2: "):
        parse("quick", "7-2", fields)


def test_numbers_that_json_does_not_have_become_nothing() -> None:
    assert parse("q", "1-0", {"e": "progress", "d": '{"fraction": NaN}'}).data == {"fraction": None}


@given(FIELDS)
def test_no_entry_raises_anything_else(fields: dict[str, str]) -> None:
    try:
        event = parse("q", "1-0", fields)
    except MalformedEvent:
        return
    assert event.kind == fields["e"]


EVENTS = st.lists(
    st.builds(
        Event,
        st.just("q"),
        st.just(""),
        st.sampled_from([*sorted(OUTCOMES), "started", "progress", "log"]),
        st.sampled_from(["a", "b", "c"]),
        st.integers(1, 3),
    ),
    max_size=20,
)


@given(EVENTS)
def test_no_round_has_two_outcomes_of_a_job_or_anything_after_one(events: list[Event]) -> None:
    for part in rounds(events):
        ended: set[str] = set()
        for event in part:
            assert event.uid not in ended
            if event.is_outcome:
                ended.add(event.uid)


@given(EVENTS)
def test_rounds_keep_every_event_and_the_order_within_each_job(events: list[Event]) -> None:
    flat = [event for part in rounds(events) for event in part]
    for uid in "abc":
        assert [e for e in flat if e.uid == uid] == [e for e in events if e.uid == uid]
    assert len(flat) == len(events)


@given(EVENTS)
def test_there_are_no_more_rounds_than_needed(events: list[Event]) -> None:
    outcomes = [sum(e.is_outcome for e in events if e.uid == uid) for uid in "abc"]
    assert len(rounds(events)) <= max(outcomes) + 1
    assert [] not in rounds(events)
