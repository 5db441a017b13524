"""What the local EVM node takes, refuses, and tells."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.evm.constants import REST_AFTER
from sandbox.evm.node import Node
from tests.evm_chain import ACCOUNTS, call, signed

A, B = ACCOUNTS[0], ACCOUNTS[1]
ETHER = 10**18


def test_a_transfer_is_pending_until_a_block_has_it(node: Node) -> None:
    digest = call(node, "eth_sendRawTransaction", signed(A, 0, B.address, ETHER))["result"]
    assert call(node, "eth_getTransactionReceipt", digest)["result"] is None
    assert call(node, "eth_getTransactionByHash", digest)["result"]["blockNumber"] is None
    assert call(node, "eth_getTransactionCount", A.address, "latest")["result"] == "0x0"
    assert call(node, "eth_getTransactionCount", A.address, "pending")["result"] == "0x1"

    node.mine()

    receipt = call(node, "eth_getTransactionReceipt", digest)["result"]
    assert (receipt["status"], receipt["gasUsed"], receipt["blockNumber"]) == ("0x1", "0x5208", "0x1")
    assert int(call(node, "eth_getBalance", B.address)["result"], 16) == 10_001 * ETHER
    assert call(node, "eth_getTransactionCount", A.address, "latest")["result"] == "0x1"
    assert call(node, "eth_getTransactionCount", A.address, "0x0")["result"] == "0x0"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"chainId": 1}, "invalid chain id for signer: have 1 want 31337"),
        ({"gas": 20_999}, "intrinsic gas too low: gas 20999, minimum needed 21000"),
        ({"value": 10_001 * ETHER}, "insufficient funds for gas * price + value: balance"),
        ({"maxPriorityFeePerGas": 0}, "transaction underpriced: gas tip cap 0, minimum needed 1"),
        ({"maxFeePerGas": 1}, "max priority fee per gas higher than max fee per gas"),
        ({"gas": 30_000_001}, "exceeds block gas limit"),
    ],
)
def test_what_cannot_be_is_refused_in_geths_words(node: Node, changes: dict[str, Any], words: str) -> None:
    answer = call(node, "eth_sendRawTransaction", signed(A, 0, B.address, **changes))
    assert answer["error"]["code"] == -32000
    assert answer["error"]["message"].startswith(words)
    assert len(node.pool) == 0


def test_a_used_nonce_is_too_low_and_the_same_bytes_are_known(node: Node) -> None:
    first = signed(A, 0, B.address)
    call(node, "eth_sendRawTransaction", first)
    assert call(node, "eth_sendRawTransaction", first)["error"]["message"] == "already known"
    node.mine()
    mined = call(node, "eth_sendRawTransaction", first)
    assert mined["error"]["message"] == "nonce too low: next nonce 1, tx nonce 0"
    later = call(node, "eth_sendRawTransaction", signed(A, 0, B.address, 2))
    assert later["error"]["message"] == "nonce too low: next nonce 1, tx nonce 0"


def test_a_replacement_must_pay_a_tenth_more(node: Node) -> None:
    call(node, "eth_sendRawTransaction", signed(A, 0, B.address, 1))
    cheap = signed(A, 0, B.address, 2, maxFeePerGas=3_299_999_999, maxPriorityFeePerGas=11 * 10**8)
    assert call(node, "eth_sendRawTransaction", cheap)["error"]["message"] == (
        "replacement transaction underpriced"
    )
    dear = signed(A, 0, B.address, 3, maxFeePerGas=33 * 10**8, maxPriorityFeePerGas=11 * 10**8)
    digest = call(node, "eth_sendRawTransaction", dear)["result"]
    block = node.mine()
    assert ["0x" + tx.hash.hex() for tx in block.transactions] == [digest]


def test_a_nonce_ahead_of_its_turn_waits_for_the_gap(node: Node) -> None:
    call(node, "eth_sendRawTransaction", signed(A, 1, B.address))
    assert call(node, "eth_getTransactionCount", A.address, "pending")["result"] == "0x0"
    assert len(node.mine().transactions) == 0
    call(node, "eth_sendRawTransaction", signed(A, 0, B.address))
    assert [tx.nonce for tx in node.mine().transactions] == [0, 1]


def test_a_chain_that_nobody_uses_rests_and_wakes(node: Node) -> None:
    blocks = [node.mine() for _ in range(REST_AFTER + 3)]
    assert [block is None for block in blocks] == [False] * REST_AFTER + [True] * 3
    call(node, "eth_sendRawTransaction", signed(A, 0, B.address))
    assert node.mine().number == REST_AFTER + 1


def test_chain_and_pool_are_there_again_after_a_restart(tmp_path: Path) -> None:
    first = Node(tmp_path / "kept", ACCOUNTS)
    mined = call(first, "eth_sendRawTransaction", signed(A, 0, B.address))["result"]
    first.mine()
    waiting = call(first, "eth_sendRawTransaction", signed(A, 1, B.address))["result"]
    receipt = call(first, "eth_getTransactionReceipt", mined)["result"]
    first.close()

    again = Node(tmp_path / "kept", ACCOUNTS)
    assert call(again, "eth_getTransactionReceipt", mined)["result"] == receipt
    assert call(again, "eth_getTransactionByHash", waiting)["result"]["blockNumber"] is None
    again.mine()
    assert call(again, "eth_getTransactionReceipt", waiting)["result"]["blockNumber"] == "0x2"
    again.close()


def test_a_batch_is_answered_call_by_call_and_bad_ones_alone_fail(node: Node) -> None:
    from sandbox.evm.rpc import answer

    body = (
        b'[{"jsonrpc":"2.0","id":1,"method":"eth_chainId"},{"jsonrpc":"2.0","id":2,"method":"eth_mine"},'
        b'{"jsonrpc":"2.0","id":3,"method":"eth_getBalance","params":["0x12"]},7]'
    )
    good, unknown, short, none = answer(node, body)
    assert good["result"] == "0x7a69"
    assert unknown["error"]["code"] == -32601
    assert short["error"] == {
        "code": -32602,
        "message": "invalid argument 0: hex string has length 2, want 40",
    }
    assert none["error"]["code"] == -32600


def test_fees_of_the_past_and_the_next_block(node: Node) -> None:
    node.mine()
    history = call(node, "eth_feeHistory", "0x2", "latest", [50])["result"]
    assert (history["oldestBlock"], len(history["baseFeePerGas"]), len(history["reward"])) == ("0x0", 3, 2)
    assert int(history["baseFeePerGas"][1], 16) == 875_000_000
    assert call(node, "eth_gasPrice")["result"] == hex(node.base_fee() + 10**9)
    block = call(node, "eth_getBlockByNumber", "latest", True)["result"]
    assert (block["number"], block["baseFeePerGas"]) == ("0x1", hex(875_000_000))


def test_an_account_without_money_may_ask_and_estimate(node: Node) -> None:
    nobody = {"from": "0x" + "34" * 20, "to": B.address}
    assert call(node, "eth_call", nobody, "latest")["result"] == "0x"
    assert call(node, "eth_estimateGas", nobody)["result"] == "0x5208"
    poor = call(node, "eth_estimateGas", nobody | {"value": "0x1"})
    assert poor["error"]["message"] == "insufficient funds for transfer"
