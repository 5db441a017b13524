"""anvil in the place of the node of our own, where it is on PATH: faster, and speaks more of the protocol.

It keeps its state in a file, which it writes when it ends: told to, or because this process ended, however
that came about. Blocks come from our own timer, so that a chain that nobody uses rests.
"""

import fcntl
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sandbox.evm.accounts import BALANCE, Account
from sandbox.evm.constants import CHAIN_ID, GAS_LIMIT, REST_AFTER
from sandbox.evm.miner import Miner
from sandbox.http import HttpError

_PATIENCE = 20.0  # seconds until it must answer, and until one before it must have ended
_SAVE_EVERY = "30"  # seconds between two dumps of its state: what the end of the whole machine may lose

# It becomes anvil, which gets a SIGTERM (15) when the thread that started it ends. PR_SET_PDEATHSIG is 1.
_TIED = """
import ctypes, os, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, 15)
    if os.getppid() != int(sys.argv[1]):
        sys.exit(0)
os.execv(sys.argv[2], sys.argv[2:])
"""


def find_anvil() -> str | None:
    """The program, if it is installed."""
    return shutil.which("anvil")


class Anvil:
    """A running anvil; calls are handed on to it. It ends with the thread that makes this object."""

    def __init__(self, program: str, folder: Path, accounts: Sequence[Account], interval: float) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._port, self._empty = _free_port(), 0
        with _turn(folder / "anvil.lock") as lock:
            self._process = subprocess.Popen(  # noqa: S603 -- found on PATH, fixed arguments
                _command(program, folder, self._port), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                pass_fds=(lock,),
            )  # fmt: skip
        self._await()
        for account in accounts:
            self._fund(account)
        self._miner = Miner(self._mine, interval).start()

    def answer(self, body: bytes) -> Any:
        """What anvil answers. HttpError 503 when it does not."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request("POST", "/", body, {"content-type": "application/json"})
            return json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise HttpError(503, {"error": f"anvil does not answer: {error}"}) from None
        finally:
            connection.close()

    def close(self) -> None:
        """Stop it; it writes its state first."""
        self._miner.stop()
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _mine(self) -> None:
        """A block, unless the chain rests. A call that fails is made again at the next tick."""
        with suppress(HttpError):
            waiting = int(self._ask("txpool_status")["pending"], 16)
            self._empty = 0 if waiting else self._empty + 1
            if self._empty <= REST_AFTER:
                self._ask("evm_mine")

    def _fund(self, account: Account) -> None:
        """Once: an account that has sent something, or has something, is left as it is."""
        asked = ("eth_getBalance", "eth_getTransactionCount")
        if not any(int(self._ask(method, account.address, "latest"), 16) for method in asked):
            self._ask("anvil_setBalance", account.address, hex(BALANCE))

    def _ask(self, method: str, *params: Any) -> Any:
        answer = self.answer(
            json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        )
        if "result" not in answer:
            raise HttpError(503, {"error": f"anvil refuses {method}: {answer}"})
        return answer["result"]

    def _await(self) -> None:
        def answers() -> bool:
            if self._process.poll() is not None:
                raise RuntimeError(f"anvil ended with {self._process.returncode}")
            with suppress(HttpError):
                return bool(self._ask("eth_chainId"))
            return False

        try:
            _until(answers, "anvil does not answer")
        except BaseException:
            self._process.kill()
            raise


def _command(program: str, folder: Path, port: int) -> list[str]:
    options = {
        "--host": "127.0.0.1", "--port": port, "--chain-id": CHAIN_ID, "--accounts": 1, "--gas-limit": GAS_LIMIT,
        "--state": folder / "anvil.json", "--state-interval": _SAVE_EVERY, "--cache-path": folder / "anvil-cache",
    }  # fmt: skip
    tied = [sys.executable, "-c", _TIED, str(os.getpid()), program]
    return [*tied, "--no-mining", "--quiet", *(str(part) for pair in options.items() for part in pair)]


@contextmanager
def _turn(path: Path) -> Iterator[int]:
    """Wait until the anvil of before has written its state and ended; the lock goes on to the new one."""
    with path.open("a") as file:

        def free() -> bool:
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            return False

        _until(free, f"another anvil uses {path.parent}")
        yield file.fileno()


def _until(holds: Callable[[], bool], problem: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise RuntimeError(problem)
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
