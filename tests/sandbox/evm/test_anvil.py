"""Where a program named anvil is on PATH, the sandbox's EVM chain is anvil's."""

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.evm_chain import ACCOUNTS, signed
from tests.sandbox_server import ROOT, Server
from tests.waiting import wait_until

Start = Callable[..., AbstractContextManager[Server]]
RICH = hex(10_000 * 10**18)


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program named anvil comes first on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "anvil"
    program.write_text(
        f'#!/bin/sh\ncd {ROOT} && exec {sys.executable} -m tests.sandbox.evm.fake_anvil "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def call(server: Server, method: str, *params: Any) -> Any:
    """One call's whole answer."""
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return httpx2.post(f"{server.url}/evm", json=body, timeout=30).json()


def test_anvil_is_used_funded_mined_on_a_timer_and_keeps_its_state_though_the_sandbox_is_killed(
    start: Start, on_path: None, own_state: Path
) -> None:
    sender, recipient = ACCOUNTS[0], ACCOUNTS[1]
    with start("--block-time", "0.1") as server:
        assert call(server, "web3_clientVersion")["result"] == "anvil/v1.7.1"
        assert call(server, "eth_getBalance", ACCOUNTS[7].address, "latest")["result"] == RICH
        digest = call(server, "eth_sendRawTransaction", signed(sender, 0, recipient.address, 5))["result"]
        find = ("eth_getTransactionReceipt", digest)
        receipt = wait_until(lambda: call(server, *find)["result"], 10, "a block")
        refused = call(server, "eth_sendRawTransaction", signed(sender, 0, recipient.address, 6))
        assert refused["error"]["message"].startswith("nonce too low")
        pid = int(next(own_state.rglob("anvil.pid")).read_text())
        server.process.kill()
        wait_until(lambda: not _runs(pid), 10, "anvil ends with the sandbox")
    with start("--block-time", "0.1") as server:
        assert call(server, *find)["result"] == receipt
        left = int(call(server, "eth_getBalance", sender.address, "latest")["result"], 16)
        assert left < int(RICH, 16), "it is not given money again"
        pid = int(next(own_state.rglob("anvil.pid")).read_text())
        os.kill(pid, 9)
        gone = wait_until(lambda: _refusal(server), 10, "the answer without anvil")
        assert "anvil does not answer" in gone


def _refusal(server: Server) -> str:
    body = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}
    answer = httpx2.post(f"{server.url}/evm", json=body, timeout=30)
    return str(answer.json()["error"]) if answer.status_code == 503 else ""


def _runs(pid: int) -> bool:
    """Whether the process is there and no mere zombie."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except FileNotFoundError:
        return False
