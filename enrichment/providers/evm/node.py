"""An EVM node: what it knows of the chain, and handing it transactions. Amounts are in wei."""

from dataclasses import dataclass

from enrichment.providers.addresses import evm
from enrichment.providers.evm.records import Call, Fees, Receipt, receipt_of
from enrichment.providers.evm.rpc import Rpc
from enrichment.providers.http import Service

SERVICE = Service("the EVM node", connect=3.0, answer=10.0)


@dataclass(frozen=True)
class Node:
    """The chain through one node. Every method raises what `Rpc.call` raises."""

    rpc: Rpc

    def chain_id(self) -> int:
        """Which chain this is (EIP-155)."""
        return int(self.rpc.call("eth_chainId"), 16)

    def height(self) -> int:
        """The number of the newest block."""
        return int(self.rpc.call("eth_blockNumber"), 16)

    def balance(self, address: str) -> int:
        """What an account has."""
        return int(self.rpc.call("eth_getBalance", address, "latest"), 16)

    def code(self, address: str) -> str:
        """A contract's code in hex; `0x` for an account that is none."""
        return str(self.rpc.call("eth_getCode", address, "latest"))

    def nonce(self, address: str, block: int | str = "latest") -> int:
        """The next nonce of an account after a block; `pending` counts what is in the pool."""
        at = block if isinstance(block, str) else hex(block)
        return int(self.rpc.call("eth_getTransactionCount", address, at), 16)

    def fees(self) -> Fees:
        """What the next block asks."""
        history = self.rpc.call("eth_feeHistory", hex(1), "latest", [])
        tip = int(self.rpc.call("eth_maxPriorityFeePerGas"), 16)
        return Fees(int(history["baseFeePerGas"][-1], 16), tip)

    def estimate(self, sender: str, call: Call) -> int:
        """The gas that a call needs. Reverted when the contract would refuse."""
        return int(self.rpc.call("eth_estimateGas", call.as_json(sender)), 16)

    def call(self, sender: str, call: Call, block: int | str = "latest") -> str:
        """What a call would answer after a block, in hex. Reverted when the contract would refuse."""
        at = block if isinstance(block, str) else hex(block)
        return str(self.rpc.call("eth_call", call.as_json(sender), at))

    def send(self, raw: str) -> str:
        """Hand a signed transaction over; answers with its hash."""
        return str(self.rpc.call("eth_sendRawTransaction", raw))

    def knows(self, digest: str) -> bool:
        """Whether a transaction is in the pool or in a block."""
        return self.rpc.call("eth_getTransactionByHash", digest) is not None

    def receipt(self, digest: str) -> Receipt | None:
        """What became of a transaction; None while it is in no block."""
        raw = self.rpc.call("eth_getTransactionReceipt", digest)
        return None if raw is None else receipt_of(raw)


def node() -> Node:
    """The node that the settings name."""
    return Node(Rpc(SERVICE, evm().rpc))
