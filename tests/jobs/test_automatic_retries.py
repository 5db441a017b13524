"""Dead letters that come back by themselves, as often as their queue declares."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs import automatic_retries, dead_letters
from jobs.automatic_retries import Processed, process, seconds_until
from jobs.models import DeadLetter, Job
from jobs.retry import Exponential
from jobs.store.outcomes import Outcome, Start, write_outcomes, write_starts
from tests.jobs.letters import fail_job, forget_job
from tests.processes import Platform
from tests.sample_tasks import fail
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("rounds", "before", "seconds"),
    [(3, 0, 300.0), (3, 1, 600.0), (3, 2, 1200.0), (3, 3, None), (20, 12, 86_400.0), (0, 0, None)],
)
def test_the_strategy_says_when_and_the_rounds_how_often(
    rounds: int, before: int, seconds: float | None
) -> None:
    assert seconds_until(Exponential(first=300, cap=86_400), rounds, before, 0.5) == seconds


def _fail_again(uid: str) -> DeadLetter:
    """The job's next run fails for good."""
    run = Job.objects.get(uid=uid).runs + 1
    write_starts([Start(uid, run, 1_700_000_000.0, "w1")])
    write_outcomes([Outcome(uid, run, "failed", 1_700_000_000.0, 1_700_000_001.0, error_type="RuntimeError")])
    return DeadLetter.objects.filter(job_uid=uid).latest("id")


def test_a_letter_is_retried_as_often_as_its_queue_says_and_then_stays() -> None:
    letter = fail_job(queue="again")
    for round_before in range(2):
        assert process(["again"]) == Processed(planned=1, retried=1, refused=0)
        letter.refresh_from_db()
        assert (letter.resolution, letter.resolved_by, letter.automatic) == (
            "retried", "automatic retry", round_before,
        )  # fmt: skip
        letter = _fail_again(letter.job_uid)

    assert process(["again"]) == Processed(planned=1, retried=0, refused=0)
    letter.refresh_from_db()
    assert (letter.resolution, letter.automatic, letter.next_retry_at) == ("", 2, None)
    assert process(["again"]) == Processed(0, 0, 0)


def test_the_rounds_are_counted_on_when_the_row_was_pruned_in_between() -> None:
    letter = fail_job(queue="again")
    forget_job(letter)
    process(["again"])
    letter.refresh_from_db()
    assert letter.retried_as not in {"", letter.job_uid}

    second = _fail_again(letter.retried_as)
    process(["again"])
    second.refresh_from_db()
    assert (second.automatic, second.resolution) == (1, "retried")


def test_a_retry_by_hand_starts_the_rounds_over() -> None:
    letter = fail_job(queue="again")
    process(["again"])
    second = _fail_again(letter.job_uid)
    dead_letters.retry(second.pk, by="admin")
    third = _fail_again(letter.job_uid)
    process(["again"])
    third.refresh_from_db()
    assert third.automatic == 0


def test_a_letter_that_a_retry_cannot_help_and_one_of_a_queue_without_a_strategy_stay() -> None:
    fail_job(queue="again", retryable=False)
    fail_job(queue="quick")
    assert process(["again", "quick"]) == Processed(0, 0, 0)
    assert DeadLetter.objects.filter(resolution="").count() == 2


def test_a_letter_is_left_alone_until_it_is_due() -> None:
    letter = fail_job(queue="again")
    later = timezone.now() + timedelta(hours=1)
    DeadLetter.objects.update(automatic=0, next_retry_at=later)
    assert process(["again"]) == Processed(0, 0, 0)
    letter.refresh_from_db()
    assert (letter.resolution, letter.next_retry_at) == ("", later)


def test_a_live_job_with_the_same_key_postpones_the_retry_and_says_so() -> None:
    letter = fail_job(queue="again", unique_key="k")
    live = fail_job(queue="again", unique_key="k")
    dead_letters.retry(live.pk)

    assert process(["again"]) == Processed(planned=1, retried=0, refused=1)

    letter.refresh_from_db()
    assert (letter.resolution, letter.next_retry_at is None) == ("", False)
    assert letter.note == "not retried automatically: Another job with the same unique key is live."


def test_a_payload_that_fits_no_more_ends_the_automatic_retries() -> None:
    letter = fail_job(queue="again")
    forget_job(letter)
    DeadLetter.objects.update(task="tests.sample_tasks.gone")

    assert process(["again"]).refused == 1
    assert process(["again"]) == Processed(0, 0, 0)

    letter.refresh_from_db()
    assert (letter.resolution, letter.next_retry_at) == ("", None)
    assert "tests.sample_tasks.gone" in letter.note


def test_a_failing_job_comes_back_by_itself_in_a_real_worker(platform: Platform) -> None:
    platform.dispatcher()
    platform.worker(queues="again")
    job = fail.using(queue="again").enqueue("once more")
    for runs in (1, 2, 3):
        wait_until(lambda: DeadLetter.objects.filter(job_uid=job.id).count() == runs, 60, f"letter {runs}")  # noqa: B023 -- called at once
        automatic_retries.process()

    letters = DeadLetter.objects.filter(job_uid=job.id).order_by("id")
    assert [(letter.runs, letter.automatic, letter.resolution) for letter in letters] == [
        (1, 0, "retried"), (2, 1, "retried"), (3, 2, ""),
    ]  # fmt: skip
    assert [[run["run"] for run in letter.history] for letter in letters] == [[], [1], [1, 2]]
    assert letters[2].history[0]["error"] == "once more"
