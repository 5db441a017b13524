"""An alert from the failing job to the webhook and back to calm, through a real dispatcher and worker."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from execution.models import Notification
from jobs.dead_letters import discard
from jobs.models import DeadLetter, Job
from monitoring.models import Alert, AlertRule
from monitoring.services.alerts import silence
from monitoring.tasks.alerts import evaluate_alert_rules
from tests.jobs.faults.conftest import platform  # noqa: F401 -- the fixture
from tests.jobs.faults.history import wait_for_all
from tests.processes import Platform
from tests.sample_tasks import fail
from tests.waiting import wait_until

QUEUES = "quick,alert-processing,notifications"


class Pager(ThreadingHTTPServer):
    """Somebody's webhook: keeps what it is sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.messages: list[tuple[str, dict[str, Any]]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def subjects(self) -> list[str]:
        """The subjects, in the order in which they came."""
        return [message["subject"] for _, message in self.messages]


class _Handler(BaseHTTPRequestHandler):
    server: Pager

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Millrace-Signature"].startswith("t=")
        self.server.messages.append((self.headers["Idempotency-Key"], json.loads(body)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def pager() -> Iterator[Pager]:
    """A webhook on loopback."""
    server = Pager()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def rules(transactional_db: None) -> None:
    """Two rules about failures of the queue `quick`, and no others."""
    AlertRule.objects.all().delete()
    for name, measure in (("many dead letters", "dead_letters"), ("dead letters grow", "failed_in_an_hour")):
        AlertRule.objects.create(
            name=name, measure=measure, subject="quick", threshold=2, cooldown_seconds=600
        )


def _look(times: int = 1) -> None:
    """Ask for the rules to be evaluated, several times at once: calls may meet one job."""
    jobs = {result.id: result for result in (evaluate_alert_rules.delay() for _ in range(times))}
    wait_for_all(list(jobs.values()), 20)
    notices = Job.objects.filter(task="execution.tasks.notifications.send_notification")
    wait_until(lambda: not notices.filter(finished_at=None).exists(), 20, "the delivery")


def _states() -> dict[str, tuple[str, bool]]:
    return {alert.rule: (alert.state, alert.silenced) for alert in Alert.objects.all()}


def test_an_alert_is_raised_delivered_once_silenced_and_resolved(
    platform: Platform,  # noqa: F811 -- the fixture
    pager: Pager,
    rules: None,
) -> None:
    platform.dispatcher()
    platform.worker(
        "w1", QUEUES, 2,
        ALERT_WEBHOOK_URL=f"http://127.0.0.1:{pager.server_port}/alerts", WEBHOOK_ALLOWED_NETWORKS="127.0.0.0/8",
    )  # fmt: skip
    wait_for_all([fail.using(max_attempts=1).enqueue("no luck") for _ in range(3)], 20)
    silence("dead letters grow", "", 3600, "operator")

    _look(3)
    assert _states() == {"many dead letters": ("firing", False), "dead letters grow": ("firing", True)}
    _look()
    ((key, message),) = pager.messages
    alert = Alert.objects.get(rule="many dead letters")
    assert (key, message["id"]) == (f"alert:{alert.pk}:raised",) * 2
    assert message["subject"] == "[WARNING] quick: many dead letters"
    assert (message["data"]["value"], message["data"]["kind"]) == (3, "raised")
    newest = DeadLetter.objects.latest("id")
    evidence = message["data"]["evidence"]
    assert (evidence["jobId"], evidence["error"], evidence["attempts"]) == (newest.job_uid, "no luck", 1)

    for letter in DeadLetter.objects.all():
        discard(letter.pk, "a test", "operator")
    _look()
    _look()
    assert _states() == {"many dead letters": ("resolved", False), "dead letters grow": ("firing", True)}
    assert pager.subjects() == ["[WARNING] quick: many dead letters", "[RESOLVED] quick: many dead letters"]
    assert [row.attempts for row in Notification.objects.all()] == [1, 1]
