"""The socket itself: who is there, what it asks, what it is sent."""

import asyncio
import contextlib
import json
import logging
import secrets
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from jobs.access import may_still_view, may_view, user_of_token
from jobs.socket.feed import Feed
from jobs.socket.hub import OUTAGES, hub
from jobs.socket.messages import PROTOCOL
from jobs.socket.outbox import Outbox, TooSlow
from jobs.socket.requests import Authenticate, BadRequest, Ping, Subscribe, Unsubscribe, parse

logger = logging.getLogger(__name__)

NOT_SIGNED_IN, TOO_SLOW, TRY_AGAIN = 4401, 4408, 1013  # close codes
_SECONDS_TO_SIGN_IN = 10.0
_SECONDS_TO_BE_READY = 10.0
_SECONDS_BETWEEN_LOOKS = 30.0  # at whether the user may still look


class JobsConsumer(AsyncWebsocketConsumer):
    """One connection of a browser or a program."""

    channel_layer_alias = "none"  # the hub feeds the sockets; a channel layer would cost a connection each

    async def connect(self) -> None:
        """Accept; a session or a bearer token signs in, else the first message has to."""
        self._stack = contextlib.AsyncExitStack()
        self._outbox = Outbox()
        self._feed: Feed | None = None
        self._deadline: asyncio.TimerHandle | None = None
        await self.accept()
        user, token = self.scope.get("user"), None
        if not may_view(user):
            token = _bearer(self.scope["headers"])
            user = await self._user_of(token)
        if may_view(user):
            await self._welcome(user, token)
        else:
            loop = asyncio.get_running_loop()
            self._deadline = loop.call_later(_SECONDS_TO_SIGN_IN, self._refuse)

    async def disconnect(self, code: int) -> None:
        """Forget the subscriptions."""
        if self._deadline:
            self._deadline.cancel()
        if self._feed:
            self._feed.close()
        await self._stack.aclose()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Answer a message; one that makes no sense is answered with `error`."""
        try:
            request = parse(text_data)
            if self._feed is None:
                await self._sign_in(request)
            else:
                await self._answer(self._feed, request)
        except BadRequest as error:
            if self._feed is None:
                await self.close(NOT_SIGNED_IN)
                return
            self._tell_error(error, text_data)
        except OUTAGES as error:
            logger.warning("a socket is closed, to come back later: %s", error)
            await self.close(TRY_AGAIN)

    async def _sign_in(self, request: Any) -> None:
        token = request.token if isinstance(request, Authenticate) else None
        user = await self._user_of(token)
        if may_view(user):
            await self._welcome(user, token)
        else:
            await self.close(NOT_SIGNED_IN)

    async def _answer(self, feed: Feed, request: Any) -> None:
        if isinstance(request, Subscribe):
            await feed.subscribe(request)
        elif isinstance(request, Unsubscribe):
            feed.unsubscribe(request.id)
        elif isinstance(request, Ping):
            self._outbox.put({"type": "pong"})

    async def _welcome(self, user: Any, token: str | None) -> None:
        if self._deadline:
            self._deadline.cancel()
        listening = await self._stack.enter_async_context(hub().listening())
        try:
            await asyncio.wait_for(listening.ready.wait(), _SECONDS_TO_BE_READY)
        except TimeoutError:
            await self.close(TRY_AGAIN)
            return
        self._feed = Feed(listening, self._outbox)
        self._outbox.put({"type": "connected", "clientId": secrets.token_hex(8), "protocol": PROTOCOL})
        session = None if token else self.scope["session"].session_key
        for work in (self._send_all(), self._look_again(user.pk, token, session)):
            self._stack.callback(asyncio.create_task(work).cancel)

    async def _send_all(self) -> None:
        try:
            while True:
                await self.send(json.dumps(await self._outbox.take()))
        except TooSlow:
            await self.close(TOO_SLOW)
        except OSError:
            logger.debug("the client left while it was sent to")
        finally:
            self._outbox.close()

    async def _look_again(self, user_id: int, token: str | None, session: str | None) -> None:
        """Close when the user was deactivated, signed out, or the token revoked."""
        may_still = database_sync_to_async(may_still_view)
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
            with contextlib.suppress(*OUTAGES):
                if not await may_still(user_id, token, session):
                    await self.close(NOT_SIGNED_IN)
                    return

    def _refuse(self) -> None:
        closing = asyncio.ensure_future(self.close(NOT_SIGNED_IN))
        self._stack.callback(closing.cancel)

    def _tell_error(self, error: BadRequest, text: str | None) -> None:
        message = {"type": "error", "code": error.code, "detail": str(error), "fields": error.fields}
        asked = _name_in(text)
        self._outbox.put(message | ({"subscriptions": [asked]} if asked else {}))

    async def _user_of(self, token: str | None) -> Any:
        return await database_sync_to_async(user_of_token)(token) if token else None


def _bearer(headers: Any) -> str | None:
    given = dict(headers).get(b"authorization", b"").decode("latin-1")
    scheme, _, token = given.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _name_in(text: str | None) -> str | None:
    """The id of a subscription in a message that was refused, so that the client knows which one it was."""
    try:
        asked = json.loads(text or "null")
    except (ValueError, RecursionError):
        return None
    name = asked.get("id") if isinstance(asked, dict) else None
    return name if isinstance(name, str) else None
