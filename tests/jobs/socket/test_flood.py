"""Much at once: a body of 100 MB, and ten thousand events as fast as Redis takes them."""

import json
import socket
from collections.abc import Iterator
from typing import Any

from jobs.fence import keys
from jobs.fence.connection import client
from jobs.models import Job
from tests.jobs.socket.conftest import Open
from tests.processes import Platform
from tests.sample_tasks import mark
from tests.waiting import wait_until

EVENTS = 10_000
BODY = 100 * 1024 * 1024


def test_a_body_of_100_mb_is_refused_and_ten_thousand_events_reach_the_end(
    platform: Platform, open_socket: Open, token: str
) -> None:
    address = platform.web()
    platform.dispatcher()
    platform.worker("w1", "quick", 1)
    (web,) = [process for process in platform._started if process.name == "web"]
    before = _megabytes(web.pid)
    for announced in (True, False):
        status, sent = _send_too_much(address, token, announced=announced)
        assert status == 413
        assert sent < BODY / 4
    assert _megabytes(web.pid) - before < 30

    browser = open_socket(address)
    browser.ask(type="subscribe", id="all", queues=["quick"])
    browser.until(lambda message: message["type"] == "subscribed")
    (job,) = mark.enqueue_many([{"name": "busy", "seconds": 3.0}])
    wait_until(lambda: Job.objects.filter(uid=job.id, state="active").exists(), 20, "the start")
    _flood(job.id)
    done = browser.until(lambda message: message["type"] == "job.completed", 60)

    assert done["jobId"] == job.id
    told = [message for message in browser.seen if message.get("jobId") == job.id]
    places = [tuple(map(int, message["cursor"].split("-"))) for message in told]
    assert places == sorted(set(places))
    assert browser.of("job.progress")[-1]["progress"] == 1.0
    wait_until(
        lambda: Job.objects.get(uid=job.id).progress_detail == {"n": EVENTS}, 20, "the fold of the last"
    )
    assert mark.delay("after the flood").get(timeout=20) == "after the flood"


def _flood(uid: str) -> None:
    redis: Any = client()
    pipeline = redis.pipeline(transaction=False)
    for n in range(1, EVENTS + 1):
        data = json.dumps({"fraction": n / EVENTS, "detail": {"n": n}})
        pipeline.xadd(keys.events("quick"), {"e": "progress", "j": uid, "r": 1, "d": data})
    pipeline.execute()


def _send_too_much(address: str, token: str, *, announced: bool) -> tuple[int, int]:
    """The status of the answer, and how many bytes the server took before it."""
    length = f"Content-Length: {BODY}" if announced else "Transfer-Encoding: chunked"
    head = f"POST /api/v1/jobs/trigger HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n"
    head += f"Content-Type: application/json\r\n{length}\r\n\r\n"
    host, port = address.split(":")
    sent = 0
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(head.encode())
        try:
            for piece in _pieces(announced=announced):
                connection.sendall(piece)
                sent += len(piece)
        except OSError:  # it has answered and closed
            pass
        return int(connection.recv(100).split()[1]), sent


def _pieces(*, announced: bool) -> Iterator[bytes]:
    piece = b"x" * 65_536
    for _ in range(BODY // len(piece)):
        yield piece if announced else b"10000\r\n" + piece + b"\r\n"


def _megabytes(pid: int) -> float:
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))
