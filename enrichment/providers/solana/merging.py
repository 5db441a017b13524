"""Several newest-first lists of transactions as one, each transaction once.

A list that is asked for piece by piece tells the order within itself; lists together do not tell the order
of transactions of one slot that no list holds together. So the merge never splits a slot.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from enrichment.providers.solana.records import Position


class Listed(Protocol):
    """What a list holds."""

    @property
    def signature(self) -> str: ...

    @property
    def slot(self) -> int: ...


Item = TypeVar("Item", bound=Listed)
Piece = tuple[list[Item], bool]  # items, newest first, and whether the list ends with them
Lister = Callable[[str, str | None], Piece[Item]]  # account, before signature: the next piece


@dataclass
class AccountList(Generic[Item]):
    """What one account's list has still to give, read ahead by one piece."""

    account: str
    lister: Lister[Item]
    before: str | None
    until: Position | None

    def __post_init__(self) -> None:
        self._ahead: list[Item] = []
        self._ended = False

    def head(self) -> Item | None:
        """The next item; None at the end, which is what lies below the slot of `until`."""
        if not self._ahead and not self._ended:
            self.take_in(self.lister(self.account, self.before))
        if self._ahead and self.until and self._ahead[0].slot < self.until.slot:
            self._ahead, self._ended = [], True
        return self._ahead[0] if self._ahead else None

    def take_in(self, piece: Piece[Item]) -> None:
        """The next piece of the list, for one that has nothing ahead."""
        self._ahead, last = piece
        self._ended = last or not self._ahead
        if self._ahead:
            self.before = self._ahead[-1].signature

    def take_slot(self, slot: int) -> list[Item]:
        """The items of a slot, if the head is of it."""
        taken = []
        while (item := self.head()) is not None and item.slot == slot:
            taken.append(self._ahead.pop(0))
        return taken


def merged_slots(lists: list[AccountList[Item]]) -> Iterator[list[Item]]:
    """All items, slot by slot, newest first. Lists may be added between two slots."""
    while True:
        heads = [head for one in lists if (head := one.head()) is not None]
        if not heads:
            return
        slot = max(head.slot for head in heads)
        yield _in_order([taken for one in lists if (taken := one.take_slot(slot))])


def _in_order(runs: list[list[Item]]) -> list[Item]:
    """The items of one slot, each once, in an order that agrees with every run."""
    ordered: dict[str, Item] = {}
    waiting = [list(run) for run in runs]
    while waiting := [run for run in waiting if run]:
        behind = {item.signature for run in waiting for item in run[1:]}
        free = next((run[0] for run in waiting if run[0].signature not in behind), waiting[0][0])
        ordered.setdefault(free.signature, free)
        waiting = [[item for item in run if item.signature != free.signature] for run in waiting]
    return list(ordered.values())
