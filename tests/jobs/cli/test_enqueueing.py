"""`jobs enqueue`: what is right is stored, what is wrong is named and leaves nothing behind."""

import json
from pathlib import Path

import pytest

from jobs.models import Job
from tests.jobs.cli.conftest import Calls, run

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_job_is_stored_with_all_its_options(manage: Calls) -> None:
    answer = manage(
        "jobs", "enqueue", "fail-until", "--data", '{"attempt": 2}', "--queue", "fixed", "--priority", "high",
        "--delay", "2h", "--dedup", "k", "--tags", "urgent, eu", "--json",
    )  # fmt: skip

    job = Job.objects.get()
    assert (answer.code, answer.json()["id"], answer.json()["created"]) == (0, job.uid, True)
    assert (job.task, job.queue, job.priority) == ("tests.sample_tasks.fail_until", "fixed", 7)
    assert (job.state, job.tags, job.kwargs) == ("delayed", ["urgent", "eu"], {"attempt": 2})
    assert job.run_at is not None
    assert 7199 < (job.run_at - job.created_at).total_seconds() < 7201


def test_a_second_job_with_the_same_key_meets_the_first(manage: Calls) -> None:
    first = manage("jobs", "enqueue", "noop", "--dedup", "k", "--json").json()
    second = manage("jobs", "enqueue", "noop", "--dedup", "k", "--json").json()

    assert (second["id"], second["created"]) == (first["id"], False)
    assert Job.objects.count() == 1


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["nop"], "There is no task named 'nop'. Did you mean 'noop'?"),
        (["add", "--data", '{"x": 1,}'], "--data: no JSON at line 1 column 9"),
        (["add", "--data", "[1]"], "--data: must be a JSON object"),
        (["add", "--data", "@/nowhere"], "--data: cannot read /nowhere"),
        (["add", "--data", '{"x": 1, "z": 2}'], "y: missing; z: unknown"),
        (["add", "--data", '{"x": 1, "y": "two"}'], "y: Input should be a valid integer"),
        (["noop", "--queue", "quik"], "There is no queue named 'quik'. Did you mean 'quick'?"),
        (["noop", "--priority", "11"], "--priority: must be a whole number from 0 to 10"),
        (["noop", "--delay", "11y"], "--delay: '11y' is no duration"),
        (["noop", "--delay=-5"], "--delay: must not be negative, got -5"),
        (["noop", "--delay", "9999w"], "--delay: must be between 0 seconds and ten years"),
        (["noop", "--tags", "a b"], "--tags: 'a b'"),
        (["noop", "--timeout", "5"], "--timeout: goes together with --wait"),
        (["noop", "--data", '{"value": NaN}'], "data: cannot be written as JSON"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(manage: Calls, words: list[str], problem: str) -> None:
    answer = manage("jobs", "enqueue", *words)

    assert problem in answer.err
    assert answer.out == ""
    assert answer.code in {1, 2}  # argparse's own errors have code 2 only in a process of their own
    assert not Job.objects.exists()


def test_a_payload_over_the_limit_is_refused(manage: Calls, tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    file.write_text(json.dumps({"value": "x" * 2_000_000}))

    answer = manage("jobs", "enqueue", "noop", "--data", f"@{file}")

    assert (answer.code, answer.out) == (2, "")
    assert "2,000,013 bytes; the limit is 1,048,576" in answer.err
    assert not Job.objects.exists()


def test_a_mistake_ends_with_code_2_and_no_traceback() -> None:
    for words in (["nop"], ["noop", "--delay=-5"], ["noop", "--nonsense"], []):
        answer = run("jobs", "enqueue", *words)
        assert (answer.code, answer.out) == (2, "")
        assert "Traceback" not in answer.err
    assert not Job.objects.exists()


def test_a_database_that_does_not_answer_is_told_in_one_sentence() -> None:
    answer = run("jobs", "enqueue", "noop", DATABASE_URL="postgres://nobody@127.0.0.1:1/none")

    assert (answer.code, answer.out) == (5, "")
    assert answer.err.splitlines()[-1].startswith("CommandError: The database does not answer: ")
    assert "Traceback" not in answer.err


def test_a_job_is_stored_while_redis_is_away_but_the_log_cannot_be_read() -> None:
    away = "redis://127.0.0.1:1/0"

    stored = run("jobs", "enqueue", "noop", REDIS_URL=away)
    tail = run("jobs", "tail", "--no-follow", REDIS_URL=away)

    assert (stored.code, Job.objects.get().state) == (0, "waiting")
    assert (tail.code, tail.out) == (5, "")
    assert tail.err.splitlines()[-1].startswith("CommandError: Redis does not answer: ")


def test_a_wait_that_takes_too_long_ends_with_code_3_and_the_job_goes_on() -> None:
    answer = run("jobs", "enqueue", "noop", "--wait", "--timeout", "0.5", REDIS_URL="redis://127.0.0.1:1/0")

    assert (answer.code, answer.out) == (3, "")
    assert "is waiting after 0.5 s; it goes on." in answer.err
    assert Job.objects.get().state == "waiting"


@pytest.mark.parametrize(
    ("mode", "happened"),
    [("unique", "met"), ("throttle:10m", "met"), ("debounce:30s:5m", "replaced"), ("keep-last", "replaced")],
)
def test_a_second_job_deals_with_the_first_as_the_mode_says(manage: Calls, mode: str, happened: str) -> None:
    words = ("jobs", "enqueue", "noop", "--dedup", "k", "--dedup-mode", mode, "--json")
    first = manage(*words, "--data", '{"value": 1}').json()
    second = manage(*words, "--data", '{"value": 2}').json()
    assert (second["id"], first["happened"], second["happened"]) == (first["id"], "created", happened)
    assert Job.objects.get().kwargs == {"value": 2 if happened == "replaced" else 1}


@pytest.mark.parametrize("mode", ["sometimes", "throttle", "debounce:1m:2m:3m", "unique:5"])
def test_a_mode_that_there_is_not_is_refused(manage: Calls, mode: str) -> None:
    answer = manage("jobs", "enqueue", "noop", "--dedup-mode", mode)
    assert answer.code == 1
    assert "expected unique, keep-last" in answer.err
    assert not Job.objects.exists()
