"""The transaction pool: what was accepted and is in no block yet. Pure bookkeeping; the node checks money.

One transaction per sender and nonce. Another one with the same nonce takes its place when it pays at least
a tenth more, as in geth. A nonce ahead of its turn waits until the gap before it is filled.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sandbox.evm.errors import refused

BUMP = 110  # per cent of both fees that a replacement must pay

Transaction = Any  # py-evm's, signed


class Pool:
    """Transactions by sender and nonce."""

    def __init__(self) -> None:
        self._by_sender: dict[bytes, dict[int, Transaction]] = {}
        self._by_hash: dict[bytes, Transaction] = {}

    def __len__(self) -> int:
        return len(self._by_hash)

    def get(self, digest: bytes) -> Transaction | None:
        """The transaction with this hash, if it is here."""
        return self._by_hash.get(digest)

    def add(self, transaction: Transaction) -> Transaction | None:
        """Take a transaction in; answers with the one that it replaces. RpcError when it may not."""
        if transaction.hash in self._by_hash:
            raise refused("already known")
        queue = self._by_sender.setdefault(transaction.sender, {})
        older = queue.get(transaction.nonce)
        if older is not None:
            if not _pays_enough(transaction, older):
                raise refused("replacement transaction underpriced")
            self._by_hash.pop(older.hash)
        queue[transaction.nonce] = transaction
        self._by_hash[transaction.hash] = transaction
        return older

    def remove(self, transaction: Transaction) -> None:
        """Take a transaction out."""
        if self._by_hash.pop(transaction.hash, None) is not None:
            del self._by_sender[transaction.sender][transaction.nonce]

    def outdated(self, nonce_of: Callable[[bytes], int]) -> list[Transaction]:
        """Transactions whose nonce was used by another one."""
        return [tx for sender in self._by_sender for tx in self._older(sender, nonce_of(sender))]

    def next_nonce(self, sender: bytes, confirmed: int) -> int:
        """The nonce after the unbroken row that starts at the confirmed one."""
        nonce, queue = confirmed, self._by_sender.get(sender, {})
        while nonce in queue:
            nonce += 1
        return nonce

    def spending_before(self, sender: bytes, nonce: int) -> int:
        """The most that the sender's other transactions up to a nonce may cost, in wei."""
        queue = self._by_sender.get(sender, {})
        return sum(cost(tx) for number, tx in queue.items() if number < nonce)

    def ready(self, nonce_of: Callable[[bytes], int], base_fee: int) -> Iterator[Transaction]:
        """What may go into the next block: each sender's unbroken row, those that pay more first."""
        turns = {sender: nonce_of(sender) for sender, queue in self._by_sender.items() if queue}
        while True:
            offers = [self._by_sender[sender].get(nonce) for sender, nonce in turns.items()]
            payable = [tx for tx in offers if tx is not None and tx.max_fee_per_gas >= base_fee]
            if not payable:
                return
            best = max(payable, key=lambda tx: _tip(tx, base_fee))
            turns[best.sender] += 1
            yield best

    def _older(self, sender: bytes, nonce: int) -> list[Transaction]:
        return [tx for number, tx in self._by_sender[sender].items() if number < nonce]


def cost(transaction: Transaction) -> int:
    """The most that a transaction may cost its sender, in wei."""
    return int(transaction.gas * transaction.max_fee_per_gas + transaction.value)


def _tip(transaction: Transaction, base_fee: int) -> int:
    return int(min(transaction.max_priority_fee_per_gas, transaction.max_fee_per_gas - base_fee))


def _pays_enough(new: Transaction, old: Transaction) -> bool:
    pairs = (
        (new.max_fee_per_gas, old.max_fee_per_gas),
        (new.max_priority_fee_per_gas, old.max_priority_fee_per_gas),
    )
    return all(fresh * 100 >= stale * BUMP for fresh, stale in pairs)
