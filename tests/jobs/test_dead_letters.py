"""A dead letter is dealt with once: retried with its job, or discarded with a reason."""

import pytest

from jobs import audit, dead_letters
from jobs.errors import ArgumentsRefused, IllegalMove, NotFound
from jobs.masking import MASK, shown_payload
from jobs.models import AuditEntry, DeadLetter, Job
from jobs.store import moves
from jobs.store.dead_letters import purge
from tests.jobs.letters import fail_job, forget_job
from tests.sample_tasks import only_one

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_retry_brings_the_job_back_and_closes_the_letter() -> None:
    letter = fail_job()

    uid = dead_letters.retry(letter.pk, by="admin")

    letter.refresh_from_db()
    job = Job.objects.get()
    assert (uid, job.uid, job.state, job.attempt) == (letter.job_uid, letter.job_uid, "waiting", 0)
    assert (letter.resolution, letter.resolved_by) == ("retried", "admin")
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

    dead_letters.discard(letter.pk, "test data", by="admin")

    letter.refresh_from_db()
    assert (letter.resolution, letter.note, letter.resolved_by) == ("discarded", "test data", "admin")
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


def test_an_edited_payload_is_checked_like_a_new_one_and_runs_instead() -> None:
    letter = fail_job()
    Job.objects.update(task="tests.sample_tasks.add", kwargs={"x": 1})
    DeadLetter.objects.update(task="tests.sample_tasks.add", kwargs={"x": 1})

    with pytest.raises(ArgumentsRefused) as refused:
        dead_letters.retry(letter.pk, data={"x": "no number", "z": 3})
    assert set(refused.value.fields) == {"x", "y", "z"}
    assert (Job.objects.get().state, DeadLetter.objects.get().resolution) == ("failed", "")

    dead_letters.retry(letter.pk, data={"x": 1, "y": 2})
    job = Job.objects.get()
    assert (job.state, job.args, job.kwargs) == ("waiting", [], {"x": 1, "y": 2})


def test_an_edited_payload_of_a_pruned_job_runs_as_a_new_one() -> None:
    letter = fail_job()
    forget_job(letter)
    uid = dead_letters.retry(letter.pk, data={"value": 7})
    job = Job.objects.get()
    assert (job.uid, job.kwargs) == (uid, {"value": 7})
    letter.refresh_from_db()
    assert letter.retried_as == uid


@pytest.mark.parametrize("pruned", [False, True])
@pytest.mark.parametrize("stored", [{"name": "Ada Lovelace"}, {"nom": "Ada"}], ids=["fits", "fits no more"])
def test_an_edited_payload_of_an_older_version_is_of_todays(stored: dict[str, str], pruned: bool) -> None:
    letter = fail_job("greet", kwargs={"first": "A", "last": "L", "title": "Dr"})
    for rows in (Job.objects.all(), DeadLetter.objects.all()):
        rows.update(kwargs=stored, options={})
    if pruned:
        forget_job(letter)

    dead_letters.retry(letter.pk, data={"first": "Ada", "last": "King", "title": "Countess"})

    job = Job.objects.get()
    assert (job.state, job.kwargs["last"], job.options) == ("waiting", "King", {"payload_version": 3})


def test_a_payload_of_an_older_version_whose_job_was_pruned_is_brought_up_once() -> None:
    letter = fail_job("greet", kwargs={"first": "A", "last": "L", "title": "Dr"})
    DeadLetter.objects.update(kwargs={"first": "Ada", "last": "King"}, options={"payload_version": 2})
    forget_job(letter)
    dead_letters.retry(letter.pk)
    job = Job.objects.get()
    assert (job.kwargs, job.options["payload_version"]) == (
        {"first": "Ada", "last": "King", "title": "Dr"},
        3,
    )


def test_the_unique_key_follows_an_edit() -> None:
    held = only_one.delay("a")
    letter = fail_job("only_one", args=("b",))
    with pytest.raises(IllegalMove, match="same unique key"):
        dead_letters.retry(letter.pk, data={"name": "a"})
    dead_letters.retry(letter.pk, data={"name": "c"})
    keys = dict(Job.objects.values_list("uid", "unique_key"))
    assert only_one.delay("c").created is False
    assert only_one.delay("b").created is True
    assert keys[held.id] != keys[letter.job_uid]


def test_the_key_of_a_pruned_job_is_respected() -> None:
    letter = fail_job(unique_key="k")
    forget_job(letter)
    live = fail_job(unique_key="k")
    moves.retry(live.job_uid)
    with pytest.raises(IllegalMove, match=f"Job {live.job_uid} is live and does the same"):
        dead_letters.retry(letter.pk)
    letter.refresh_from_db()
    assert letter.resolution == ""


def test_a_value_that_is_still_masked_stands_for_the_stored_one() -> None:
    letter = fail_job(kwargs={"value": {"password": "hunter2", "n": [{"api_key": "k"}]}})
    shown = shown_payload(letter)
    assert shown["value"]["password"] == MASK
    shown["value"]["more"] = 1
    dead_letters.retry(letter.pk, data=shown)
    stored = Job.objects.get().kwargs["value"]
    assert stored == {"password": "hunter2", "n": [{"api_key": "k"}], "more": 1}


def test_a_mask_without_a_stored_value_is_refused() -> None:
    letter = fail_job()
    with pytest.raises(ArgumentsRefused, match=r"value\.key: is masked"):
        dead_letters.retry(letter.pk, data={"value": {"key": MASK}})


def test_each_act_is_recorded_with_who_did_it() -> None:
    first, second = fail_job(), fail_job()
    with audit.acting("admin"):
        dead_letters.retry(first.pk, data={"value": 1})
        dead_letters.discard(second.pk, "test data")
    told = AuditEntry.objects.order_by("number").values_list("actor", "action", "target", "detail")
    assert list(told) == [
        (
            "admin",
            "retry dead letter",
            f"dead letter {first.pk}",
            {"job": first.job_uid, "edited": ["value"]},
        ),
        ("admin", "discard dead letter", f"dead letter {second.pk}", {"reason": "test data"}),
    ]
