"""Every address of the site, as a stranger finds it: there is nothing behind it for him."""

import re
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.processes import Process
from tests.waiting import wait_until

FLOWER = [sys.executable, "-m", "celery", "-A", "config", "flower", "--address=127.0.0.1"]

# Open on purpose: probes, the way in and out, and what is no address but the start of many.
OPEN = {"healthz", "readyz", "login", "admin/login/", "admin/logout/", "api/v1/"}
_VALUES = {"int": "1", "uuid": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "slug": "a", "str": "a", "path": "a"}


def addresses_of(resolver: Any, before: str = "") -> Iterator[str]:
    """The pattern of every address."""
    for pattern in resolver.url_patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses_of(pattern, path)
        elif isinstance(pattern, URLPattern):
            yield path


def filled(path: str) -> str:
    """A pattern with something in the place of each parameter."""
    path = re.sub(r"<(?:(\w+):)?\w+>", lambda found: _VALUES.get(found[1] or "str", "a"), path)
    path = re.sub(r"\(\?P<\w+>[^)]*\)", "1", path)
    return path.replace("^", "").replace("$", "").replace("\\", "")


ADDRESSES = {filled(path) for path in addresses_of(get_resolver())} - OPEN


@pytest.mark.django_db
def test_a_stranger_is_turned_away_everywhere() -> None:
    assert {
        "admin/auth/user/",
        "api/v1/openapi.json",
        "api/v1/jobs",
        "jobs",
        "metrics",
        "wallets",
    } < ADDRESSES
    let_in = []
    for address in ADDRESSES:
        for method in ("get", "post", "put", "patch", "delete"):
            answer = getattr(Client(), method)(f"/{address}")
            to_login = answer.status_code == 302 and "login" in answer.headers["Location"]
            if not to_login and answer.status_code not in {401, 405}:
                let_in.append(f"{method} /{address}: {answer.status_code}")
    assert let_in == []


def test_flower_lets_nobody_in_without_the_password(flower: str) -> None:
    for path in ("/", "/tasks", "/workers", "/broker", "/api/workers", "/api/tasks", "/metrics"):
        for login in (None, ("ops", "guessed"), ("demo", "demo")):
            assert httpx2.get(f"{flower}{path}", auth=login).status_code == 401, path
    assert httpx2.get(f"{flower}/metrics", auth=("ops", "a-password")).status_code == 200
    assert httpx2.get(f"{flower}/workers", auth=("ops", "a-password")).status_code == 200


@pytest.fixture
def flower(transactional_db: None, tmp_path: Path) -> Iterator[str]:
    """Flower as the Procfile starts it; its address."""
    port = _free_port()
    command = [*FLOWER, f"--port={port}"]
    process = Process("flower", command, tmp_path, FLOWER_BASIC_AUTH="ops:a-password")
    try:
        wait_until(lambda: _answers(port), 30, "Flower")
        yield f"http://127.0.0.1:{port}/flower"
    finally:
        process.kill_group()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
