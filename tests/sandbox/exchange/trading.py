"""An engine with three traders, and orders written shortly."""

from decimal import Decimal
from typing import Any

from sandbox.exchange.engine import Engine
from sandbox.exchange.orders import Order, Side

TRADERS = ("maker", "taker", "third")


def engine(usdt: str = "100000", btc: str = "10") -> Engine:
    """An empty book; everybody has money."""
    made = Engine()
    for trader in TRADERS:
        made.ledger.deposit(trader, "USDT", Decimal(usdt))
        made.ledger.deposit(trader, "BTC", Decimal(btc))
    return made


def order(trader: str, side: Side, quantity: str, price: str = "0", **changes: Any) -> Order:
    """A limit order on BTCUSDT, or a market order when it has no price."""
    kind = changes.pop("type", "LIMIT" if Decimal(price) else "MARKET")
    quote = Decimal(changes.pop("quote", "0"))
    time_in_force = changes.pop("time_in_force", "GTC")
    now = changes.pop("now", 1_000)
    assert not changes, changes
    return Order(
        0, trader, "BTCUSDT", side, kind, time_in_force, Decimal(price), Decimal(quantity), "", now, now,
        quote_quantity=quote,
    )  # fmt: skip


def held(made: Engine, trader: str, asset: str) -> tuple[str, str]:
    """(free, locked) as short texts."""
    one = made.ledger.of(trader, asset)
    return _short(one.free), _short(one.locked)


def _short(amount: Decimal) -> str:
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
