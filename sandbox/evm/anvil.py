"""anvil in the place of the node of our own, where it is on PATH: faster, and speaks more of the protocol."""

import http.client
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sandbox.evm.accounts import BALANCE, Account

CHAIN_ID = 31337
_PATIENCE = 20.0  # seconds until it must answer
_SAVE_EVERY = "2"  # seconds between two dumps of its state: what a kill -9 may lose


def find_anvil() -> str | None:
    """The program, if it is installed."""
    return shutil.which("anvil")


class Anvil:
    """A running anvil; calls are handed on to it. Its state is a file in the folder."""

    def __init__(self, program: str, folder: Path, accounts: Sequence[Account], interval: float) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._port = _free_port()
        command = [program, "--host", "127.0.0.1", "--port", str(self._port), "--chain-id", str(CHAIN_ID)]
        command += ["--block-time", f"{interval:g}", "--accounts", "1", "--silent"]
        command += ["--state", str(folder / "anvil.json"), "--state-interval", _SAVE_EVERY]
        fresh = not (folder / "anvil.json").exists()
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603 -- found on PATH, fixed arguments
        self._await()
        if fresh:
            for account in accounts:
                self._ask("anvil_setBalance", account.address, hex(BALANCE))

    def answer(self, body: bytes) -> Any:
        """What anvil answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request("POST", "/", body, {"content-type": "application/json"})
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def close(self) -> None:
        """Stop it; it writes its state first."""
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _ask(self, method: str, *params: Any) -> Any:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        return self.answer(json.dumps(body).encode())

    def _await(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                self._ask("eth_chainId")
            except OSError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    self._process.kill()
                    raise
                time.sleep(0.05)
            else:
                return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
