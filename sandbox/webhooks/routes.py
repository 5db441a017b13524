"""`POST /webhooks/<inbox>` receives; `/sandbox/webhooks...` shows what came, and switches the faults."""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sandbox.http import HttpError, Request, Response
from sandbox.webhooks.signatures import HEADER, fault_of
from sandbox.webhooks.sink import Sink

DEVELOPMENT_SECRET = "whsec_development"  # noqa: S105 -- the one that both sides know where nothing is secret
_LONGEST_NAME = 100


def webhook_routes(folder: Path) -> dict[str, Callable[[Request], Response]]:
    """The receiver and its control, over a state folder."""
    secrets = [secret for secret in os.environ.get("WEBHOOK_SECRETS", "").split(",") if secret]
    receiver = Receiver(Sink(folder), secrets or [DEVELOPMENT_SECRET])
    return {"/webhooks": receiver.receive, "/sandbox/webhooks": receiver.control}


class Receiver:
    """Accepts what is signed with one of the secrets."""

    def __init__(self, sink: Sink, secrets: Sequence[str]) -> None:
        self._sink = sink
        self._secrets = secrets
        self._next: list[int] = []  # statuses of the next answers, whatever was done

    def receive(self, request: Request) -> Response:
        """Check, keep, answer. The faults of `answers` come afterwards: what was kept may be told as failed."""
        inbox, now = request.path.strip("/"), time.time()
        if request.method != "POST" or not 0 < len(inbox) <= _LONGEST_NAME:
            return Response({"error": "POST to /webhooks/<inbox>"}, 405)
        fault = fault_of(request.headers.get(HEADER, ""), request.body, self._secrets, now)
        key = request.headers.get("idempotency-key", "")
        if fault or not key:
            self._sink.refuse(inbox, fault or "no idempotency key", now)
            return Response({"error": fault or "no idempotency key"}, 401 if fault else 400)
        fresh = self._sink.keep(inbox, key, request.body, now)
        if self._next:
            return Response({"error": "on purpose"}, self._next.pop(0))
        return Response({"received": True, "duplicate": not fresh})

    def control(self, request: Request) -> Response:
        """`GET /` inboxes, `GET /<inbox>` what it saw, `DELETE /<inbox>`, `PUT /answers` [500, 503, ...]."""
        name = request.path.strip("/")
        match request.method, name:
            case "GET", "":
                return Response(self._sink.inboxes())
            case "GET", _:
                return Response(
                    {"deliveries": self._sink.deliveries(name), "refused": self._sink.refusals(name)}
                )
            case "DELETE", _ if name:
                self._sink.empty(name)
                return Response({})
            case "PUT", "answers":
                self._next = _statuses(request)
                return Response(self._next)
        return Response({"error": f"nothing at /sandbox/webhooks{request.path}"}, 404)


def _statuses(request: Request) -> list[int]:
    asked = request.json()
    if not isinstance(asked, list) or not all(isinstance(one, int) and 200 <= one <= 599 for one in asked):
        raise HttpError(400, {"error": "a list of HTTP statuses, such as [500, 503]"})
    return asked
