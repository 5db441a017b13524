"""What happened in a pool lately, read from the chain's history."""

from dataclasses import dataclass

from sandbox.solana.node import Node
from sandbox.solana.pools import Asset, Pool
from sandbox.solana.records import TransactionRecord

DAY = 24 * 3600  # seconds
MOST = 5_000  # transactions read for one pool
ALL = 100_000  # transactions read for its whole history


@dataclass(frozen=True)
class Trade:
    """One transaction's net effect on a pool, seen from the trader, and the price after it."""

    time: int
    bought: bool  # the trader got base
    quote_volume: float  # whole quote
    price: float  # whole quote per whole base


def recent_trades(node: Node, pool: Pool) -> list[Trade]:
    """The last trade before the last day and all trades of that day, oldest first."""
    since = node.clock.tip - DAY
    trades: list[Trade] = []
    for record in node.history.of_address(str(pool.address), MOST):
        trade = trade_of(record, pool)
        if trade:
            trades.append(trade)
            if trade.time < since:
                break
    return trades[::-1]


def all_trades(node: Node, pool: Pool) -> list[Trade]:
    """Every trade that is remembered, oldest first."""
    records = node.history.of_address(str(pool.address), ALL)
    return [trade for record in records if (trade := trade_of(record, pool))][::-1]


def trade_of(record: TransactionRecord, pool: Pool) -> Trade | None:
    """The trade in a transaction; None when it only adds to the pool, or fails."""
    base_before, base = _reserve(record, pool, pool.base)
    quote_before, quote = _reserve(record, pool, pool.quote)
    base_change, quote_change = base - base_before, quote - quote_before
    if base_change * quote_change >= 0:
        return None
    volume = abs(quote_change) / 10**pool.quote.decimals
    return Trade(record.block_time, base_change < 0, volume, pool.price_at(base, quote))


def pool_opened(node: Node, pool: Pool) -> int:
    """When the pool got its first liquidity, in seconds; 0 for a pool that is not there yet."""
    first = node.history.of_address(str(pool.address), 1, ascending=True)
    return first[0].block_time if first else 0


def _reserve(record: TransactionRecord, pool: Pool, asset: Asset) -> tuple[int, int]:
    """A side's reserve before and after a transaction, in base units."""
    effects, address = record.effects, str(pool.address)
    if asset.native:
        index = record.addresses.index(address)
        return effects.pre_lamports[index], effects.post_lamports[index]
    mint = str(asset.mint)
    before, after = (
        sum(item.amount for item in balances if item.owner == address and item.mint == mint)
        for balances in (effects.pre_tokens, effects.post_tokens)
    )
    return before, after
