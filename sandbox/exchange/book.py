"""A price-time priority order book. It knows prices, quantities and turns; money is the ledger's business."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sortedcontainers import SortedDict

from sandbox.exchange.orders import Order, Side


@dataclass(frozen=True)
class Match:
    """What a taker gets of one resting order, at the resting order's price."""

    maker: Order
    price: Decimal
    quantity: Decimal


class Book:
    """The resting orders of one market: by price, then by their turn."""

    def __init__(self) -> None:
        self._sides: dict[Side, SortedDict[Decimal, deque[Order]]] = {
            "BUY": SortedDict(lambda price: -price),  # the best price comes first on both sides
            "SELL": SortedDict(),
        }

    def add(self, order: Order) -> None:
        """Let an order rest behind all others of its price."""
        self._sides[order.side].setdefault(order.price, deque()).append(order)

    def remove(self, order: Order) -> None:
        """Take a resting order out; KeyError or ValueError when it does not rest here."""
        levels = self._sides[order.side]
        levels[order.price].remove(order)
        if not levels[order.price]:
            del levels[order.price]

    def best(self, side: Side) -> Decimal | None:
        """The best price of a side; None when nothing rests there."""
        levels = self._sides[side]
        return levels.peekitem(0)[0] if levels else None

    def resting(self, side: Side) -> Iterator[Order]:
        """The orders of a side in the order in which they would be filled."""
        for queue in self._sides[side].values():
            yield from queue

    def against(self, side: Side, limit: Decimal | None) -> Iterator[Order]:
        """The orders that a taker of `side` would meet, best first, down to its limit."""
        for maker in self.resting(_other(side)):
            if limit is not None and not _reaches(side, limit, maker.price):
                return
            yield maker

    def depth(self, side: Side, levels: int) -> list[tuple[Decimal, Decimal]]:
        """(price, quantity) of the best levels."""
        found: list[tuple[Decimal, Decimal]] = []
        for price, queue in self._sides[side].items():
            if len(found) == levels:
                break
            found.append((price, sum((order.left for order in queue), Decimal(0))))
        return found

    def matches(self, taker: Order, limit: Decimal | None, step: Decimal) -> list[Match]:
        """What a taker gets if it is filled now, as far as its quantity (or its quote amount) goes."""
        found, left, money = [], taker.left, taker.quote_quantity
        for maker in self.against(taker.side, limit):
            wanted = money / maker.price // step * step if taker.quote_quantity else left
            quantity = min(maker.left, wanted)
            if quantity <= 0:
                break
            found.append(Match(maker, maker.price, quantity))
            left -= quantity
            money -= quantity * maker.price
        return found


def _other(side: Side) -> Side:
    return "SELL" if side == "BUY" else "BUY"


def _reaches(side: Side, limit: Decimal, price: Decimal) -> bool:
    """Whether a taker with this limit takes this price."""
    return price <= limit if side == "BUY" else price >= limit
