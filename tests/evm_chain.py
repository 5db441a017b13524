"""An EVM chain on loopback whose blocks come when the test says so, or on a fast timer."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from sandbox.evm.accounts import Account, funded_accounts
from sandbox.evm.miner import Miner
from sandbox.evm.node import Node
from sandbox.evm.rpc import answer
from sandbox.faults import FaultInjector, Faults
from sandbox.http import Request, Response
from sandbox.server import SandboxApp

SEED = 1
ACCOUNTS = funded_accounts(SEED)


@dataclass
class EvmChain:
    """A node in this process, served on loopback as the sandbox serves it."""

    url: str  # of the server
    node: Node
    injector: FaultInjector

    @property
    def rpc_url(self) -> str:
        """Where JSON-RPC is spoken."""
        return f"{self.url}/evm"

    def mine(self, blocks: int = 1) -> None:
        """New blocks, now."""
        for _ in range(blocks):
            self.node.mine()

    def rpc(self, method: str, *params: Any) -> Any:
        """The result of a call over HTTP; KeyError when it failed."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        return httpx2.post(self.rpc_url, json=body).json()["result"]

    @contextmanager
    def mining(self, interval: float = 0.02) -> Iterator[None]:
        """Blocks on a timer for the length of the block of code."""
        miner = Miner(self.node.mine, interval).start()
        try:
            yield
        finally:
            miner.stop()

    def transactions(self, sender: Account) -> list[Any]:
        """What a sender has on the chain, in the order of its blocks."""
        found = []
        for number in range(int(self.node.head().block_number) + 1):
            found += [tx for tx in self.node.block(number).transactions if _is_of(tx, sender)]
        return found


@contextmanager
def evm_chain(folder: Path) -> Iterator[EvmChain]:
    """Serve a chain until the block ends."""
    node = Node(folder, ACCOUNTS)
    injector = FaultInjector(Faults(), SEED)

    def rpc(request: Request) -> Response:
        return Response(answer(node, request.body))

    def accounts(_request: Request) -> Response:
        return Response([account.as_json() for account in ACCOUNTS])

    app = SandboxApp({"/evm": rpc, "/sandbox/evm/accounts": accounts}, injector)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield EvmChain(f"http://127.0.0.1:{port}", node, injector)
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        node.close()


def call(node: Node, method: str, *params: Any) -> Any:
    """The whole answer of a node in this process."""
    body = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
    return answer(node, json.dumps(body).encode())


def signed(account: Account, nonce: int, to: str | bytes, value: int = 1, **more: Any) -> str:
    """A signed transfer in hex."""
    from eth_account import Account as Signing

    fields = {
        "chainId": 31337, "nonce": nonce, "to": to, "value": value, "gas": 21_000, "type": 2,
        "maxFeePerGas": 3 * 10**9, "maxPriorityFeePerGas": 10**9,
    }  # fmt: skip
    return "0x" + bytes(Signing.sign_transaction(fields | more, account.key).raw_transaction).hex()


def _is_of(transaction: Any, sender: Account) -> bool:
    return bool("0x" + transaction.sender.hex() == sender.address.lower())
