"""The EVM chain of a real sandbox process."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx2

from sandbox.evm.accounts import Account, funded_accounts
from tests.evm_chain import signed
from tests.sandbox_server import Server
from tests.waiting import wait_until

Start = Callable[..., AbstractContextManager[Server]]


def rpc(server: Server, method: str, *params: Any) -> Any:
    """One call."""
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return httpx2.post(f"{server.url}/evm", json=body, timeout=30).json()["result"]


def test_blocks_come_by_themselves_and_are_there_after_a_kill(start: Start) -> None:
    with start("--block-time", "0.1") as server:
        listed = httpx2.get(f"{server.url}/sandbox/evm/accounts").json()
        rich = Account(*(listed[0][name] for name in ("label", "address", "private_key")))
        assert rich == funded_accounts(1)[0]
        digest = rpc(server, "eth_sendRawTransaction", signed(rich, 0, listed[1]["address"]))
        receipt = wait_until(lambda: rpc(server, "eth_getTransactionReceipt", digest), 10, "a block")
        server.process.kill()
    with start("--block-time", "0.1") as server:
        assert rpc(server, "eth_getTransactionReceipt", digest) == receipt
