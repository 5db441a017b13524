"""Log lines say whose they are."""

import json
import logging

import pytest

from jobs import testing
from jobs.logs import formatter, logging_config
from tests.sample_tasks import add, fail

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


def test_lines_for_people_have_the_same_fields() -> None:
    record = logging.LogRecord("jobs", logging.INFO, "", 0, "hello %s", ("world",), None)
    record.shard = 7
    text = formatter("text").format(record)
    assert "hello world" in text
    assert "shard=7" in text


def test_the_level_is_that_of_the_setting() -> None:
    assert logging_config("json", "DEBUG")["root"]["level"] == "DEBUG"
