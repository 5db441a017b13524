"""An EVM node: what it knows of the chain, and handing it transactions. Amounts are in wei."""

from dataclasses import dataclass

from enrichment.providers.addresses import evm
from enrichment.providers.budget import Provider
from enrichment.providers.evm.records import Call, Fees, Receipt, receipt_of
from enrichment.providers.evm.rpc import Rpc
from enrichment.providers.http import Service

SERVICE = Service("the EVM node", Provider.EVM_NODE, connect=3.0)


@dataclass(frozen=True)
class Node:
    """The chain through one node. Every method raises what `Rpc.call` raises."""

    rpc: Rpc

    def chain_id(self) -> int:
        """Which chain this is (EIP-155)."""
        return self.rpc.call(_number, "eth_chainId")

    def height(self) -> int:
        """The number of the newest block."""
        return self.rpc.call(_number, "eth_blockNumber")

    def balance(self, address: str) -> int:
        """What an account has."""
        return self.rpc.call(_number, "eth_getBalance", address, "latest")

    def code(self, address: str) -> str:
        """A contract's code in hex; `0x` for an account that is none."""
        return self.rpc.call(_text, "eth_getCode", address, "latest")

    def nonce(self, address: str, block: int | str = "latest") -> int:
        """The next nonce of an account after a block; `pending` counts what is in the pool."""
        at = block if isinstance(block, str) else hex(block)
        return self.rpc.call(_number, "eth_getTransactionCount", address, at)

    def fees(self) -> Fees:
        """What the next block asks."""
        base = self.rpc.call(
            lambda history: _number(history["baseFeePerGas"][-1]), "eth_feeHistory", hex(1), "latest", []
        )
        return Fees(base, self.rpc.call(_number, "eth_maxPriorityFeePerGas"))

    def estimate(self, sender: str, call: Call) -> int:
        """The gas that a call needs. Reverted when the contract would refuse."""
        return self.rpc.call(_number, "eth_estimateGas", call.as_json(sender))

    def call(self, sender: str, call: Call, block: int | str = "latest") -> str:
        """What a call would answer after a block, in hex. Reverted when the contract would refuse."""
        at = block if isinstance(block, str) else hex(block)
        return self.rpc.call(_text, "eth_call", call.as_json(sender), at)

    def send(self, raw: str) -> str:
        """Hand a signed transaction over; answers with its hash."""
        return self.rpc.call(_text, "eth_sendRawTransaction", raw)

    def knows(self, digest: str) -> bool:
        """Whether a transaction is in the pool or in a block."""
        return self.rpc.call(lambda found: found is not None, "eth_getTransactionByHash", digest)

    def receipt(self, digest: str) -> Receipt | None:
        """What became of a transaction; None while it is in no block."""
        return self.rpc.call(
            lambda raw: None if raw is None else receipt_of(raw), "eth_getTransactionReceipt", digest
        )


def node() -> Node:
    """The node that the settings name."""
    return Node(Rpc(SERVICE, evm().rpc))


def _number(text: str) -> int:
    return int(text, 16)


def _text(answer: object) -> str:
    if not isinstance(answer, str):
        raise TypeError("not a text")
    return answer
