"""The protocol in detail, against the application itself: who is let in, what is answered."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client

from jobs.fence import keys
from jobs.fence.connection import client as redis
from jobs.models import ApiToken
from jobs.socket import consumer
from tests.jobs.http.conftest import token_for
from tests.jobs.socket.communicator import Communicator
from tests.sample_tasks import noop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _clean() -> None:
    redis().flushall()


@asynccontextmanager
async def _socket(**headers: str) -> AsyncIterator[Communicator]:
    given = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    communicator = Communicator("/ws/jobs/", given)
    assert await communicator.connect()
    try:
        yield communicator
    finally:
        await communicator.disconnect()


@asynccontextmanager
async def _signed_in() -> AsyncIterator[Communicator]:
    token = await _in_database(_make_token)
    async with _socket(Authorization=f"Bearer {token}") as socket:
        assert (await socket.read())["type"] == "connected"
        yield socket


async def _in_database(function: Callable[..., Any], *args: Any) -> Any:
    return await database_sync_to_async(function)(*args)


def _make_token() -> str:
    user, _ = User.objects.get_or_create(username="operator")
    return token_for(user)


def _session_cookie() -> str:
    browser = Client()
    browser.force_login(User.objects.create_user("somebody"))
    return f"sessionid={browser.cookies['sessionid'].value}"


async def test_a_token_as_the_first_message_signs_in() -> None:
    token = await _in_database(_make_token)
    async with _socket() as socket:
        await socket.send({"type": "authenticate", "token": token})
        told = await socket.read()
        assert (told["type"], told["protocol"]) == ("connected", 1)
        assert len(told["clientId"]) == 16


async def test_a_session_signs_in_from_a_page_of_this_site_only() -> None:
    cookie = await _in_database(_session_cookie)
    async with _socket(Cookie=cookie, Origin="http://localhost:8000") as socket:
        assert (await socket.read())["type"] == "connected"
    headers = [(b"cookie", cookie.encode()), (b"origin", b"https://evil.example")]
    assert not await Communicator("/ws/jobs/", headers).connect()


@pytest.mark.parametrize(
    "first",
    [
        {"type": "authenticate", "token": "mr_invented"},
        {"type": "subscribe", "id": "s", "overview": True},
        {"type": "nonsense"},
    ],
)
async def test_a_stranger_is_closed_out_with_4401(first: dict[str, Any]) -> None:
    async with _socket() as socket:
        await socket.send(first)
        assert await socket.read() == {"type": "websocket.close", "code": 4401}


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("{", "message"),
        ("[]", "message"),
        pytest.param("[" * 100_000, "message", id="deep"),
        pytest.param('{"type": "ping"}' + " " * 600_000, "message", id="long"),
        ('{"type": "shout"}', "message"),
        ('{"type": "subscribe", "id": "s", "queues": ["quik"]}', "queues"),
        ('{"type": "subscribe", "id": "s", "after": "now"}', "after"),
        ('{"type": "subscribe", "id": "s", "jbos": ["x"]}', "jbos"),
        ('{"type": "subscribe", "jobs": ["x"]}', "id"),
    ],
)
async def test_a_bad_message_is_answered_with_an_error_and_the_socket_stays(text: str, field: str) -> None:
    async with _signed_in() as socket:
        await socket.send(text)
        told = await socket.read()
        assert (told["type"], told["code"]) == ("error", "malformed")
        assert field in told["fields"], told
        await socket.send({"type": "ping"})
        assert await socket.read() == {"type": "pong"}


async def test_subscribing_tells_where_the_job_stands_and_an_unknown_one_is_an_error() -> None:
    job = await _in_database(noop.delay)
    async with _signed_in() as socket:
        await socket.send({"type": "subscribe", "id": "s1", "jobs": [job.id, "nobody"]})
        subscribed = await socket.read()
        assert (subscribed["type"], subscribed["subscriptions"]) == ("subscribed", ["s1"])
        assert list(subscribed["cursors"]) == ["quick"]
        state = await socket.read()
        assert (state["type"], state["jobId"], state["state"]) == ("job.state", job.id, "waiting")
        error = await socket.read()
        assert (error["type"], error["code"], error["subscriptions"]) == ("error", "unknown-job", ["s1"])


async def test_a_cursor_that_the_log_has_been_trimmed_past_gets_a_gap() -> None:
    stream = keys.events("quick")
    ids = [await _in_database(redis().xadd, stream, {"e": "enqueued"}) for _ in range(3)]
    await _in_database(redis().xgroup_create, stream, "fold", ids[2])
    await _in_database(lambda: redis().xtrim(stream, minid=ids[2], approximate=False))
    async with _signed_in() as socket:
        await socket.send({"type": "subscribe", "id": "s", "queues": ["quick"], "after": ids[0]})
        assert (await socket.read())["type"] == "subscribed"
        assert await socket.read() == {"type": "gap", "queue": "quick", "subscriptions": ["s"]}
        await socket.send({"type": "subscribe", "id": "t", "queues": ["quick"], "after": ids[2]})
        assert (await socket.read())["cursors"] == {"quick": ids[2]}
        await socket.send({"type": "ping"})
        assert await socket.read() == {"type": "pong"}


async def test_the_overview_begins_with_every_queue() -> None:
    await _in_database(noop.delay)
    async with _signed_in() as socket:
        await socket.send({"type": "subscribe", "id": "o", "overview": True})
        assert (await socket.read())["type"] == "subscribed"
        told = [await socket.read() for _ in range(3)]
        assert {message["type"] for message in told} == {"queue.stats"}
        while told[-1]["queue"] != "quick":
            told.append(await socket.read())
        assert told[-1]["counts"] == {"waiting": 1, "delayed": 0, "active": 0, "dead": 0}


async def test_an_address_that_is_no_socket_is_refused() -> None:
    assert not await Communicator("/ws/nothing/", []).connect()


@pytest.mark.parametrize("change", ["revoked", "deactivated", "signed out"])
async def test_a_socket_ends_when_its_user_would_not_be_let_in_any_more(
    monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    monkeypatch.setattr(consumer, "_SECONDS_BETWEEN_LOOKS", 0.05)
    signed_out = change == "signed out"
    cookie = await _in_database(_session_cookie) if signed_out else ""
    token = "" if signed_out else await _in_database(_make_token)
    headers = {"Cookie": cookie} if cookie else {"Authorization": f"Bearer {token}"}
    async with _socket(**headers) as socket:
        assert (await socket.read())["type"] == "connected"
        await socket.send({"type": "ping"})
        assert (await socket.read())["type"] == "pong"
        await _in_database(_shut_out, change)
        assert await socket.read() == {"type": "websocket.close", "code": 4401}


def _shut_out(change: str) -> None:
    if change == "revoked":
        ApiToken.objects.update(revoked=True)
    elif change == "deactivated":
        User.objects.update(is_active=False)
    else:
        Session.objects.all().delete()
