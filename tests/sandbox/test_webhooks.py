"""The sandbox's webhook receiver: it accepts what is signed, keeps it once, and survives a restart."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.http import HttpError, Request, Response
from sandbox.webhooks.routes import Receiver
from sandbox.webhooks.sink import Sink

BODY = b'{"id":"k1"}'
SECRET = "s1"


def _header(body: bytes = BODY, secret: str = SECRET, ago: int = 0) -> str:
    moment = str(int(time.time()) - ago)
    return (
        f"t={moment},v1={hmac.new(secret.encode(), f'{moment}.'.encode() + body, hashlib.sha256).hexdigest()}"
    )


def _post(receiver: Receiver, signature: str, key: str = "k1", path: str = "/in") -> Response:
    headers = {"millrace-signature": signature, "idempotency-key": key}
    return receiver.receive(Request("POST", path, {}, BODY, headers))


def _seen(receiver: Receiver) -> Any:
    return receiver.control(Request("GET", "/in", {})).body


@pytest.fixture
def receiver(tmp_path: Path) -> Receiver:
    """An empty one."""
    return Receiver(Sink(tmp_path), ["s0", SECRET])


def test_a_signed_request_is_kept_once_however_often_it_comes(receiver: Receiver) -> None:
    assert _post(receiver, _header()).body == {"received": True, "duplicate": False}
    assert _post(receiver, _header()).body == {"received": True, "duplicate": True}
    [delivery] = _seen(receiver)["deliveries"]
    assert (delivery["key"], delivery["times"], delivery["body"]) == ("k1", 2, {"id": "k1"})


@pytest.mark.parametrize(
    ("signature", "key", "status", "reason"),
    [
        (lambda: "", "k1", 401, "no signature"),
        (lambda: _header(secret="other"), "k1", 401, "wrong signature"),
        (lambda: _header(body=b"{}"), "k1", 401, "wrong signature"),
        (lambda: "t=1,v1=\u00fc", "k1", 401, "wrong signature"),
        (lambda: _header(ago=400), "k1", 401, "signature too old"),
        (_header, "", 400, "no idempotency key"),
    ],
    ids=["unsigned", "other secret", "other body", "not ASCII", "old", "without a key"],
)
def test_anything_else_is_refused_and_noted(
    receiver: Receiver, signature: Callable[[], str], key: str, status: int, reason: str
) -> None:
    assert _post(receiver, signature(), key).status == status
    seen = _seen(receiver)
    assert [refusal["reason"] for refusal in seen["refused"]] == [reason]
    assert seen["deliveries"] == []


def test_the_next_answers_can_be_faults_after_the_fact(receiver: Receiver) -> None:
    receiver.control(Request("PUT", "/answers", {}, json.dumps([500, 429]).encode()))
    statuses = [_post(receiver, _header()).status for _ in range(3)]
    assert statuses == [500, 429, 200]
    assert _seen(receiver)["deliveries"][0]["times"] == 3
    with pytest.raises(HttpError, match="a list of HTTP statuses"):
        receiver.control(Request("PUT", "/answers", {}, b"[5]"))


def test_what_was_seen_survives_a_restart_and_can_be_forgotten(receiver: Receiver, tmp_path: Path) -> None:
    _post(receiver, _header())
    again = Receiver(Sink(tmp_path), [SECRET])
    assert again.control(Request("GET", "/", {})).body == {"in": 1}
    again.control(Request("DELETE", "/in", {}))
    assert _seen(again) == {"deliveries": [], "refused": []}
