"""A socket as a program opens it, and the platform behind it."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.contrib.auth.models import User
from websockets.sync.client import ClientConnection, connect

from tests.jobs.faults.conftest import platform
from tests.jobs.http.conftest import token_for

__all__ = ["platform"]

Message = dict[str, Any]


class Socket:
    """One connection; `seen` has every message in order."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.seen: list[Message] = []

    def ask(self, **message: Any) -> None:
        """Send a message."""
        self.connection.send(json.dumps(message))

    def read(self, seconds: float = 10.0) -> Message:
        """The next message; TimeoutError when none comes."""
        message: Message = json.loads(self.connection.recv(timeout=seconds))
        self.seen.append(message)
        return message

    def until(self, wanted: Callable[[Message], bool], seconds: float = 20.0) -> Message:
        """Read on to the first message that is wanted."""
        while not wanted(message := self.read(seconds)):
            pass
        return message

    def of(self, kind: str) -> list[Message]:
        """The messages of a type that were seen."""
        return [message for message in self.seen if message["type"] == kind]


Open = Callable[[str], Socket]


@pytest.fixture
def token(transactional_db: None) -> str:
    """The token of somebody who may operate."""
    return token_for(User.objects.create_user("operator", is_staff=True))


@pytest.fixture
def open_socket(token: str) -> Iterator[Open]:
    """Opens signed-in sockets at a web server's address; they are closed at the end."""
    with ExitStack() as opened:

        def open_at(address: str) -> Socket:
            headers = {"Authorization": f"Bearer {token}"}
            connection = opened.enter_context(connect(f"ws://{address}/ws/jobs/", additional_headers=headers))
            socket = Socket(connection)
            assert socket.read()["type"] == "connected"
            return socket

        yield open_at
