"""Large bodies are refused while they arrive."""

import json
from collections.abc import MutableMapping
from typing import Any

from jobs.http.limits import BodyLimit


async def _answer(headers: list[tuple[bytes, bytes]], chunks: list[bytes]) -> tuple[int, bytes, int]:
    """Status, body, and how many bytes the application behind the limit was given."""
    seen = 0
    left = list(chunks)
    sent: list[MutableMapping[str, Any]] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        nonlocal seen
        more = True
        while more:
            message = await receive()
            seen += len(message["body"])
            more = message["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"fine"})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await BodyLimit(application, 100)({"type": "http", "headers": headers}, receive, send)
    return sent[0]["status"], sent[1]["body"], seen


async def test_a_body_within_the_limit_passes() -> None:
    assert await _answer([(b"content-length", b"100")], [b"x" * 60, b"x" * 40]) == (200, b"fine", 100)


async def test_an_announced_length_is_refused_before_anything_is_read() -> None:
    status, body, seen = await _answer([(b"content-length", b"101")], [b"x" * 101])
    assert (status, json.loads(body)["type"], seen) == (413, "/problems/too-large", 0)


async def test_a_body_without_a_length_is_cut_off_at_the_limit() -> None:
    status, body, seen = await _answer([], [b"x" * 60] * 1000)
    assert (status, json.loads(body)["status"], seen) == (413, 413, 60)
