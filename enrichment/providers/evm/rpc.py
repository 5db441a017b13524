"""Ethereum's JSON-RPC over HTTP. https://ethereum.github.io/execution-apis/"""

import time
from dataclasses import dataclass, field
from typing import Any

from enrichment.providers.evm.errors import NodeRefused, refusal
from enrichment.providers.http import Service
from jobs.errors import RateLimited, Transient

TRIES = 3  # of one call; every call may be made twice, also sending: the bytes are the same
LONGEST_PAUSE = 2.0  # seconds of Retry-After that are waited for on the spot


@dataclass(frozen=True)
class Rpc:
    """A node at an address. A network error is tried again at once, a short pause is waited for."""

    service: Service
    url: str = field(repr=False)  # it may hold a key

    def call(self, method: str, *params: Any) -> Any:
        """One call's result. Raises RateLimited, Transient, and the classes of `errors`."""
        for left in reversed(range(TRIES)):
            try:
                return self._once(method, params)
            except NodeRefused:
                raise
            except RateLimited as limit:
                if not left or limit.delay > LONGEST_PAUSE:
                    raise
                time.sleep(limit.delay)
            except Transient:
                if not left:
                    raise
        raise AssertionError("the last try returns or raises")

    def _once(self, method: str, params: tuple[Any, ...]) -> Any:
        place = f"{self.service.name} ({method})"
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
        answer = self.service.post(self.url, body)
        if not isinstance(answer, dict) or ("error" not in answer and "result" not in answer):
            raise Transient(f"{place} gave no answer that is JSON-RPC")
        if answer.get("error") is not None:
            raise refusal(place, answer["error"])
        return answer["result"]
