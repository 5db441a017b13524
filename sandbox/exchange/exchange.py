"""The open exchange: accounts, markets and history over one file; seeded once, taken up ever after."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from sandbox.exchange.accounts import SAMPLES, Keys, keys_of
from sandbox.exchange.engine import MAKER, Engine
from sandbox.exchange.makers import Maker, fund
from sandbox.exchange.markets import MARKETS
from sandbox.exchange.orders import Order
from sandbox.exchange.path import PricePath
from sandbox.exchange.seeding import seed_accounts
from sandbox.exchange.store import Store

_OPEN = "status IN ('NEW', 'PARTIALLY_FILLED')"


class Exchange:
    """What the API asks. `wall` gives seconds since 1970."""

    def __init__(self, store: Store, seed: int, wall: Callable[[], float]) -> None:
        self.store = store
        self.seed = seed
        self.wall = wall
        self.engine = Engine()
        self.paths = {symbol: PricePath(seed, market) for symbol, market in MARKETS.items()}
        self.keys: dict[str, Keys] = {
            keys.key: keys for keys in (keys_of(seed, sample) for sample in SAMPLES)
        }
        step = store.fact("step") or 0
        self.makers = {
            symbol: Maker(self.engine, market, self.paths[symbol], step) for symbol, market in MARKETS.items()
        }
        self._restore()

    def now(self) -> int:
        """Milliseconds since 1970."""
        return int(self.wall() * 1000)

    def advance(self) -> None:
        """Let the markets move up to now, and store what that filled."""
        moment = int(self.wall())
        for maker in self.makers.values():
            maker.advance(moment)
        if self.engine.orders or self.engine.trades:
            self.commit()

    def advance_market(self, symbol: str) -> None:
        """Let one market move; for the seeding, whose time is its own."""
        self.makers[symbol].advance(int(self.wall()))

    def place(self, order: Order) -> Order:
        """Take an order in; stored when this returns. HttpError when it is refused."""
        self.engine.place(order)
        self.commit()
        return order

    def cancel(self, order: Order) -> Order:
        """Cancel an open order; stored when this returns."""
        self.engine.cancel(order, self.now())
        self.commit()
        return order

    def find(self, account: str, symbol: str, order_id: int | None, client_id: str | None) -> Order | None:
        """An order of an account by its id or by the client's id."""
        clause, value = ("id = ?", order_id) if order_id is not None else ("client_id = ?", client_id)
        found = self.store.orders(f"account = ? AND symbol = ? AND {clause}", [account, symbol, value])
        return self.engine.open.get(found[0].id, found[0]) if found else None

    def knows_client_id(self, account: str, client_id: str) -> bool:
        """Whether the account used this id before; it is taken for ever, so that a repeated request is safe."""
        return bool(self.store.orders("account = ? AND client_id = ?", [account, client_id], 1))

    def open_orders(self, account: str, symbol: str | None) -> list[Order]:
        """An account's open orders, oldest first."""
        return [
            order
            for order in self.engine.open.values()
            if order.account == account and symbol in {None, order.symbol}
        ]

    def commit(self) -> None:
        """Make everything durable."""
        steps = [maker.step for maker in self.makers.values()]
        facts = {
            "last_order": self.engine.last_order,
            "last_trade": self.engine.last_trade,
            "step": min(steps),
        }
        self.store.save(self.engine, facts)

    def close(self) -> None:
        """Give the file free."""
        self.store.close()

    def _restore(self) -> None:
        """Take up what is stored; the makers' quotes are gone, so what they locked is free again."""
        for account, asset, free, locked in self.store.holdings():
            self.engine.ledger.restore(account, asset, free, locked)
        for held in self.engine.ledger.all_of(MAKER).values():
            held.free, held.locked = held.free + held.locked, held.locked - held.locked
        self.engine.last_order = self.store.fact("last_order") or 0
        self.engine.last_trade = self.store.fact("last_trade") or 0
        self.engine.restore(self.store.orders(_OPEN, []))


def open_exchange(folder: Path, seed: int, anchor: date) -> Exchange:
    """The exchange in a state folder that is open already; `anchor` is the UTC day its seeded history ends."""
    exchange = Exchange(Store(folder), seed, time.time)
    if exchange.store.fact("seeded") is None:
        end = int(datetime(anchor.year, anchor.month, anchor.day, tzinfo=UTC).timestamp())
        fund(exchange.engine)
        seed_accounts(exchange, end)
        exchange.wall = time.time
        exchange.commit()
        exchange.store.save(exchange.engine, {"seeded": True})
    return exchange
