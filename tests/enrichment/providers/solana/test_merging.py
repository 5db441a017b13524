"""Several newest-first lists as one."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from enrichment.providers.solana.merging import AccountList, merged_slots
from enrichment.providers.solana.records import Position


@dataclass(frozen=True)
class Item:
    """A transaction by its number in the chain; two of them share a slot."""

    number: int

    @property
    def slot(self) -> int:
        return self.number // 2

    @property
    def signature(self) -> str:
        return str(self.number)


def listing(numbers: list[int], piece: int, until: Position | None = None) -> AccountList[Item]:
    """A list of these transactions that gives `piece` at a time."""
    newest_first = sorted(numbers, reverse=True)

    def lister(_: str, before: str | None) -> tuple[list[Item], bool]:
        below = [number for number in newest_first if before is None or number < int(before)]
        return [Item(number) for number in below[:piece]], len(below) < piece

    return AccountList("account", lister, None, until)


@given(st.lists(st.sets(st.integers(0, 60)), max_size=5), st.integers(1, 7))
def test_the_merge_holds_each_transaction_once_slot_by_slot(parts: list[set[int]], piece: int) -> None:
    everything = sorted(set().union(*parts), reverse=True)
    lists = [listing(everything, piece), *(listing(sorted(part), piece) for part in parts)]
    slots = list(merged_slots(lists))
    assert [item.number for slot in slots for item in slot] == everything
    assert all(len({item.slot for item in slot}) == 1 for slot in slots)


def test_transactions_of_one_slot_keep_the_order_of_every_list_that_knows_it() -> None:
    slots = merged_slots([listing([4], 3), listing([5, 4], 3)])
    assert [item.number for item in next(slots)] == [5, 4]


def test_a_list_ends_below_the_slot_of_until_and_gives_that_slot_whole() -> None:
    slots = merged_slots([listing(list(range(20)), 3, Position(6, "13"))])
    assert [item.number for slot in slots for item in slot] == [19, 18, 17, 16, 15, 14, 13, 12]
