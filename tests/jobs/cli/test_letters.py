"""`dead_letters`: by id or filter; two at once retry once."""

import subprocess
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from jobs.models import DeadLetter, Job
from tests.jobs.cli.conftest import Calls, command_line, environment
from tests.jobs.letters import fail_job, forget_job
from tests.processes import ROOT
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def _waiting_for_locks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
        return int(cursor.fetchone()[0])


def _race(letter: DeadLetter, lock: Callable[[], object]) -> list[int]:
    """Exit codes of two commands that retry a letter, let go at the same moment."""
    command = command_line("dead_letters", "retry", str(letter.pk))
    with transaction.atomic():
        lock()
        racers = [
            subprocess.Popen(
                command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            for _ in range(2)
        ]
        wait_until(lambda: _waiting_for_locks() == 2, 90, "both commands waiting")
    return sorted(racer.wait(timeout=30) for racer in racers)


def test_two_commands_at_once_retry_a_job_once() -> None:
    letter = fail_job()

    codes = _race(letter, lambda: Job.objects.select_for_update().get(uid=letter.job_uid))

    letter.refresh_from_db()
    assert codes == [0, 2]
    assert (letter.resolution, Job.objects.get().state) == ("retried", "waiting")


def test_two_commands_at_once_make_one_new_job_of_a_pruned_one() -> None:
    letter = fail_job()
    forget_job(letter)

    codes = _race(letter, lambda: DeadLetter.objects.select_for_update().get(pk=letter.pk))

    assert codes == [0, 2]
    assert Job.objects.count() == 1


def test_a_filter_chooses_what_is_retried(manage: Calls) -> None:
    chosen, other = fail_job(tags=["eu"]), fail_job()

    answer = manage(
        "dead_letters", "retry", "--tag", "eu", "--name", "noop", "--error", "RuntimeError", "--json"
    )

    assert (answer.code, answer.json()) == (0, {"done": [str(chosen.pk)], "refused": {}})
    other.refresh_from_db()
    assert other.resolution == ""


def test_neither_ids_nor_a_filter_retries_nothing(manage: Calls) -> None:
    letter = fail_job()

    for words in ([], [str(letter.pk), "--all"]):
        answer = manage("dead_letters", "retry", *words)
        assert (answer.code, answer.out) == (2, "")
        assert "give ids, or a filter" in answer.err

    letter.refresh_from_db()
    assert letter.resolution == ""


def test_some_that_are_refused_do_not_stop_the_others(manage: Calls) -> None:
    letter = fail_job()

    answer = manage("dead_letters", "discard", "999999", str(letter.pk), "--reason", "test data")

    assert (answer.code, answer.out) == (2, f"{letter.pk} discarded\n")
    assert "999999: There is no dead letter 999999." in answer.err
    letter.refresh_from_db()
    assert (letter.resolution, letter.note) == ("discarded", "test data")


def test_lists_and_statistics_count_what_is_open(manage: Calls) -> None:
    fail_job()
    kept = fail_job(retryable=False)
    manage("dead_letters", "discard", "--retryable", "--reason", "test data")

    listed = manage("dead_letters", "list", "--json").json()
    stats = manage("dead_letters", "stats", "--json").json()
    shown = manage("dead_letters", "show", str(kept.pk), "--json").json()

    assert [letter["id"] for letter in listed] == [kept.pk]
    assert (stats["open"], stats["retryable"]) == (1, 0)
    assert [(cause["error_type"], cause["letters"]) for cause in stats["by_cause"]] == [("RuntimeError", 1)]
    assert (shown["error"], [run["outcome"] for run in shown["attempts_made"]]) == ("no luck", ["failed"])
    assert len(manage("dead_letters", "list", "--all", "--json").json()) == 2


def test_a_purge_deletes_by_age(manage: Calls) -> None:
    fail_job()

    assert manage("dead_letters", "purge", "--older-than", "100000d", "--json").json() == {"deleted": 0}
    assert manage("dead_letters", "purge", "--older-than", "1d", "--queue", "quick", "--json").json() == {
        "deleted": 1
    }
    assert not DeadLetter.objects.exists()
