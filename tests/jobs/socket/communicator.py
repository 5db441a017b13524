"""A WebSocket spoken to the ASGI application itself, without a server (Channels' own needs daphne)."""

import json
from typing import Any

from asgiref.testing import ApplicationCommunicator

from config.asgi import application

Headers = list[tuple[bytes, bytes]]


class Communicator:
    """One connection to `path`."""

    def __init__(self, path: str, headers: Headers) -> None:
        scope = {
            "type": "websocket",
            "path": path,
            "query_string": b"",
            "headers": headers,
            "subprotocols": [],
        }
        self._inner: Any = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]  # asgiref's

    async def connect(self) -> bool:
        """Whether the connection was accepted."""
        await self._inner.send_input({"type": "websocket.connect"})
        answer = await self._inner.receive_output(5)
        return bool(answer["type"] == "websocket.accept")

    async def send(self, message: Any) -> None:
        """Send a message as JSON, or text as it is."""
        text = message if isinstance(message, str) else json.dumps(message)
        await self._inner.send_input({"type": "websocket.receive", "text": text})

    async def read(self) -> dict[str, Any]:
        """The next message, or the close."""
        answer: dict[str, Any] = await self._inner.receive_output(5)
        return json.loads(answer["text"]) if answer["type"] == "websocket.send" else answer

    async def disconnect(self) -> None:
        """Leave."""
        await self._inner.send_input({"type": "websocket.disconnect", "code": 1000})
        await self._inner.wait(5)
