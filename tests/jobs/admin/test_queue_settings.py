"""Queues are changed in the admin as everywhere else."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from jobs.configuration import queue_book
from jobs.models import AuditEntry, QueueSettings
from jobs.queries.queue_settings import limits_of

pytestmark = pytest.mark.django_db
PAGE = "/admin/jobs/queuesettings"
EMPTY = dict.fromkeys(
    ("rate", "rate_per_key", "burst", "max_running", "max_running_per_key", "ageing", "reason"), ""
)


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


def test_a_queue_is_paused_and_limited_live_and_the_trail_tells_who_did_it(admin: Client) -> None:
    sent = EMPTY | {"queue": "quick", "state": "paused", "rate": "5/s", "max_running": "3", "fair": "unknown"}
    answer = admin.post(f"{PAGE}/add/", sent | {"reason": "trying"})
    assert answer.status_code == 302, answer.content
    limits = limits_of(["quick"])["quick"]
    assert (limits.paused, str(limits.rate), limits.max_running, limits.fair) == (True, "5/s", 3, False)
    row = QueueSettings.objects.get()
    assert (row.reason, row.changed_by) == ("trying", "root")
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"pause", "change limits"}

    admin.post(f"{PAGE}/quick/change/", EMPTY | {"state": "open", "fair": "unknown"})
    assert limits_of(["quick"])["quick"] == queue_book().get("quick").limits()


def test_the_list_and_the_forms_are_shown(admin: Client) -> None:
    QueueSettings.objects.create(queue="quick", rate="5/s")
    assert b"5/s" in admin.get(f"{PAGE}/").content
    form = admin.get(f"{PAGE}/add/").content
    assert (b'value="fixed"' in form, b'value="quick"' in form) == (True, False)
    assert admin.get(f"{PAGE}/quick/change/").status_code == 200


@pytest.mark.parametrize(
    ("field", "value"), [("rate", "fast"), ("max_running", "-1"), ("rate_per_key", "5/s"), ("queue", "quikc")]
)
def test_what_makes_no_sense_is_told_at_its_field(admin: Client, field: str, value: str) -> None:
    sent = EMPTY | {"queue": "quick", "state": "open", "fair": "unknown", field: value}
    answer = admin.post(f"{PAGE}/add/", sent)
    assert answer.status_code == 200
    assert set(answer.context["adminform"].form.errors) == {field}
    assert not QueueSettings.objects.exists()
