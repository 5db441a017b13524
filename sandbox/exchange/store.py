"""The exchange's file: one SQLite database in the sandbox's state folder, beside the chain's.

The chain's store holds the folder's lock.
"""

import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from sandbox.exchange.engine import Engine
from sandbox.exchange.orders import Order, Trade
from sandbox.sqlite import open_file

VERSION = 1  # of the tables and of the seeded accounts; a file of another version is set aside
SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE holdings (
    account TEXT NOT NULL, asset TEXT NOT NULL, free TEXT NOT NULL, locked TEXT NOT NULL,
    PRIMARY KEY (account, asset)) WITHOUT ROWID;
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, symbol TEXT NOT NULL, side TEXT NOT NULL, type TEXT NOT NULL,
    time_in_force TEXT NOT NULL, price TEXT NOT NULL, quantity TEXT NOT NULL, client_id TEXT NOT NULL,
    placed_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, status TEXT NOT NULL, filled TEXT NOT NULL,
    cost TEXT NOT NULL, locked TEXT NOT NULL, quote_quantity TEXT NOT NULL);
CREATE INDEX history ON orders (account, symbol, id);
CREATE UNIQUE INDEX client ON orders (account, client_id);
CREATE INDEX still_open ON orders (id) WHERE status IN ('NEW', 'PARTIALLY_FILLED');
CREATE TABLE trades (
    id INTEGER NOT NULL, "order" INTEGER NOT NULL, account TEXT NOT NULL, symbol TEXT NOT NULL,
    is_buyer INTEGER NOT NULL, is_maker INTEGER NOT NULL, price TEXT NOT NULL, quantity TEXT NOT NULL,
    cost TEXT NOT NULL, fee TEXT NOT NULL, fee_asset TEXT NOT NULL, time INTEGER NOT NULL,
    PRIMARY KEY (id, is_buyer)) WITHOUT ROWID;
CREATE INDEX fills ON trades (account, symbol, id);
"""
_ORDER = (
    "id, account, symbol, side, type, time_in_force, price, quantity, client_id, placed_at, updated_at, status,"
    " filled, cost, locked, quote_quantity"
)
_TRADE = 'id, "order", account, symbol, is_buyer, is_maker, price, quantity, cost, fee, fee_asset, time'
_ORDER_AMOUNTS = ("price", "quantity", "filled", "cost", "locked", "quote_quantity")
_TRADE_AMOUNTS = ("price", "quantity", "cost", "fee")


class Store:
    """The open file."""

    def __init__(self, folder: Path) -> None:
        self._sql = open_file(folder / "exchange.sqlite3", SCHEMA, VERSION)

    def fact(self, name: str) -> Any:
        """A stored fact, None when it was never set."""
        row = self._sql.execute("SELECT value FROM facts WHERE name = ?", [name]).fetchone()
        return json.loads(row[0]) if row else None

    def save(self, engine: Engine, facts: dict[str, Any]) -> None:
        """Make everything that changed durable, at once or not at all."""
        own = [value for value in engine.orders.values() if value.id > 0]
        with self._sql:
            self._replace("orders", _ORDER, map(_order_row, own))
            self._replace("trades", _TRADE, map(_trade_row, engine.trades))
            held = [(*name, engine.ledger.of(*name)) for name in sorted(engine.ledger.changed)]
            rows = [(account, asset, str(one.free), str(one.locked)) for account, asset, one in held]
            self._replace("holdings", "account, asset, free, locked", rows)
            texts = [(name, json.dumps(value)) for name, value in facts.items()]
            self._replace("facts", "name, value", texts)
        engine.settled()

    def holdings(self) -> list[tuple[str, str, Decimal, Decimal]]:
        """(account, asset, free, locked) of everybody."""
        rows = self._sql.execute("SELECT account, asset, free, locked FROM holdings")
        return [(account, asset, Decimal(free), Decimal(locked)) for account, asset, free, locked in rows]

    def orders(
        self, where: str, values: Iterable[Any], limit: int = -1, *, newest: bool = False
    ) -> list[Order]:
        """Orders that fit, oldest first; with `newest` the youngest `limit` of them."""
        way = "DESC" if newest else "ASC"
        sql = f"SELECT {_ORDER} FROM orders WHERE {where} ORDER BY id {way} LIMIT {limit}"  # noqa: S608 -- our words
        rows = self._sql.execute(sql, list(values)).fetchall()
        return [_order(row) for row in (reversed(rows) if newest else rows)]

    def trades(
        self, where: str, values: Iterable[Any], limit: int = -1, *, newest: bool = False
    ) -> list[Trade]:
        """Trades that fit, oldest first; with `newest` the youngest `limit` of them."""
        way = "DESC" if newest else "ASC"
        sql = f"SELECT {_TRADE} FROM trades WHERE {where} ORDER BY id {way} LIMIT {limit}"  # noqa: S608 -- our words
        rows = self._sql.execute(sql, list(values)).fetchall()
        return [_trade(row) for row in (reversed(rows) if newest else rows)]

    def count(self, account: str) -> int:
        """How many orders an account ever placed."""
        found: int = self._sql.execute("SELECT count(*) FROM orders WHERE account = ?", [account]).fetchone()[
            0
        ]
        return found

    def close(self) -> None:
        """Give the file free."""
        self._sql.close()

    def _replace(self, table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
        marks = ", ".join("?" * len(columns.split(",")))
        self._sql.executemany(f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608 -- our words


def _order_row(order: Order) -> tuple[Any, ...]:
    names = [name.strip() for name in _ORDER.split(",")]
    return tuple(_plain(getattr(order, name)) for name in names)


def _trade_row(trade: Trade) -> tuple[Any, ...]:
    names = [name.strip(' "') for name in _TRADE.split(",")]
    return tuple(_plain(getattr(trade, name)) for name in names)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _order(row: tuple[Any, ...]) -> Order:
    named: dict[str, Any] = dict(zip((name.strip() for name in _ORDER.split(",")), row, strict=True))
    return Order(**named | {name: Decimal(named[name]) for name in _ORDER_AMOUNTS})


def _trade(row: tuple[Any, ...]) -> Trade:
    named = dict(zip((name.strip(' "') for name in _TRADE.split(",")), row, strict=True))
    named |= {name: Decimal(named[name]) for name in _TRADE_AMOUNTS}
    return Trade(**named | {"is_buyer": bool(named["is_buyer"]), "is_maker": bool(named["is_maker"])})
