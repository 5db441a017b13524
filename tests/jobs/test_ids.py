"""Ids: UUID version 7."""

import time
import uuid

from jobs.ids import new_id


def test_an_id_is_a_uuid_of_version_7_in_its_usual_form() -> None:
    for _ in range(200):
        text = new_id()
        parsed = uuid.UUID(text)
        assert str(parsed) == text
        assert text[14] == "7"
        assert parsed.variant == uuid.RFC_4122


def test_its_first_48_bits_are_the_milliseconds_of_its_making() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid.UUID(new_id()).int >> 80
    assert before <= made <= time.time_ns() // 1_000_000


def test_ids_of_different_milliseconds_sort_by_time_as_text() -> None:
    ids: list[str] = []
    moment = 0
    while len(ids) < 20:
        fresh = new_id()
        if uuid.UUID(fresh).int >> 80 > moment:
            moment = uuid.UUID(fresh).int >> 80
            ids.append(fresh)
    assert ids == sorted(ids)


def test_ids_of_one_millisecond_differ() -> None:
    assert len({new_id() for _ in range(10_000)}) == 10_000
