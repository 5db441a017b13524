"""The bookkeeping of walks."""

from enrichment.providers.solana.records import Page, Position, RawTransaction
from enrichment.services.wallets.stretch import ERA, Stretch, Walk, walks_wanted


def place(number: int) -> Position:
    """The transaction with this slot."""
    return Position(number, f"s{number}")


def page(*slots: int) -> Page:
    """A page of transactions by slot, newest first."""
    found = tuple(RawTransaction(f"s{slot}", slot, 0, 0, "", False, {}, (), {}, ()) for slot in slots)
    return Page(found, place(slots[-1]))


def test_the_first_walk_goes_down_from_the_tip_and_gives_falling_places() -> None:
    stretch = Stretch()
    assert walks_wanted(stretch, older=False) == [Walk.TAIL]
    assert stretch.bounds(Walk.TAIL) == (None, None)
    stretch = stretch.advanced(Walk.TAIL, page(9, 8)).advanced(Walk.TAIL, page(7))
    assert (stretch.top, stretch.bottom, stretch.complete) == (place(9), place(7), False)
    assert stretch.place_below(Walk.TAIL) == -4
    assert stretch.finished(Walk.TAIL).complete


def test_news_are_walked_from_the_tip_to_the_top_and_join_the_stretch_at_the_end() -> None:
    known = Stretch(place(9), place(1), complete=True, lowest_place=-9)
    assert walks_wanted(known, older=True) == [Walk.HEAD]
    assert known.bounds(Walk.HEAD) == (None, place(9))
    assert known.place_below(Walk.HEAD) == ERA - 1
    begun = known.advanced(Walk.HEAD, page(15, 14))
    assert begun.top == place(9)
    assert begun.place_below(Walk.HEAD) == ERA - 3
    done = begun.advanced(Walk.HEAD, page(12)).finished(Walk.HEAD)
    assert (done.top, done.bottom, done.head, done.era) == (place(15), place(1), None, 1)
    assert done.place_below(Walk.HEAD) == 2 * ERA - 1


def test_news_that_were_cut_off_are_finished_before_a_new_walk_begins() -> None:
    known = Stretch(place(9), place(1), complete=True)
    cut = known.advanced(Walk.HEAD, page(15, 14))
    assert walks_wanted(cut, older=True) == [Walk.HEAD, Walk.HEAD]
    assert cut.bounds(Walk.HEAD) == (place(14), place(9))
    assert cut.finished(Walk.HEAD).bounds(Walk.HEAD) == (None, place(15))


def test_older_transactions_are_walked_only_while_there_are_any() -> None:
    part = Stretch(place(9), place(5))
    assert walks_wanted(part, older=True) == [Walk.HEAD, Walk.TAIL]
    assert walks_wanted(part, older=False) == [Walk.HEAD]
    assert part.bounds(Walk.TAIL) == (place(5), None)


def test_beginning_anew_gives_places_above_all_before() -> None:
    known = Stretch(place(9), place(1), complete=True, lowest_place=-9, era=3)
    assert known.forgotten().place_below(Walk.TAIL) == 4 * ERA - 1
    assert known.forgotten().top is None
