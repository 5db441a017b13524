"""The admin: what it shows, what it refuses, what it does."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from jobs.models import ApiToken, AuditEntry, DeadLetter, Job, SchedulePolicy
from jobs.schedules import Schedule, make_rows
from tests.jobs.pages.conftest import MakeJob, failed_job, make_job, make_letter

__all__ = ["failed_job", "make_job"]
LETTERS = "/admin/jobs/deadletter/"


@pytest.fixture
def admin(db: None) -> Client:
    """A browser of an administrator."""
    browser = Client()
    browser.force_login(User.objects.create_superuser("admin", password="secret"))
    return browser


def run_action(browser: Client, action: str, *letters: DeadLetter, **more: str) -> str:
    """Choose letters and an action in the list."""
    sent = {"action": action, "_selected_action": [letter.pk for letter in letters], **more}
    return browser.post(LETTERS, sent, follow=True).content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "", "jobs/job/", "jobs/attempt/", "jobs/deadletter/", "jobs/apitoken/", "jobs/apitoken/add/",
        "jobs/auditentry/", "jobs/queuesettings/", "jobs/queuesettings/add/",
        "django_celery_beat/periodictask/", "django_celery_beat/periodictask/add/",
        "django_celery_beat/crontabschedule/add/", "django_celery_beat/intervalschedule/add/",
        "django_celery_results/taskresult/", "auth/user/", "auth/user/add/",
    ],
)  # fmt: skip
def test_every_list_and_form_opens(admin: Client, failed_job: Job, address: str) -> None:
    assert admin.get(f"/admin/{address}").status_code == 200


def test_a_job_is_shown_with_its_attempts_and_without_secrets(admin: Client, failed_job: Job) -> None:
    Job.objects.update(kwargs={"password": "hunter2", "message": "<script>alert(1)</script>"})
    html = admin.get(f"/admin/jobs/job/{failed_job.pk}/change/").content.decode()
    assert "hunter2" not in html
    assert "<script>alert(1)" not in html
    assert 'href="/jobs/job-failed"' in html
    assert "RuntimeError" in html


@pytest.mark.parametrize("model", ["job", "attempt", "deadletter"])
def test_what_the_platform_writes_cannot_be_added_or_deleted(
    admin: Client, failed_job: Job, model: str
) -> None:
    assert admin.get(f"/admin/jobs/{model}/add/").status_code == 403
    assert admin.post(f"/admin/jobs/{model}/1/delete/", {"post": "yes"}).status_code in {302, 403}
    assert Job.objects.count() == 1
    assert DeadLetter.objects.count() == 1


def test_a_job_cannot_be_edited(admin: Client, failed_job: Job) -> None:
    assert admin.post(f"/admin/jobs/job/{failed_job.pk}/change/", {"state": "completed"}).status_code == 403
    assert Job.objects.get().state == "failed"


@pytest.mark.parametrize("action", ["retry", "discard"])
def test_an_action_asks_first_and_does_nothing_yet(admin: Client, failed_job: Job, action: str) -> None:
    html = run_action(admin, action, DeadLetter.objects.get())
    assert f"{action.capitalize()} 1 open dead letter?" in html
    assert DeadLetter.objects.get().resolution == ""
    assert Job.objects.get().state == "failed"


def test_retry_says_what_it_did(admin: Client, failed_job: Job) -> None:
    html = run_action(admin, "retry", DeadLetter.objects.get(), confirmed="yes")
    assert "1 dead letter retried." in html
    assert Job.objects.get().state == "waiting"
    assert DeadLetter.objects.get().resolved_by == "admin"


def test_discard_keeps_the_reason(admin: Client, failed_job: Job) -> None:
    html = run_action(admin, "discard", DeadLetter.objects.get(), confirmed="yes", note="known outage")
    assert "1 dead letter discarded." in html
    assert DeadLetter.objects.get().note == "known outage"


def test_a_letter_that_was_dealt_with_is_refused_by_name(admin: Client, make_job: MakeJob) -> None:
    letter = make_letter(make_job("gone", state="failed", runs=1), resolution="discarded")
    sent = {"action": "retry", "_selected_action": [letter.pk], "confirmed": "yes"}
    html = admin.post(f"{LETTERS}?resolution=all", sent, follow=True).content.decode()
    assert "gone was not retried" in html
    assert Job.objects.get().state == "failed"


def test_a_token_is_shown_once_and_only_its_digest_is_kept(admin: Client) -> None:
    user = User.objects.get()
    html = admin.post(
        "/admin/jobs/apitoken/add/", {"name": "ci", "user": user.pk}, follow=True
    ).content.decode()
    found = re.search(r"mr_[\w-]{43}", html)
    assert found
    stored = ApiToken.objects.get()
    assert stored.digest == ApiToken.digest_of(found.group())
    assert found.group() not in admin.get(f"/admin/jobs/apitoken/{stored.pk}/change/").content.decode()
    assert found.group() not in admin.get("/admin/jobs/apitoken/").content.decode()


def test_a_token_can_be_revoked_but_not_handed_over(admin: Client) -> None:
    owner = User.objects.get()
    other = User.objects.create_user("other")
    token = ApiToken.objects.create(name="ci", digest="d", user=owner)
    admin.post(f"/admin/jobs/apitoken/{token.pk}/change/", {"name": "ci", "user": other.pk, "revoked": "on"})
    token.refresh_from_db()
    assert (token.revoked, token.user) == (True, owner)


def test_staff_without_permissions_see_no_tokens(db: None) -> None:
    browser = Client()
    browser.force_login(User.objects.create_user("operator", is_staff=True))
    assert browser.get("/admin/jobs/apitoken/").status_code == 403


def test_a_schedule_is_made_in_the_admin(admin: Client) -> None:
    admin.post("/admin/django_celery_beat/intervalschedule/add/", {"every": "5", "period": "minutes"})
    sent = {
        "name": "noop", "task": "tests.sample_tasks.noop", "enabled": "on", "interval": "1", "args": "[]",
        "kwargs": "{}", "headers": "{}", "policy-TOTAL_FORMS": "1", "policy-INITIAL_FORMS": "0",
        "policy-0-missed": "all", "policy-0-window": "60", "policy-0-overlap": "skip", "policy-0-jitter": "5",
    }  # fmt: skip
    interval = admin.get("/admin/django_celery_beat/intervalschedule/").context["cl"].queryset.get()
    admin.post("/admin/django_celery_beat/periodictask/add/", sent | {"interval": str(interval.pk)})
    made = PeriodicTask.objects.get(name="noop")
    assert made.interval == interval
    policy = SchedulePolicy.objects.get(schedule=made)
    assert (policy.missed, policy.window, policy.overlap, policy.jitter) == ("all", 60.0, "skip", 5.0)


def test_a_schedules_policy_is_edited_beside_it(admin: Client) -> None:
    every = IntervalSchedule.objects.create(every=1, period="hours")
    row = PeriodicTask.objects.create(name="hourly", task="tests.sample_tasks.noop", interval=every)
    html = admin.get(f"/admin/django_celery_beat/periodictask/{row.pk}/change/").content.decode()
    for field in ("missed", "window", "overlap", "jitter"):
        assert f'name="policy-0-{field}"' in html
    assert "checked_until" not in html


def test_the_audit_trail_is_read_only_and_for_administrators(admin: Client, failed_job: Job) -> None:
    run_action(admin, "retry", DeadLetter.objects.get(), confirmed="yes")
    assert "retry dead letter" in admin.get("/admin/jobs/auditentry/").content.decode()
    assert admin.get("/admin/jobs/auditentry/1/change/").status_code == 200
    assert admin.post("/admin/jobs/auditentry/1/change/", {"actor": "intruder"}).status_code == 403
    assert admin.get("/admin/jobs/auditentry/add/").status_code == 403
    assert AuditEntry.objects.get().actor == "admin"
    staff = Client()
    staff.force_login(User.objects.create_user("operator", is_staff=True))
    assert staff.get("/admin/jobs/auditentry/").status_code == 403


def test_tokens_and_schedules_of_the_admin_are_recorded(admin: Client) -> None:
    admin.post("/admin/jobs/apitoken/add/", {"name": "ci", "user": User.objects.get().pk})
    token = ApiToken.objects.get()
    admin.post(f"/admin/jobs/apitoken/{token.pk}/change/", {"name": "ci", "revoked": "on"})
    admin.post(f"/admin/jobs/apitoken/{token.pk}/delete/", {"post": "yes"})
    make_rows([Schedule("nightly", "tests.sample_tasks.noop", "0 2 * * *")])
    row = PeriodicTask.objects.get(name="nightly")
    for action in ("disable_tasks", "enable_tasks", "toggle_tasks"):
        sent = {"action": action, "_selected_action": [row.pk]}
        admin.post("/admin/django_celery_beat/periodictask/", sent)
    admin.post(f"/admin/django_celery_beat/periodictask/{row.pk}/delete/", {"post": "yes"})
    told = AuditEntry.objects.order_by("number").values_list("actor", "action")
    assert list(told) == [
        ("admin", action)
        for action in (
            "create token", "revoke token", "delete token", "disable schedule", "enable schedule",
            "toggle schedule", "delete schedule",
        )
    ]  # fmt: skip
