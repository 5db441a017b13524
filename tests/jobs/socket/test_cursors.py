"""Places in a log, and when something between a place and the log's content is lost."""

import pytest

from jobs.socket.cursors import START, Cursor, Extent

A, B, C = Cursor(100), Cursor(200), Cursor(300)


def test_cursors_are_ordered_as_numbers_and_survive_being_text() -> None:
    assert Cursor.parse("9-2") < Cursor.parse("9-10") < Cursor.parse("10")
    assert str(Cursor.parse("1700-3")) == "1700-3"
    assert Cursor(5, 1).before() == Cursor(5, 0)
    assert Cursor(5).before() == Cursor(4, 2**64 - 1)
    assert START.before() == START


@pytest.mark.parametrize("text", ["", "$", "-", "1-", "a-b", "1-2-3", "99999999999999999999-0", "-1"])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no cursor"):
        Cursor.parse(text)


@pytest.mark.parametrize(
    ("extent", "after", "lost"),
    [
        (Extent(), START, False),  # nothing ever happened
        (Extent(), A, True),  # something had happened: the log was emptied
        (Extent(None, C, added=3, length=0), C, False),  # all trimmed, all heard
        (Extent(None, C, added=3, length=0), B, True),
        (Extent(None, C, added=3, length=0), START, True),
        (Extent(A, C, added=3, length=3), START, False),  # from the beginning, and nothing is trimmed
        (Extent(B, C, added=3, length=2), START, True),
        (Extent(A, C, added=3, length=3), B, False),
        (Extent(B, C, added=3, length=2), A, True),
        (Extent(B, C, added=2, length=2), A, True),  # the log began anew after A
        (Extent(A, B, added=2, length=2), C, True),  # a place in the future: the log is another one
        (Extent(A, C, added=3, length=3), C, False),
    ],
)
def test_loss_is_seen_from_what_the_log_holds(extent: Extent, after: Cursor, lost: bool) -> None:
    assert extent.lost_after(after) is lost
