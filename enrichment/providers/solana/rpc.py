"""Solana JSON-RPC over HTTP, in batches. https://solana.com/docs/rpc"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeVar

from enrichment.providers.http import NotUnderstood, Service
from jobs.errors import Permanent, RateLimited, Transient

BATCH = 25  # calls in one request; public nodes refuse larger ones
CONCURRENT = 4  # requests at a time

_RATE_LIMITED = {429, -32429}
_RETRY_IN = 5.0  # seconds
# Node behind, block not available yet or at this node, node unhealthy, internal error.
_PASSING = {-32004, -32005, -32014, -32016, -32603}

Call = tuple[str, list[Any]]  # method and parameters
T = TypeVar("T")


@dataclass(frozen=True)
class Rpc:
    """A node at an address."""

    service: Service
    url: str = field(repr=False)  # it may hold a key

    def call(self, method: str, params: list[Any], read: Callable[[Any], T]) -> T:
        """What is read from one call's result. Raises RateLimited, Transient, Permanent."""
        body = _request(0, (method, params))
        return self.service.post(
            self.url, body, lambda answer: read(self._result(method, answer)), about=method
        )

    def call_many(self, calls: Sequence[Call], read: Callable[[Any], T]) -> list[T]:
        """What is read from each result, in the calls' order; a few requests are under way at a time."""
        batches = [calls[start : start + BATCH] for start in range(0, len(calls), BATCH)]
        if len(batches) <= 1:
            return self._batch(batches[0], read) if batches else []
        with ThreadPoolExecutor(CONCURRENT) as threads:
            return list(chain.from_iterable(threads.map(lambda batch: self._batch(batch, read), batches)))

    def _batch(self, calls: Sequence[Call], read: Callable[[Any], T]) -> list[T]:
        body = [_request(number, call) for number, call in enumerate(calls)]
        about = f"{len(calls)} x {calls[0][0]}"
        return self.service.post(
            self.url,
            body,
            lambda answers: [read(result) for result in self._results(calls, answers)],
            about=about,
            requests=len(calls),
        )

    def _results(self, calls: Sequence[Call], answers: Any) -> list[Any]:
        if not isinstance(answers, list):  # a node that refuses the batch answers with one error
            self._result("a batch", answers)
            raise NotUnderstood("one answer to a batch")
        by_number = {answer.get("id"): answer for answer in answers if isinstance(answer, dict)}
        return [self._result(method, by_number.get(number)) for number, (method, _) in enumerate(calls)]

    def _result(self, method: str, answer: Any) -> Any:
        place = f"{self.service.name} ({method})"
        if not isinstance(answer, dict) or ("error" not in answer and "result" not in answer):
            raise NotUnderstood("nothing that is JSON-RPC")
        error = answer.get("error")
        if error is None:
            return answer["result"]
        code, message = error.get("code"), error.get("message", "no reason given")
        if code in _RATE_LIMITED:
            raise RateLimited(_RETRY_IN, f"{place} asks to wait")
        if code in _PASSING:
            raise Transient(f"{place}: {message}")
        raise Permanent(f"{place}: {message}")


def _request(number: int, call: Call) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "method": call[0], "params": call[1]}
