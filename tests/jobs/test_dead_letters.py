"""A dead letter is dealt with once: retried with its job, or discarded with a reason."""

import pytest

from jobs import dead_letters
from jobs.errors import ArgumentsRefused, IllegalMove, NotFound
from jobs.models import DeadLetter, Job
from jobs.store import moves
from jobs.store.dead_letters import purge
from tests.jobs.letters import fail_job, forget_job

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_retry_brings_the_job_back_and_closes_the_letter() -> None:
    letter = fail_job()

    uid = dead_letters.retry(letter.pk, by="ada")

    letter.refresh_from_db()
    job = Job.objects.get()
    assert (uid, job.uid, job.state, job.attempt) == (letter.job_uid, letter.job_uid, "waiting", 0)
    assert (letter.resolution, letter.resolved_by) == ("retried", "ada")
    assert letter.resolved_at is not None


def test_a_letter_is_retried_once() -> None:
    letter = fail_job()
    dead_letters.retry(letter.pk)

    with pytest.raises(IllegalMove, match=f"Dead letter {letter.pk} was retried already."):
        dead_letters.retry(letter.pk)

    assert Job.objects.get().state == "waiting"


def test_the_letter_of_a_pruned_job_becomes_a_new_job() -> None:
    letter = fail_job(priority=9, tags=["eu"], correlation_id="c1", time_limit=60)
    forget_job(letter)

    uid = dead_letters.retry(letter.pk)

    job = Job.objects.get()
    assert (job.uid, job.state, job.priority, job.tags) == (uid, "waiting", 9, ["eu"])
    assert (job.queue, job.correlation_id, job.options) == ("quick", "c1", {"time_limit": 60})
    assert uid != letter.job_uid


def test_a_pruned_job_whose_payload_fits_no_more_is_refused_and_its_letter_stays_open() -> None:
    letter = fail_job()
    forget_job(letter)
    DeadLetter.objects.update(task="tests.sample_tasks.add")

    with pytest.raises(ArgumentsRefused):
        dead_letters.retry(letter.pk)

    letter.refresh_from_db()
    assert letter.resolution == ""
    assert not Job.objects.exists()


def test_a_retry_that_meets_a_live_equal_leaves_the_letter_open() -> None:
    letter = fail_job(unique_key="k")
    live = fail_job(unique_key="k")
    moves.retry(live.job_uid)

    with pytest.raises(IllegalMove, match="same unique key"):
        dead_letters.retry(letter.pk)

    letter.refresh_from_db()
    assert letter.resolution == ""
    assert Job.objects.get(uid=letter.job_uid).state == "failed"


def test_a_discarded_letter_keeps_its_reason_and_is_not_retried() -> None:
    letter = fail_job()

    dead_letters.discard(letter.pk, "test data", by="ada")

    letter.refresh_from_db()
    assert (letter.resolution, letter.note, letter.resolved_by) == ("discarded", "test data", "ada")
    with pytest.raises(IllegalMove, match="was discarded already"):
        dead_letters.retry(letter.pk)
    assert Job.objects.get().state == "failed"


def test_an_unknown_letter_is_not_found() -> None:
    with pytest.raises(NotFound):
        dead_letters.retry(1)
    with pytest.raises(NotFound):
        dead_letters.discard(1, "why")


def test_a_purge_deletes_old_letters_of_the_named_queues_only() -> None:
    old = fail_job()
    other = fail_job(queue="fixed")

    assert purge(10 * 365 * 86_400.0) == 0
    assert purge(60.0, ["fixed"]) == 1
    assert list(DeadLetter.objects.values_list("pk", flat=True)) == [old.pk]
    assert purge(60.0) == 1
    assert not DeadLetter.objects.filter(pk__in=[old.pk, other.pk]).exists()
