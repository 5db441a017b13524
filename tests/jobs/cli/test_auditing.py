"""The command line is an actor too; `audit verify` names the first broken entry."""

import getpass

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django_celery_beat.models import PeriodicTask

from jobs.models import AuditEntry, BulkRetry, DeadLetter, Job
from jobs.schedules import Schedule, make_rows
from tests.jobs.cli.conftest import Calls
from tests.jobs.letters import fail_job
from tests.sample_tasks import noop

pytestmark = pytest.mark.django_db(transaction=True)


def _acts() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("number").values_list("action", "target"))


def test_every_act_of_the_command_line_is_recorded_under_the_users_name(manage: Calls) -> None:
    job = noop.using(countdown=600).enqueue()
    make_rows([Schedule("nightly", "tests.sample_tasks.noop", "0 2 * * *")])
    User.objects.create_user("operator")
    for words in (
        ["jobs", "promote", job.id], ["jobs", "cancel", job.id], ["jobs", "retry", job.id],
        ["schedules", "disable", "nightly"], ["schedules", "enable", "nightly"], ["schedules", "run", "nightly"],
        ["tokens", "create", "ci", "--user", "operator"], ["tokens", "revoke", "ci"],
    ):  # fmt: skip
        assert manage(*words).code == 0, words

    assert _acts() == [
        ("promote", f"job {job.id}"), ("cancel", f"job {job.id}"), ("retry", f"job {job.id}"),
        ("disable schedule", "schedule nightly"), ("enable schedule", "schedule nightly"),
        ("run schedule", "schedule nightly"), ("create token", "token ci"), ("revoke token", "token ci"),
    ]  # fmt: skip
    assert set(AuditEntry.objects.values_list("actor", flat=True)) == {f"command line: {getpass.getuser()}"}
    assert PeriodicTask.objects.get(name="nightly").enabled


def test_an_act_that_is_refused_leaves_no_entry(manage: Calls) -> None:
    job = noop.delay()
    assert manage("jobs", "promote", job.id).code == 2
    assert manage("tokens", "revoke", "nobody").code == 2
    assert _acts() == []


def test_verify_counts_the_entries_or_names_the_broken_one(manage: Calls) -> None:
    for _ in range(3):
        manage("jobs", "cancel", noop.delay().id)
    told = manage("audit", "verify", "--json").json()
    assert told == {"broken": None, "entries": 3, "digest": AuditEntry.objects.get(number=3).digest}
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE jobs_auditentry DISABLE TRIGGER audit_append_only")
        cursor.execute("UPDATE jobs_auditentry SET actor = 'intruder' WHERE number = 2")
        cursor.execute("ALTER TABLE jobs_auditentry ENABLE TRIGGER audit_append_only")
    answer = manage("audit", "verify")
    assert (answer.code, answer.err) == (1, "Entry 2 is not as it was written.")
    assert [each["number"] for each in manage("audit", "list", "--actor", "intruder", "--json").json()] == [2]


def test_a_letter_is_retried_with_edited_data(manage: Calls) -> None:
    letter = fail_job("add", args=(1, 2))
    assert manage("dead_letters", "retry", "--all", "--data", "{}").code == 2
    assert "no number" not in manage("dead_letters", "retry", str(letter.pk), "--data", '{"x": 1}').out
    assert manage("dead_letters", "retry", str(letter.pk), "--data", '{"x": 7, "y": 2}').code == 0
    assert Job.objects.get().kwargs == {"x": 7, "y": 2}


def test_a_bulk_retry_is_started_shown_and_stopped(manage: Calls) -> None:
    fail_job()
    assert manage("dead_letters", "bulk-retry", "--queue", "fixed").code == 2
    assert manage("dead_letters", "bulk-retry", "--rate", "0").code == 2
    started = manage("dead_letters", "bulk-retry", "--error", "RuntimeError", "--since", "100000d", "--json")
    bulk = BulkRetry.objects.get()
    assert (started.json()["id"], started.json()["total"], bulk.rate) == (bulk.pk, 1, 10.0)
    assert manage("dead_letters", "bulk-show", str(bulk.pk)).out == (
        f"Bulk retry {bulk.pk}: canary, 0 of 1 retried, 0 refused.\n"
    )
    assert manage("dead_letters", "bulk-stop", str(bulk.pk)).code == 0
    assert manage("dead_letters", "bulk-stop", str(bulk.pk)).code == 2
    assert DeadLetter.objects.get().resolution == ""


def test_what_is_due_is_retried_at_once(manage: Calls) -> None:
    fail_job(queue="again")
    answer = manage("dead_letters", "process-retries", "--queue", "again")
    assert answer.out == "Planned 1, retried 1, refused 0.\n"
