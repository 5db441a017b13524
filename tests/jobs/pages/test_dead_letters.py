"""`/dead-letters`: by cause, retried or discarded."""

from django.test import Client

from jobs.models import AuditEntry, DeadLetter, Job
from tests.jobs.pages.conftest import MakeJob, make_letter


def test_letters_with_the_same_cause_are_one_line(viewer: Client, make_job: MakeJob, failed_job: Job) -> None:
    make_letter(make_job("other", state="failed", runs=1))
    make_letter(make_job("third", state="failed", runs=1), fingerprint="f2", error="<b>bad</b>")
    html = viewer.get("/dead-letters").content.decode()
    assert '<span class="count">2</span>' in html
    assert '<span class="count">1</span>' in html
    assert "&lt;b&gt;bad&lt;/b&gt;" in html
    assert "<b>bad</b>" not in html


def test_an_empty_list_says_what_belongs_there(viewer: Client) -> None:
    assert "No dead letters." in viewer.get("/dead-letters").content.decode()


def test_chosen_letters_are_retried_and_the_rest_left(
    operator: Client, make_job: MakeJob, failed_job: Job
) -> None:
    other = make_letter(make_job("other", state="failed", runs=1))
    response = operator.post("/dead-letters/cause/f1", {"action": "retry", "letter": [other.pk]}, follow=True)
    assert "1 job waits again." in response.content.decode()
    assert Job.objects.get(uid="other").state == "waiting"
    assert Job.objects.get(uid="job-failed").state == "failed"
    other.refresh_from_db()
    assert (other.resolution, other.resolved_by) == ("retried", "operator")


def test_letters_are_discarded_with_a_reason(operator: Client, failed_job: Job) -> None:
    letter = DeadLetter.objects.get()
    sent = {"action": "discard", "letter": [letter.pk], "note": "known outage"}
    response = operator.post("/dead-letters/cause/f1", sent, follow=True)
    assert "1 job is discarded." in response.content.decode()
    letter.refresh_from_db()
    assert (letter.resolution, letter.note) == ("discarded", "known outage")
    assert Job.objects.get().state == "failed"


def test_a_letter_is_dealt_with_once(operator: Client, make_job: MakeJob, failed_job: Job) -> None:
    make_letter(make_job("other", state="failed", runs=1))
    letter = DeadLetter.objects.get(job_uid="job-failed")
    for _ in range(2):
        response = operator.post(
            "/dead-letters/cause/f1", {"action": "discard", "letter": [letter.pk]}, follow=True
        )
    assert "Nothing was chosen." in response.content.decode()
    assert DeadLetter.objects.filter(resolution="discarded").count() == 1


def test_a_letter_of_another_cause_cannot_be_slipped_in(
    operator: Client, make_job: MakeJob, failed_job: Job
) -> None:
    foreign = make_letter(make_job("other", state="failed", runs=1), fingerprint="f2")
    operator.post("/dead-letters/cause/f1", {"action": "discard", "letter": [foreign.pk]})
    foreign.refresh_from_db()
    assert foreign.resolution == ""


def test_a_viewer_may_not_act(viewer: Client, failed_job: Job) -> None:
    letter = DeadLetter.objects.get()
    sent = {"action": "discard", "letter": [letter.pk]}
    assert viewer.post("/dead-letters/cause/f1", sent).status_code == 403
    assert 'name="letter"' not in viewer.get("/dead-letters/cause/f1").content.decode()
    letter.refresh_from_db()
    assert letter.resolution == ""


def test_a_cause_that_never_was_is_not_found(viewer: Client) -> None:
    assert viewer.get("/dead-letters/cause/none").status_code == 404


def test_a_letter_is_shown_with_its_history_and_why_it_may_be_retried(
    viewer: Client, failed_job: Job
) -> None:
    letter = DeadLetter.objects.get()
    letter.history = [
        {"run": 1, "outcome": "retried", "error_type": "OSError", "error": "<i>first</i>", "seconds": 0.5}
    ]
    letter.reason = "attempt 2 of 2 failed"
    letter.save()
    html = viewer.get(f"/dead-letters/{letter.pk}").content.decode()
    assert "A retry may help: attempt 2 of 2 failed." in html
    assert "OSError: &lt;i&gt;first&lt;/i&gt;" in html
    assert "<textarea" not in html
    assert viewer.post(f"/dead-letters/{letter.pk}", {"action": "retry", "data": "{}"}).status_code == 403
    assert viewer.get("/dead-letters/99999999").status_code == 404


def test_a_payload_is_edited_and_retried(operator: Client, failed_job: Job) -> None:
    letter = DeadLetter.objects.get()
    address = f"/dead-letters/{letter.pk}"
    for text, told in (
        ('{"message": }', "The payload is no JSON"),
        ("[1]", "must be a JSON object"),
        ('{"massage": "x"}', "did you mean &#x27;message&#x27;?"),
    ):
        html = operator.post(address, {"action": "retry", "data": text}).content.decode()
        assert told in html
        assert Job.objects.get().state == "failed"
    operator.post(address, {"action": "retry", "data": '{"message": "better"}'})
    assert (Job.objects.get().state, Job.objects.get().kwargs) == ("waiting", {"message": "better"})


def test_an_untouched_payload_is_not_an_edit(operator: Client, failed_job: Job) -> None:
    letter = DeadLetter.objects.get()
    html = operator.get(f"/dead-letters/{letter.pk}").content.decode()
    assert "no luck" in html
    text = '{\r\n  "message": "no luck"\r\n}'
    operator.post(f"/dead-letters/{letter.pk}", {"action": "retry", "data": text})
    assert Job.objects.get().state == "waiting"
    assert AuditEntry.objects.get().detail == {"job": "job-failed"}
    assert AuditEntry.objects.get().actor == "operator"
