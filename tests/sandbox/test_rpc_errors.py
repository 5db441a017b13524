"""What the node says to calls that are wrong, in the words of the real ones."""

from typing import Any

import httpx2
import pytest
from solders.hash import Hash
from solders.keypair import Keypair
from solders.message import Message
from solders.system_program import TransferParams, transfer
from solders.transaction import Transaction, VersionedTransaction

from sandbox.solana.encoding import from_base64, to_base64
from tests.sandbox.calls import rpc, rpc_answer
from tests.sandbox.conftest import Server

NOBODY = "11111111111111111111111111111112"
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"


@pytest.mark.parametrize(
    ("method", "params", "code", "message"),
    [
        ("getFoo", [], -32601, "Method not found"),
        ("getBalance", [], -32602, "`params` should have at least 1 argument(s)"),
        ("getBalance", ["0OIl"], -32602, "Invalid param: Invalid"),
        ("getBalance", ["abc"], -32602, "Invalid param: WrongSize"),
        ("getBalance", [5], -32602, "Invalid params: invalid type: integer `5`, expected a string."),
        ("getTransaction", ["abc"], -32602, "Invalid param: WrongSize"),
        ("getSignaturesForAddress", [NOBODY, {"limit": 1001}], -32602, "Invalid limit; max 1000"),
        ("getTransactionsForAddress", [NOBODY, {"limit": 1001}], -32602, "Invalid limit; max 1000"),
        ("getTokenAccountBalance", [NOBODY], -32602, "Invalid param: could not find account"),
        ("getTokenAccountBalance", [USDC], -32602, "Invalid param: not a Token account"),
        ("getTokenSupply", [NOBODY], -32602, "Invalid param: could not find mint"),
        (
            "getTokenAccountsByOwner",
            [NOBODY, {"programId": NOBODY}],
            -32602,
            "Invalid param: unrecognized Token program id",
        ),
        ("getMultipleAccounts", [[NOBODY] * 101], -32602, "Too many inputs provided; max 100"),
        (
            "sendTransaction",
            ["!!", {"encoding": "base64"}],
            -32602,
            "invalid base64 encoding: Only base64 data is allowed",
        ),
    ],
)
def test_a_wrong_call_gets_the_real_code_and_text(
    server: Server, method: str, params: list[Any], code: int, message: str
) -> None:
    answer = rpc_answer(server.url, method, *params)
    assert answer == {"jsonrpc": "2.0", "error": {"code": code, "message": message}, "id": 7}


def test_a_batch_is_answered_call_by_call(server: Server) -> None:
    calls = [
        {"jsonrpc": "2.0", "id": "a", "method": "getHealth"},
        {"jsonrpc": "2.0", "id": "b", "method": "nope"},
        "no call at all",
    ]
    answers = httpx2.post(f"{server.url}/solana", json=calls).json()
    assert answers == [
        {"jsonrpc": "2.0", "result": "ok", "id": "a"},
        {"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": "b"},
        {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid request"}, "id": None},
    ]


def test_a_body_that_is_no_json_is_a_parse_error(server: Server) -> None:
    answer = httpx2.post(f"{server.url}/solana", content=b"{").json()
    assert answer == {"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}, "id": None}


def test_a_body_beyond_a_megabyte_is_refused(server: Server) -> None:
    assert httpx2.post(f"{server.url}/solana", content=b" " * 1_000_001).status_code == 413


def signed(payer: Keypair, blockhash: Hash, lamports: int) -> str:
    move = transfer(
        TransferParams(from_pubkey=payer.pubkey(), to_pubkey=Keypair().pubkey(), lamports=lamports)
    )
    message = Message.new_with_blockhash([move], payer.pubkey(), blockhash)
    return to_base64(bytes(Transaction([payer], message, blockhash)))


def latest(server: Server) -> Hash:
    return Hash.from_string(rpc(server.url, "getLatestBlockhash")["value"]["blockhash"])


def funded(server: Server) -> Keypair:
    payer = Keypair()
    rpc(server.url, "requestAirdrop", str(payer.pubkey()), 10**9)
    return payer


def test_an_old_blockhash_is_refused(server: Server) -> None:
    payer = funded(server)
    answer = rpc_answer(
        server.url, "sendTransaction", signed(payer, Hash.default(), 10**8), {"encoding": "base64"}
    )
    assert answer["error"]["code"] == -32002
    assert answer["error"]["message"] == "Transaction simulation failed: Blockhash not found"
    assert answer["error"]["data"]["err"] == "BlockhashNotFound"


def test_the_same_transaction_is_not_run_twice(server: Server) -> None:
    payer = funded(server)
    transaction = signed(payer, latest(server), 10**8)
    first = rpc(server.url, "sendTransaction", transaction, {"encoding": "base64"})
    again = rpc_answer(server.url, "sendTransaction", transaction, {"encoding": "base64"})
    assert again["error"]["data"]["err"] == "AlreadyProcessed"
    skipping = {"encoding": "base64", "skipPreflight": True}
    assert rpc(server.url, "sendTransaction", transaction, skipping) == first
    assert rpc(server.url, "getBalance", str(payer.pubkey()))["value"] == 10**9 - 10**8 - 5_000


def test_a_failing_transaction_lands_without_preflight_and_costs_its_fee(server: Server) -> None:
    payer = funded(server)
    transaction = signed(payer, latest(server), 10**10)
    options = {"encoding": "base64", "skipPreflight": True}
    signature = rpc(server.url, "sendTransaction", transaction, options)
    meta = rpc(server.url, "getTransaction", signature)["meta"]
    assert meta["err"] == {"InstructionError": [0, {"Custom": 1}]}
    assert meta["fee"] == 5_000
    assert rpc(server.url, "getBalance", str(payer.pubkey()))["value"] == 10**9 - 5_000


def test_a_wrong_signature_is_refused(server: Server) -> None:
    payer, blockhash = funded(server), latest(server)
    one = Transaction.from_bytes(from_base64(signed(payer, blockhash, 10**8)))
    two = Transaction.from_bytes(from_base64(signed(payer, blockhash, 10**7)))
    forged = VersionedTransaction.populate(one.message, two.signatures)
    answer = rpc_answer(server.url, "sendTransaction", to_base64(bytes(forged)), {"encoding": "base64"})
    assert answer["error"] == {"code": -32003, "message": "Transaction signature verification failure"}


def test_a_simulation_changes_nothing(server: Server) -> None:
    payer = funded(server)
    transaction = signed(payer, latest(server), 10**8)
    result = rpc(server.url, "simulateTransaction", transaction, {"encoding": "base64"})["value"]
    assert result["err"] is None
    assert result["logs"][-1] == "Program 11111111111111111111111111111111 success"
    assert rpc(server.url, "getBalance", str(payer.pubkey()))["value"] == 10**9
