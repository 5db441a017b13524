"""Constant-product pools: x * y = k with a fee of 0.3 %, kept by an authority whose key the node holds."""

from dataclasses import dataclass
from functools import cached_property
from math import isqrt

from solders.keypair import Keypair
from solders.pubkey import Pubkey
from spl.token.constants import TOKEN_PROGRAM_ID, WRAPPED_SOL_MINT

from sandbox.solana.node import Node
from sandbox.solana.tokens import token_address

FEE_PARTS, WHOLE = 3, 1000  # the fee stays in the pool


@dataclass(frozen=True)
class Asset:
    """One side of a pool. A native asset moves as lamports, any other as tokens; `mint` names both."""

    symbol: str
    mint: Pubkey
    decimals: int
    program: Pubkey = TOKEN_PROGRAM_ID
    native: bool = False

    def vault_of(self, owner: Pubkey) -> Pubkey:
        """The account in which an owner keeps the asset."""
        return owner if self.native else token_address(owner, self.mint, self.program)


SOL = Asset("SOL", WRAPPED_SOL_MINT, 9, native=True)
WRAPPED_SOL = Asset("SOL", WRAPPED_SOL_MINT, 9)


@dataclass(frozen=True)
class Pool:
    """A market of two assets; the price is quote per base."""

    name: str
    authority: Keypair
    base: Asset
    quote: Asset

    @cached_property
    def address(self) -> Pubkey:
        """The owner of both vaults, which signs every swap."""
        return self.authority.pubkey()

    def other(self, asset: Asset) -> Asset:
        """The side that is not this asset."""
        return self.quote if asset is self.base else self.base

    def reserve(self, node: Node, asset: Asset) -> int:
        """How much of a side the pool holds, in base units."""
        vault = asset.vault_of(self.address)
        if asset.native:
            return node.book.lamports(vault)
        account = node.book.token(vault)
        return account.amount if account else 0

    def price(self, node: Node) -> float:
        """What one whole base costs in whole quote; 0 for an empty pool."""
        base = self.reserve(node, self.base)
        return self.price_at(base, self.reserve(node, self.quote)) if base else 0.0

    def price_at(self, base: int, quote: int) -> float:
        """The price that reserves in base units make."""
        return (quote / float(10**self.quote.decimals)) / (base / float(10**self.base.decimals))

    def swap(self, node: Node, paying: Asset, amount: int) -> "Leg":
        """The swap that pays so much of one side, at the present reserves."""
        receiving = self.other(paying)
        out = amount_out(self.reserve(node, paying), self.reserve(node, receiving), amount)
        return Leg(self, paying, amount, receiving, out)

    def towards(self, node: Node, price: float) -> "Leg | None":
        """The swap that moves the price to a target (fee left aside), None when it is there already."""
        base, quote = self.reserve(node, self.base), self.reserve(node, self.quote)
        raw = price * 10**self.quote.decimals / 10**self.base.decimals
        wanted = isqrt(int(base * quote * raw))
        if wanted > quote:
            return self.swap(node, self.quote, wanted - quote)
        base_in = isqrt(int(base * quote / raw)) - base
        return self.swap(node, self.base, base_in) if base_in > 0 else None


@dataclass(frozen=True)
class Leg:
    """One swap with one pool: what the trader pays and gets, in base units."""

    pool: Pool
    paying: Asset
    amount_in: int
    receiving: Asset
    amount_out: int


def amount_out(reserve_in: int, reserve_out: int, amount_in: int) -> int:
    """What a pool gives for an amount, rounded down in the pool's favour."""
    effective = amount_in * (WHOLE - FEE_PARTS)
    return reserve_out * effective // (reserve_in * WHOLE + effective)
