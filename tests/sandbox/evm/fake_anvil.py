"""Stands in for the program `anvil`: its options, its own methods, and a chain of our node's behind them.

Like anvil it mines when it is told to, has no money but what it is told of, keeps what it has when it gets a
SIGTERM, and refuses options that it does not know.
"""

import argparse
import json
import os
import signal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from sandbox.evm.node import Node
from sandbox.evm.rpc import answer
from tests.evm_chain import ACCOUNTS


class Chain:
    """The node, and who was given money."""

    def __init__(self, state: Path) -> None:
        self.node = Node(state.parent / "inside", ACCOUNTS)
        self._state = state
        self._rich: list[str] = json.loads(state.read_text()) if state.exists() else []

    def answer(self, call: dict[str, Any]) -> Any:
        """The answer to one call."""
        method, params = call["method"], call.get("params", [])
        own: dict[str, Any] = {
            "web3_clientVersion": lambda: "anvil/v1.7.1",
            "evm_mine": lambda: bool(self.node.mine()) and "0x0",
            "txpool_status": lambda: {"pending": hex(len(self.node.pool)), "queued": "0x0"},
            "anvil_setBalance": lambda: self._rich.append(params[0]),
        }
        if method == "eth_getBalance" and params[0] not in self._rich:
            own[method] = lambda: "0x0"
        if method in own:
            return {"jsonrpc": "2.0", "id": call["id"], "result": own[method]()}
        return answer(self.node, json.dumps(call).encode())

    def save(self, *_: Any) -> None:
        """Write the state and end."""
        self._state.write_text(json.dumps(self._rich))
        os._exit(0)


def main() -> None:
    """Serve until a SIGTERM."""
    parser = argparse.ArgumentParser()
    for name in (
        "--host",
        "--port",
        "--chain-id",
        "--accounts",
        "--gas-limit",
        "--state-interval",
        "--cache-path",
    ):
        parser.add_argument(name, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--no-mining", action="store_true", required=True)
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args()
    chain = Chain(options.state)
    signal.signal(signal.SIGTERM, chain.save)
    options.state.with_name("anvil.pid").write_text(str(os.getpid()))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            told = json.dumps(chain.answer(json.loads(body))).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: Any) -> None:
            pass

    ThreadingHTTPServer((options.host, int(options.port)), Handler).serve_forever()


if __name__ == "__main__":
    main()
