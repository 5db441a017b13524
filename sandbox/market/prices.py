"""Prices in dollars, derived from the pools: one USDC is one dollar."""

from sandbox.solana.node import Node
from sandbox.solana.pools import Asset, Pool
from sandbox.solana.seeding.world import USDC_MINT, Directory
from sandbox.solana.tokens import Mint


class Market:
    """The pools that are open, and what their assets are worth."""

    def __init__(self, node: Node, directory: Directory) -> None:
        self.node = node
        self.directory = directory

    def pools(self) -> list[Pool]:
        """The pools with liquidity."""
        return [pool for pool in self.directory.all_pools() if pool.reserve(self.node, pool.base)]

    def pool_of(self, asset: Asset) -> Pool | None:
        """The pool that prices an asset; None for dollars."""
        if asset.mint == USDC_MINT:
            return None
        return self.directory.sol_usdc if asset.symbol == "SOL" else self.directory.pools[asset.symbol]

    def usd(self, asset: Asset) -> float:
        """What one whole unit of an asset is worth; 0 when no pool tells."""
        pool = self.pool_of(asset)
        return pool.price(self.node) * self.usd(pool.quote) if pool else 1.0

    def supply(self, asset: Asset) -> float:
        """How many whole units of an asset there are."""
        mint: Mint | None = self.node.book.mint(asset.mint)
        return mint.supply / 10**asset.decimals if mint else 0.0
