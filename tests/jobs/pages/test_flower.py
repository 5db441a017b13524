"""`/flower/`: Flower itself, behind the site's login."""

import base64
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from jobs.models import AuditEntry
from jobs.supervisor.readiness import answers_ok
from tests.processes import Process
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db
SHUTDOWN = "/flower/api/worker/shutdown/nobody@nowhere"
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where a Flower of the Procfile's kind listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = int(free.getsockname()[1])
    command = [sys.executable, "-m", "celery", "-A", "config", "flower"]
    command += ["--address=127.0.0.1", f"--port={number}"]
    process = Process("flower", command, tmp_path_factory.mktemp("flower"))
    wait_until(lambda: answers_ok("127.0.0.1", number, "/flower/healthcheck"), 40, "Flower")
    yield number
    process.stop()


@pytest.fixture(autouse=True)
def address(port: int, settings: Any) -> None:
    """The site knows where it is."""
    settings.FLOWER_URL = f"http://127.0.0.1:{port}"


def test_an_operator_sees_flower_through_the_site(operator: Client) -> None:
    page = operator.get("/flower/", follow=True)
    assert page.status_code == 200
    assert "/flower/static/js/flower.js" in page.content.decode()
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert operator.get("/flower/static/js/flower.js").status_code == 200


def test_strangers_are_sent_to_the_login_and_viewers_away(viewer: Client) -> None:
    assert Client().get("/flower/workers")["Location"] == "/login?next=/flower/workers"
    assert viewer.get("/flower/").status_code == 403


def test_its_own_port_is_closed(port: int) -> None:
    guessed = base64.b64encode(b"millrace:millrace").decode()
    for headers in ({}, {"Authorization": f"Basic {guessed}"}):
        request = urllib.request.Request(f"http://127.0.0.1:{port}/flower/workers", headers=headers)
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(request)


def test_only_administrators_use_its_controls_from_a_page_of_this_site_and_leave_an_entry(
    operator: Client,
) -> None:
    admin = Client()
    admin.force_login(User.objects.create_superuser("admin"))
    assert operator.post(SHUTDOWN, headers=FROM_HERE).status_code == 403
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert admin.post(SHUTDOWN, headers=headers).status_code == 403
    assert AuditEntry.objects.count() == 0
    assert admin.post(SHUTDOWN, headers=FROM_HERE).status_code == 404  # Flower knows no such worker
    assert AuditEntry.objects.values_list("actor", "action", "target").get() == (
        "admin",
        "use flower",
        SHUTDOWN,
    )


def test_without_flower_the_page_says_so(operator: Client, settings: Any) -> None:
    settings.FLOWER_URL = "http://127.0.0.1:9"
    page = operator.get("/flower/")
    assert (page.status_code, "Flower does not answer" in page.content.decode()) == (503, True)
