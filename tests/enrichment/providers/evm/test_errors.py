"""The table of refusals, in the words of the nodes."""

import pytest

from enrichment.providers.evm.errors import Fault, InsufficientFunds, NodeBusy, Reverted, classify, refusal
from jobs.errors import Permanent, RateLimited, Transient

F = Fault
WORDS = [
    # geth
    (-32000, "already known", F.ALREADY_KNOWN),
    (-32000, "nonce too low: next nonce 5, tx nonce 0", F.NONCE_TOO_LOW),
    (-32000, "nonce too high: address 0x1, tx: 7 state: 5", F.NONCE_TOO_HIGH),
    (-32000, "replacement transaction underpriced", F.UNDERPRICED),
    (-32000, "transaction underpriced: gas tip cap 0, minimum needed 1", F.UNDERPRICED),
    (-32000, "max fee per gas less than block base fee: maxFeePerGas: 1, baseFee: 875", F.UNDERPRICED),
    (-32000, "insufficient funds for gas * price + value: balance 0, tx cost 1, overshot 1", F.INSUFFICIENT_FUNDS),
    (-32000, "insufficient funds for transfer", F.INSUFFICIENT_FUNDS),
    (-32000, "intrinsic gas too low: gas 100, minimum needed 21000", F.OUT_OF_GAS),
    (-32000, "gas required exceeds allowance (21000)", F.OUT_OF_GAS),
    (-32000, "exceeds block gas limit", F.OUT_OF_GAS),
    (3, "execution reverted: not the owner", F.REVERTED),
    (-32000, "invalid opcode: INVALID", F.REVERTED),
    (-32000, "invalid sender", F.INVALID),
    (-32000, "invalid chain id for signer: have 1 want 31337", F.INVALID),
    (-32000, "rlp: value size exceeds available input length", F.INVALID),
    (-32000, "max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas: 2", F.INVALID),
    (-32000, "txpool is full", F.BUSY),
    (-32000, "header not found", F.BUSY),
    # anvil
    (-32003, "transaction already imported", F.ALREADY_KNOWN),
    (-32003, "nonce too low", F.NONCE_TOO_LOW),
    (-32003, "Insufficient funds for gas * price + value", F.INSUFFICIENT_FUNDS),
    (-32003, "Out of gas: gas required exceeds allowance: 21000", F.OUT_OF_GAS),
    (-32003, "max fee per gas less than block base fee", F.UNDERPRICED),
    (-32602, "Failed to decode transaction", F.INVALID),
    (3, "execution reverted", F.REVERTED),
    (-32603, "EVM error OutOfGas", F.OUT_OF_GAS),
    # py-evm
    (-32000, "Sender b'\\x01' cannot afford txn gas 21000 with account balance 0", F.INSUFFICIENT_FUNDS),
    (-32000, "Sender does not have enough balance to cover transaction value and gas  (has 0, needs 1)",
     F.INSUFFICIENT_FUNDS),
    (-32000, "Invalid transaction nonce: Expected 5, but got 0", F.NONCE_TOO_LOW),
    (-32000, "Invalid transaction nonce: Expected 5, but got 7", F.NONCE_TOO_HIGH),
    (-32000, "Sender's max fee per gas (1) is lower than block's base fee per gas (875)", F.UNDERPRICED),
    (-32000, "Transaction exceeds gas limit: using 9, bringing total to 9, but limit is 8", F.OUT_OF_GAS),
    (-32000, "Out of gas: Needed 20000 - Remaining 1 - Reason: SSTORE", F.OUT_OF_GAS),
    # providers
    (429, "Your app has exceeded its compute units per second capacity", F.RATE_LIMITED),
    (-32005, "daily request count exceeded, request rate limited", F.RATE_LIMITED),
    (-32601, "the method eth_foo does not exist/is not available", F.INVALID),
    (-32099, "something nobody has seen yet", F.UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("code", "message", "fault"), WORDS)
def test_every_node_means_the_same(code: int, message: str, fault: Fault) -> None:
    assert classify(code, message) is fault


def test_the_fault_decides_what_the_platform_does() -> None:
    poor = refusal("node", {"code": -32000, "message": "insufficient funds for transfer"})
    assert isinstance(poor, InsufficientFunds)
    assert isinstance(poor, Transient)
    reverted = refusal("node", {"code": 3, "message": "execution reverted: no", "data": "0x08c3"})
    assert isinstance(reverted, Reverted)
    assert isinstance(reverted, Permanent)
    assert reverted.data == "0x08c3"
    assert isinstance(refusal("node", {"code": 429, "message": "slow down"}), RateLimited)
    assert isinstance(refusal("node", {"message": "?"}), NodeBusy)
