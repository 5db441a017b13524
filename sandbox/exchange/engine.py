"""The exchange's heart: orders come in, meet the book, and money moves; all of it exact."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from sandbox.exchange.book import Book, Match
from sandbox.exchange.errors import insufficient, rejected
from sandbox.exchange.ledger import InsufficientError, Ledger
from sandbox.exchange.markets import FEE, MARKETS
from sandbox.exchange.orders import ZERO, Order, Trade

MAKER = "market-maker"  # pays no fees, and its orders are not stored: they follow from seed and time


@dataclass
class Engine:
    """Books and ledger. `orders` and `trades` are what changed since the last `settled`."""

    ledger: Ledger = field(default_factory=Ledger)
    books: dict[str, Book] = field(default_factory=lambda: {symbol: Book() for symbol in MARKETS})
    last_order: int = 0
    last_trade: int = 0
    open: dict[int, Order] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    trades: list[Trade] = field(default_factory=list)

    def place(self, order: Order) -> Order:
        """Take an order in: fill what can be filled, let rest what may rest. HttpError when it is refused."""
        book = self.books[order.symbol]
        limit = None if order.type == "MARKET" else order.price
        matches = book.matches(order, limit, MARKETS[order.symbol].step)
        if order.type == "LIMIT_MAKER" and matches:
            raise rejected("Order would immediately match and take.")
        self._lock(order, matches)
        order.id = self._next_order(order)
        if order.time_in_force == "FOK" and sum(match.quantity for match in matches) < order.quantity:
            matches = []
        for match in matches:
            self._fill(order, match, order.placed_at)
        self._finish(order, book)
        return order

    def cancel(self, order: Order, now: int) -> None:
        """Take an open order out of the book and give back what it locked."""
        self.books[order.symbol].remove(order)
        self._close(order, "CANCELED")
        order.updated_at = now

    def restore(self, orders: Iterable[Order]) -> None:
        """Put stored open orders back into the book, oldest first; their money is locked already."""
        for order in orders:
            self.open[order.id] = order
            self.books[order.symbol].add(order)

    def settled(self) -> None:
        """Everything that changed is stored."""
        self.orders.clear()
        self.trades.clear()
        self.ledger.changed.clear()

    def _lock(self, order: Order, matches: list[Match]) -> None:
        market = MARKETS[order.symbol]
        if order.quote_quantity:
            order.quantity = sum((match.quantity for match in matches), ZERO)
        amount, asset = order.quantity, market.base
        if order.side == "BUY":
            asset = market.quote
            amount = order.price * order.quantity
            if order.type == "MARKET":
                amount = sum((match.price * match.quantity for match in matches), ZERO)
        try:
            self.ledger.lock(order.account, asset, amount)
        except InsufficientError:
            raise insufficient() from None
        order.locked = amount

    def _next_order(self, order: Order) -> int:
        if order.account == MAKER:
            return -1
        self.last_order += 1
        return self.last_order

    def _finish(self, order: Order, book: Book) -> None:
        """Let the rest of an order rest, or close it."""
        if not order.left and order.filled:
            self._close(order, "FILLED")
        elif order.type == "MARKET" or order.time_in_force in {"IOC", "FOK"}:
            self._close(order, "EXPIRED")
        else:
            order.status = "PARTIALLY_FILLED" if order.filled else "NEW"
            book.add(order)
            self._note(order)
            if order.account != MAKER:
                self.open[order.id] = order

    def _fill(self, taker: Order, match: Match, now: int) -> None:
        maker, cost = match.maker, match.price * match.quantity
        buyer, seller = (taker, maker) if taker.side == "BUY" else (maker, taker)
        market = MARKETS[taker.symbol]
        buyer_fee, seller_fee = _fee(buyer, match.quantity), _fee(seller, cost)
        self.ledger.pay(buyer.account, seller.account, market.quote, cost, seller_fee)
        self.ledger.pay(seller.account, buyer.account, market.base, match.quantity, buyer_fee)
        self._spend(buyer, cost, market.quote, buyer.price * match.quantity)
        self._spend(seller, match.quantity, market.base, match.quantity)
        self.last_trade += 1
        for order, fee, asset in ((buyer, buyer_fee, market.base), (seller, seller_fee, market.quote)):
            self._filled(order, match, cost, now)
            self._record(order, match, cost, (fee, asset), is_maker=order is maker)
        if not maker.left:
            self.books[maker.symbol].remove(maker)
            self._close(maker, "FILLED")

    def _spend(self, order: Order, spent: Decimal, asset: str, reserved: Decimal) -> None:
        """Take what a fill cost off an order's lock; a better price than its limit gives back the rest."""
        reserved = reserved if order.type != "MARKET" else spent
        order.locked -= reserved
        if reserved > spent:
            self.ledger.unlock(order.account, asset, reserved - spent)

    def _filled(self, order: Order, match: Match, cost: Decimal, now: int) -> None:
        order.filled += match.quantity
        order.cost += cost
        order.updated_at = now
        order.status = "PARTIALLY_FILLED"
        self._note(order)

    def _record(
        self, order: Order, match: Match, cost: Decimal, fee: tuple[Decimal, str], *, is_maker: bool
    ) -> None:
        if order.account == MAKER:
            return
        trade = Trade(
            self.last_trade, order.id, order.account, order.symbol, order.side == "BUY", is_maker,
            match.price, match.quantity, cost, *fee, order.updated_at,
        )  # fmt: skip
        self.trades.append(trade)
        order.trades.append(trade)

    def _close(self, order: Order, status: str) -> None:
        order.status = status  # type: ignore[assignment]  # one of the literals
        market = MARKETS[order.symbol]
        if order.locked:
            asset = market.quote if order.side == "BUY" else market.base
            self.ledger.unlock(order.account, asset, order.locked)
            order.locked = ZERO
        self.open.pop(order.id, None)
        self._note(order)

    def _note(self, order: Order) -> None:
        if order.account != MAKER:
            self.orders[order.id] = order


def _fee(order: Order, received: Decimal) -> Decimal:
    return ZERO if order.account == MAKER else received * FEE
