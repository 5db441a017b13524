"""What a node tells, as plain values. Amounts are in wei."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Call:
    """What a transaction is to do; `to` empty creates a contract."""

    to: str
    value: int = 0
    data: str = "0x"

    def as_json(self, sender: str) -> dict[str, str]:
        """As eth_call and eth_estimateGas take it."""
        told = {"from": sender, "value": hex(self.value), "data": self.data}
        return told | {"to": self.to} if self.to else told


@dataclass(frozen=True)
class Fees:
    """What the next block asks per gas, and the tip that gets a transaction into it."""

    base: int
    tip: int

    @property
    def price(self) -> int:
        """What a transaction would pay per gas now."""
        return self.base + self.tip


@dataclass(frozen=True)
class Receipt:
    """What became of a transaction that is in a block."""

    hash: str
    block: int
    block_hash: str
    succeeded: bool
    gas_used: int
    price: int
    contract: str
    raw: dict[str, Any]


def receipt_of(raw: dict[str, Any]) -> Receipt:
    """A receipt as eth_getTransactionReceipt gives it; not every node writes addresses with their checksum."""
    from eth_utils import to_checksum_address

    contract = raw.get("contractAddress")
    return Receipt(
        hash=raw["transactionHash"],
        block=int(raw["blockNumber"], 16),
        block_hash=raw["blockHash"],
        succeeded=int(raw["status"], 16) == 1,
        gas_used=int(raw["gasUsed"], 16),
        price=int(raw.get("effectiveGasPrice") or "0x0", 16),
        contract=str(to_checksum_address(contract)) if contract else "",
        raw=raw,
    )
