"""Requests and answers of the sandbox as plain values, so that handlers know nothing of ASGI."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

Json = Any  # whatever `json` reads and writes


class HttpError(Exception):
    """A request is refused with this status and this JSON body."""

    def __init__(self, status: int, body: Json, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"HTTP {status}: {body}")
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


@dataclass(frozen=True)
class Request:
    """One HTTP request, its body fully read. Names of headers are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)  # names in small letters
    raw_query: str = ""

    def json(self) -> Json:
        """The body as JSON; raises HttpError 400 when it is none."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise HttpError(400, {"error": f"the body is no JSON: {error}"}) from error

    def parameters(self) -> dict[str, str]:
        """The query's parameters and those of a body in the form of a query."""
        return {**self.query, **parse_query(self.body)}


@dataclass(frozen=True)
class Response:
    """One HTTP answer; bytes are sent as they are, any other body as compact JSON."""

    body: Json
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """The body as it goes over the wire."""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, separators=(",", ":")).encode()


def parse_query(raw: bytes) -> dict[str, str]:
    """The query string's parameters; of a repeated one the last counts."""
    return {
        name: values[-1]
        for name, values in parse_qs(raw.decode(errors="replace"), keep_blank_values=True).items()
    }
