"""The EVM chain of the sandbox. It starts in the background: py-evm takes seconds to import."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from sandbox.evm.accounts import Account, funded_accounts
from sandbox.evm.anvil import Anvil, find_anvil
from sandbox.http import Request, Response

INTERVAL = 1.0  # seconds between two blocks
_START = 60.0  # seconds that a request waits for the start


class Backend(Protocol):
    """Whatever answers JSON-RPC."""

    def answer(self, body: bytes) -> Any:
        """The answer to a request's body."""

    def close(self) -> None:
        """Stop."""


class LocalNode:
    """The node of our own, with blocks on a timer."""

    def __init__(self, folder: Path, accounts: tuple[Account, ...], interval: float) -> None:
        from sandbox.evm.miner import Miner
        from sandbox.evm.node import Node

        self.node = Node(folder, accounts)
        self._miner = Miner(self.node.mine, interval).start()

    def answer(self, body: bytes) -> Any:
        """See `Backend`."""
        from sandbox.evm.rpc import answer

        return answer(self.node, body)

    def close(self) -> None:
        """See `Backend`."""
        self._miner.stop()
        self.node.close()


class EvmService:
    """Answers `/evm`, and tells who has money on it."""

    def __init__(self, folder: Path, seed: int, interval: float = INTERVAL, *, anvil: bool = True) -> None:
        self._folder = folder
        self._seed = seed
        self._interval = interval
        self._program = find_anvil() if anvil else None
        self._backend: Backend | None = None
        self._problem: BaseException | None = None
        self._ready = threading.Event()
        self._closed = threading.Event()

    def start(self) -> "EvmService":
        """Open the chain, in a thread, which stays until `close`: anvil ends with the thread that started it."""
        threading.Thread(target=self._open, name="evm-start", daemon=True).start()
        return self

    def answer(self, request: Request) -> Response:
        """A JSON-RPC request; one that comes too early waits. 503 when the chain did not start."""
        if request.method != "POST":
            return Response({"error": "method not allowed"}, 405)
        self._ready.wait(_START)
        if self._backend is None:
            return Response({"error": f"the chain did not start: {self._problem}"}, 503)
        return Response(self._backend.answer(request.body))

    def accounts(self, _request: Request) -> Response:
        """The accounts that have money, with their keys: samples for people who have none."""
        return Response([account.as_json() for account in funded_accounts(self._seed)])

    def close(self) -> None:
        """Stop the chain."""
        self._ready.wait(_START)
        if self._backend is not None:
            self._backend.close()
        self._closed.set()

    def _open(self) -> None:
        try:
            self._backend = self._made()
        except BaseException as error:
            self._problem = error
            raise
        finally:
            self._ready.set()
        self._closed.wait()

    def _made(self) -> Backend:
        accounts = funded_accounts(self._seed)
        kind: Callable[[], Backend] = (
            (lambda: Anvil(self._program or "", self._folder, accounts, self._interval))
            if self._program
            else (lambda: LocalNode(self._folder, accounts, self._interval))
        )
        return kind()
