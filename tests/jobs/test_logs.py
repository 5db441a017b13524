"""Log lines say whose they are."""

import json
import logging
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from jobs import testing
from jobs.dispatcher.fold import fold
from jobs.fence.events import Event
from jobs.fence.leases import Ticket
from jobs.logs import formatter, logging_config
from jobs.models import Job
from jobs.worker import context
from jobs.worker.messages import Passport
from jobs.worker.task import open_run
from tests.jobs.otlp import Receiver
from tests.jobs.rows import make_job
from tests.processes import ROOT, Platform
from tests.sample_tasks import add, fail
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(formatter("json"))
        self.lines: list[dict[str, object]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """The lines of outcomes, as JSON."""
    handler, logger = _Lines(), logging.getLogger("jobs.worker.outcomes")
    monkeypatch.setattr(logger, "handlers", [handler])
    monkeypatch.setattr(logger, "level", logging.INFO)
    return handler.lines


def test_each_outcome_is_one_line_that_names_its_job(lines: list[dict[str, object]]) -> None:
    with testing.inline():
        job = add.apply_async((1, 2), correlation_id="c1")
    (line,) = lines
    assert (line["job_id"], line["queue"], line["correlation_id"], line["attempt"]) == (
        job.id,
        "quick",
        "c1",
        1,
    )
    assert (line["level"], line["task"]) == ("info", "tests.sample_tasks.add")
    assert line["event"] == f"tests.sample_tasks.add {job.id}: run 1 completed"


def test_a_failure_is_a_warning_with_its_reason(lines: list[dict[str, object]]) -> None:
    with testing.inline(raise_errors=False):
        fail.using(max_attempts=1).enqueue("no luck")
    (line,) = lines
    assert line["level"] == "warning"
    assert "run 1 failed" in str(line["event"])


def test_a_killed_run_has_its_line_from_the_fold_once(monkeypatch: pytest.MonkeyPatch) -> None:
    handler, logger = _Lines(), logging.getLogger("jobs.dispatcher.stall_lines")
    monkeypatch.setattr(logger, "handlers", [handler])
    parent = f"00-{'a' * 32}-{'b' * 16}-00"
    make_job(
        "j1", task="app.pay", attempt=1, correlation_id="c1", canvas={"headers": {"traceparent": parent}}
    )
    now = int(time.time() * 1000)
    killed = Event("quick", "1-0", "stalled", "j1", 1, now, now - 9, "w1", {"reason": "its process died"})
    fold([killed])
    fold([killed])
    (line,) = handler.lines
    assert line["event"] == "app.pay j1: run 1 stalled, its process died"
    named = ("level", "job_id", "queue", "task", "attempt", "correlation_id", "trace_id")
    assert [line[name] for name in named] == ["warning", "j1", "quick", "app.pay", 2, "c1", "a" * 32]


def test_a_line_about_another_run_keeps_the_fields_of_that_run(lines: list[dict[str, object]]) -> None:
    logger = logging.getLogger("jobs.worker.outcomes")
    run = open_run(add, "mine", Passport("quick", Ticket.issue(1), 0, 0, {}, "c1"))
    context.push(run)
    try:
        logger.warning("late", extra={"job_id": "other", "queue": "fixed"})
        logger.warning("now")
    finally:
        context.drop("mine")
    other, mine = lines
    assert (other["job_id"], other["queue"], "correlation_id" in other) == ("other", "fixed", False)
    assert (mine["job_id"], mine["queue"], mine["correlation_id"]) == ("mine", "quick", "c1")


@pytest.mark.parametrize(
    ("name", "job_id"),
    [("app.pay", "j1"), ("jobs.run_bundle", None)],  # a bundle is no job
)
def test_celerys_own_lines_name_the_job_that_they_are_about(name: str, job_id: str | None) -> None:
    told = {"id": "j1", "name": name, "args": "()", "kwargs": "{}"}
    record = logging.LogRecord("celery.worker.strategy", logging.INFO, "", 0, "Task received", (), None)
    record.data = told
    line = json.loads(formatter("json").format(record))
    assert (line.get("job_id"), line.get("task")) == (job_id, name if job_id else None)
    assert "data" not in line


def test_celerys_line_about_an_error_is_told_after_the_end_and_names_the_run_all_the_same(
    received: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, logger = _Lines(), logging.getLogger("celery.app.trace")
    monkeypatch.setattr(logger, "handlers", [handler])
    with testing.inline(raise_errors=False):
        job = fail.using(max_attempts=1, correlation_id="c1").enqueue("no luck")
    (line,) = handler.lines
    assert "raised unexpected" in str(line["event"])
    named = ("job_id", "queue", "task", "attempt", "correlation_id", "trace_id")
    trace = (Job.objects.get().canvas or {})["headers"]["traceparent"][3:35]
    assert [line[name] for name in named] == [job.id, "quick", "tests.sample_tasks.fail", 1, "c1", trace]


def test_an_answers_status_is_told_after_the_span_and_names_its_trace(
    received: Receiver, client: Client
) -> None:
    handler, logger = _Lines(), logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        client.get("/api/v1/nothing", headers={"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"})
        async_to_sync(AsyncClient().get)(
            "/api/v1/nothing", headers={"traceparent": f"00-{'c' * 32}-{'d' * 16}-01"}
        )
    finally:
        logger.removeHandler(handler)
    assert [(line["event"], line["trace_id"]) for line in handler.lines] == [
        ("Not Found: /api/v1/nothing", "a" * 32),
        ("Not Found: /api/v1/nothing", "c" * 32),
    ]


def test_djangos_lines_are_written_once_and_as_json_however_often_it_is_set_up() -> None:
    said = "import django, logging; django.setup(); django.setup(); logging.getLogger('django.request').warning('no')"
    done = subprocess.run(
        [sys.executable, "-c", said],
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "config.settings.base", "DEBUG": "true", "LOG_FORMAT": "json"},
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    (line,) = done.stderr.splitlines()
    assert json.loads(line)["event"] == "no"


@pytest.mark.django_db(transaction=True)
def test_the_web_server_writes_its_own_lines_as_json_too(tmp_path: Path) -> None:
    platform = Platform(tmp_path, LOG_FORMAT="json", DEBUG="true")
    try:
        host, port = platform.web().split(":")
        with socket.create_connection((host, int(port)), timeout=10) as raw:
            raw.sendall(b"nonsense\r\n\r\n")
            raw.recv(1000)
        with socket.create_connection((host, int(port)), timeout=10) as raw:
            raw.sendall(b"GET /api/v1/nothing HTTP/1.0\r\n\r\n")
            raw.recv(1000)
        log = tmp_path / "web.log"
        wait_until(lambda: "Not Found" in log.read_text(), 20, "the line of the request")
    finally:
        platform.stop()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(line["event"], line["logger"]) for line in lines] == [
        ("Invalid HTTP request received.", "uvicorn.error"),
        ("Not Found: /api/v1/nothing", "django.request"),
    ]


def test_a_line_of_a_request_names_it_and_no_later_line_does(client: Client) -> None:
    handler, logger = _Lines(), logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        response = client.get("/api/v1/nothing", headers={"X-Request-ID": "r-1"})
    finally:
        logger.removeHandler(handler)
    assert response["X-Request-ID"] == "r-1"
    (line,) = handler.lines
    assert (line["request_id"], line["method"], line["path"]) == ("r-1", "GET", "/api/v1/nothing")
    later = json.loads(formatter("json").format(logging.LogRecord("x", logging.INFO, "", 0, "m", (), None)))
    assert "request_id" not in later


def test_a_request_without_an_id_or_with_a_bad_one_gets_its_own(client: Client) -> None:
    ids = [
        client.get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"] for given in ("", "x" * 101)
    ]
    assert len(set(ids)) == 2
    assert all(len(each) == 36 for each in ids)


def test_lines_for_people_have_the_same_fields() -> None:
    record = logging.LogRecord("jobs", logging.INFO, "", 0, "hello %s", ("world",), None)
    record.shard = 7
    text = formatter("text").format(record)
    assert "hello world" in text
    assert "shard=7" in text


def test_the_level_is_that_of_the_setting() -> None:
    assert logging_config("json", "DEBUG")["root"]["level"] == "DEBUG"
