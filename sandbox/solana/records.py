"""A transaction as the node remembers it, and its compact form for the disk."""

import json
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction


@dataclass(frozen=True)
class TokenBalance:
    """What one token account of a transaction held before or after it, in base units."""

    index: int  # of the account among the transaction's keys
    mint: str
    owner: str
    program: str
    amount: int
    decimals: int


@dataclass(frozen=True)
class InnerInstruction:
    """An instruction that a program called; `data` is base58."""

    program_index: int
    accounts: list[int]
    data: str
    stack_height: int | None


@dataclass(frozen=True)
class Effects:
    """What a transaction did. Balances are lamports, in the order of the transaction's keys."""

    error: Any  # None, or the error as the RPC shows it
    fee: int
    pre_lamports: list[int]
    post_lamports: list[int]
    pre_tokens: list[TokenBalance]
    post_tokens: list[TokenBalance]
    logs: list[str]
    inner: dict[int, list[InnerInstruction]]  # by the index of the outer instruction
    compute_units: int


@dataclass(frozen=True)
class TransactionRecord:
    """A transaction in the chain's order: `number` grows by one with each."""

    number: int
    signature: str
    slot: int
    position: int  # within its slot
    block_time: int  # seconds since 1970
    raw: bytes
    effects: Effects

    @cached_property
    def transaction(self) -> VersionedTransaction:
        """The transaction as it was sent."""
        return VersionedTransaction.from_bytes(self.raw)

    @cached_property
    def keys(self) -> list[Pubkey]:
        """Every account that the transaction mentions."""
        return list(self.transaction.message.account_keys)

    @cached_property
    def addresses(self) -> list[str]:
        """The same as text."""
        return [str(key) for key in self.keys]

    def token_changes(self) -> dict[int, tuple[TokenBalance, int]]:
        """By account index: the balance's identity and its change, zero changes included."""
        before = {balance.index: balance for balance in self.effects.pre_tokens}
        after = {balance.index: balance for balance in self.effects.post_tokens}
        changes = {}
        for index in sorted(before.keys() | after.keys()):
            old, new = before.get(index), after.get(index)
            identity = new or old
            assert identity is not None
            changes[index] = (identity, (new.amount if new else 0) - (old.amount if old else 0))
        return changes

    def lamport_change(self, address: str) -> int:
        """How many lamports the account gained; 0 for one that is not mentioned."""
        if address not in self.addresses:
            return 0
        index = self.addresses.index(address)
        return self.effects.post_lamports[index] - self.effects.pre_lamports[index]


def pack(effects: Effects) -> bytes:
    """Effects as compressed JSON."""
    return zlib.compress(json.dumps(effects, default=vars, separators=(",", ":")).encode(), 1)


def unpack(data: bytes) -> Effects:
    """The opposite of `pack`."""
    fields = json.loads(zlib.decompress(data))
    for name in ("pre_tokens", "post_tokens"):
        fields[name] = [TokenBalance(**balance) for balance in fields[name]]
    fields["inner"] = {
        int(index): [InnerInstruction(**instruction) for instruction in group]
        for index, group in fields["inner"].items()
    }
    return Effects(**fields)
