"""Pages of a wallet's transactions from a source that lists each account for itself.

A wallet's own list leaves out transactions that only touch its token accounts, so each of those is listed
too: the open ones, as the node names them, and closed ones, as transactions on the way reveal them. A closed
one is listed from the beginning of the page that revealed it: whatever touched it while it was open and did
not mention the wallet is older than its end, which did.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Generic

from enrichment.providers.solana.decoding import accounts_of
from enrichment.providers.solana.merging import AccountList, Item, Lister, Piece, merged_slots
from enrichment.providers.solana.records import Page, Position, RawTransaction

# Accounts, before signature: the first piece of each one's list.
Beginner = Callable[[list[str], str | None], list[Piece[Item]]]


class AccountPages(Generic[Item]):
    """One walk through a wallet's history: `lister` lists an account, `load` turns items into records.

    `begin`, where a source can, gives the first piece of many lists in few requests: a wallet may have hundreds
    of token accounts, and each list is looked into before the first page.
    """

    def __init__(
        self,
        wallet: str,
        lister: Lister[Item],
        load: Callable[[Sequence[Item]], list[RawTransaction]],
        begin: Beginner[Item] | None = None,
    ) -> None:
        self._wallet = wallet
        self._lister = lister
        self._load = load
        self._begin = begin

    def walk(
        self, open_accounts: Sequence[str], before: Position | None, until: Position | None, size: int
    ) -> Iterator[Page]:
        """See `TransactionSource.pages`."""
        closed = before.accounts if before else ()
        listed = dict.fromkeys([self._wallet, *open_accounts, *closed])
        start = before
        lists = self._lists(list(listed), start, until)
        slots = merged_slots(lists)
        while items := _about(slots, size):
            found = self._complete(items, listed, lists, start, until)
            closed = tuple(account for account in listed if account not in {self._wallet, *open_accounts})
            last = found[-1]
            start = Position(last.slot, last.signature, closed)
            yield Page(tuple(found), start)

    def _lists(
        self, accounts: list[str], before: Position | None, until: Position | None
    ) -> list[AccountList[Item]]:
        start = before.signature if before else None
        lists = [AccountList(account, self._lister, start, until) for account in accounts]
        if self._begin is not None:
            for one, piece in zip(lists, self._begin(accounts, start), strict=True):
                one.take_in(piece)
        return lists

    def _complete(
        self,
        items: list[Item],
        listed: dict[str, None],
        lists: list[AccountList[Item]],
        start: Position | None,
        until: Position | None,
    ) -> list[RawTransaction]:
        """The items' transactions, with those that token accounts unknown until now add to the page."""
        lowest, found = items[-1].slot, self._load(items)
        while revealed := _revealed(found, self._wallet, listed):
            listed.update(dict.fromkeys(revealed))
            new = self._lists(revealed, start, until)
            lists += new
            known = {transaction.signature for transaction in found}
            more = [item for item in _down_to(new, lowest) if item.signature not in known]
            found = sorted([*found, *self._load(more)], key=lambda transaction: -transaction.slot)
        return found


def _about(slots: Iterator[list[Item]], size: int) -> list[Item]:
    """Whole slots, together at least `size` items as long as there are any."""
    items: list[Item] = []
    for slot in slots:
        items += slot
        if len(items) >= size:
            break
    return items


def _down_to(lists: list[AccountList[Item]], slot: int) -> list[Item]:
    """What the lists hold at or above a slot; the rest stays in them."""
    found: list[Item] = []
    while any((head := one.head()) is not None and head.slot >= slot for one in lists):
        found += next(merged_slots(lists))
    return found


def _revealed(found: Sequence[RawTransaction], wallet: str, listed: dict[str, None]) -> list[str]:
    accounts = chain.from_iterable(accounts_of(transaction, wallet) for transaction in found)
    return [account for account in dict.fromkeys(accounts) if account not in listed]
