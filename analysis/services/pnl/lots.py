"""Lots of one asset, and the order in which each method gives them away.

FIFO gives the oldest lot first, LIFO the youngest, HIFO the one with the highest unit cost, fees included
(of equals, the oldest). Average cost keeps one pool without dates: every unit costs the same. Lots are
added in order of time, so none is ever given to a disposal that came before it.
"""

import heapq
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from analysis.services.pnl.exact import ZERO, quotient, rounded, share


class Method(StrEnum):
    """Which lots a disposal takes."""

    FIFO = "fifo"
    LIFO = "lifo"
    HIFO = "hifo"
    AVERAGE = "average"


@dataclass(frozen=True, slots=True)
class Piece:
    """A quantity with its cost in the quote currency; `acquired_at` is None when it comes from a pool."""

    acquired_at: datetime | None
    quantity: Decimal
    cost: Decimal


class Lot:
    """What one acquisition brought, and what is left of it."""

    __slots__ = ("_cost", "_quantity", "acquired_at", "cost_left", "left")

    def __init__(self, acquired_at: datetime, quantity: Decimal, cost: Decimal) -> None:
        self.acquired_at = acquired_at
        self._quantity = self.left = quantity
        self._cost = self.cost_left = cost

    @property
    def unit_cost(self) -> Decimal:
        """Cost of one unit, to 200 digits: to compare lots with, not to compute money from."""
        return quotient(self._cost, self._quantity)

    def take(self, wanted: Decimal) -> Piece:
        """Up to the wanted quantity; the last piece carries whatever cost is left."""
        quantity = min(wanted, self.left)
        self.left -= quantity
        cost_before, self.cost_left = self.cost_left, share(self._cost, self.left, self._quantity)
        return Piece(self.acquired_at, quantity, cost_before - self.cost_left)

    def rest(self) -> Piece:
        """What is left, as a piece."""
        return Piece(self.acquired_at, self.left, self.cost_left)


class Holding(ABC):
    """All that is held of one asset."""

    @abstractmethod
    def add(self, acquired_at: datetime, quantity: Decimal, cost: Decimal) -> None:
        """Takes in an acquisition; not earlier than any before it."""

    @abstractmethod
    def take(self, wanted: Decimal) -> list[Piece]:
        """Gives pieces away, together the wanted quantity, or less when there is not enough."""

    @abstractmethod
    def open(self) -> list[Piece]:
        """What is still held, oldest first."""


class LotHolding(Holding):
    """Separate lots; the subclass knows which is next."""

    def take(self, wanted: Decimal) -> list[Piece]:
        """See Holding."""
        pieces = []
        while wanted > 0 and (lot := self._next()) is not None:
            piece = lot.take(wanted)
            wanted -= piece.quantity
            pieces.append(piece)
            if lot.left == 0:
                self._drop()
        return pieces

    def open(self) -> list[Piece]:
        """See Holding."""
        return [lot.rest() for lot in self._all()]

    @abstractmethod
    def _next(self) -> Lot | None: ...

    @abstractmethod
    def _drop(self) -> None: ...

    @abstractmethod
    def _all(self) -> Iterable[Lot]: ...


class FifoHolding(LotHolding):
    """Oldest lot first."""

    def __init__(self) -> None:
        self._lots: deque[Lot] = deque()

    def add(self, acquired_at: datetime, quantity: Decimal, cost: Decimal) -> None:
        """See Holding."""
        self._lots.append(Lot(acquired_at, quantity, cost))

    def _next(self) -> Lot | None:
        return self._lots[0] if self._lots else None

    def _drop(self) -> None:
        self._lots.popleft()

    def _all(self) -> Iterable[Lot]:
        return self._lots


class LifoHolding(FifoHolding):
    """Youngest lot first."""

    def _next(self) -> Lot | None:
        return self._lots[-1] if self._lots else None

    def _drop(self) -> None:
        self._lots.pop()


class HifoHolding(LotHolding):
    """Highest unit cost first; of equals, the oldest."""

    def __init__(self) -> None:
        self._heap: list[tuple[Decimal, int, Lot]] = []
        self._count = 0

    def add(self, acquired_at: datetime, quantity: Decimal, cost: Decimal) -> None:
        """See Holding."""
        lot = Lot(acquired_at, quantity, cost)
        heapq.heappush(self._heap, (lot.unit_cost.copy_negate(), self._count, lot))
        self._count += 1

    def _next(self) -> Lot | None:
        return self._heap[0][2] if self._heap else None

    def _drop(self) -> None:
        heapq.heappop(self._heap)

    def _all(self) -> Iterable[Lot]:
        return [lot for _, _, lot in sorted(self._heap, key=lambda item: item[1])]


class AveragePool(Holding):
    """One pool: each unit costs the pool's cost divided by the pool's quantity.

    The cost is kept twice. `_cost` has 200 digits, so that ten thousand divisions in a row leave no trace in
    the 50 places that are reported; `_booked` is the rounded cost whose differences are handed out, so that
    they add up exactly.
    """

    def __init__(self) -> None:
        self._quantity = self._cost = self._booked = ZERO

    def add(self, acquired_at: datetime, quantity: Decimal, cost: Decimal) -> None:
        """See Holding; the pool forgets when it acquired."""
        self._quantity += quantity
        self._cost += cost
        self._booked += cost

    def take(self, wanted: Decimal) -> list[Piece]:
        """See Holding; all comes in one piece."""
        quantity = min(wanted, self._quantity)
        if quantity <= 0:
            return []
        left = self._quantity - quantity
        self._cost = quotient(self._cost * left, self._quantity)
        self._quantity = left
        booked_before, self._booked = self._booked, rounded(self._cost)
        return [Piece(None, quantity, booked_before - self._booked)]

    def open(self) -> list[Piece]:
        """See Holding."""
        return [Piece(None, self._quantity, self._booked)] if self._quantity else []


_HOLDINGS: dict[Method, type[Holding]] = {
    Method.FIFO: FifoHolding,
    Method.LIFO: LifoHolding,
    Method.HIFO: HifoHolding,
    Method.AVERAGE: AveragePool,
}


def new_holding(method: Method) -> Holding:
    """An empty holding that gives lots away by the method."""
    return _HOLDINGS[method]()
