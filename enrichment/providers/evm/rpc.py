"""Ethereum's JSON-RPC over HTTP. https://ethereum.github.io/execution-apis/"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from enrichment.providers.evm.errors import NodeRefused, refusal
from enrichment.providers.http import NotUnderstood, Service

T = TypeVar("T")


@dataclass(frozen=True)
class Rpc:
    """A node at an address. Every call may be made twice, also sending: the bytes are the same."""

    service: Service
    url: str = field(repr=False)  # it may hold a key

    def call(self, read: Callable[[Any], T], method: str, *params: Any) -> T:
        """What is read from one call's result. Raises RateLimited, Transient, and the classes of `errors`."""
        place = f"{self.service.name} ({method})"
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
        answer = self.service.post(self.url, body, partial(_read, place, read), about=method)
        if isinstance(answer, NodeRefused):
            raise answer
        return answer


def _read(place: str, read: Callable[[Any], T], answer: Any) -> T | NodeRefused:
    """What is read or, not raised yet, what the node refused: asking again would give the same."""
    if not isinstance(answer, dict) or ("error" not in answer and "result" not in answer):
        raise NotUnderstood("nothing that is JSON-RPC")
    if answer.get("error") is None:
        return read(answer["result"])
    error = refusal(place, answer["error"])
    if isinstance(error, NodeRefused):
        return error
    raise error
