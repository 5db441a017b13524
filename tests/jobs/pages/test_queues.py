"""`/queues/{queue}`."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from jobs.models import Job, QueueSettings
from tests.sample_tasks import noop

pytestmark = pytest.mark.django_db


def test_the_page_shows_the_queue_and_who_may_operates_it(viewer: Client, operator: Client) -> None:
    seen = viewer.get("/queues/price-updates").content.decode()
    assert "10/min" in seen
    assert "Change limits" not in seen
    assert "Change limits" in operator.get("/queues/price_updates").content.decode()
    assert viewer.get("/queues/nothing").status_code == 404


def test_pausing_and_resuming(operator: Client) -> None:
    for action, state in (("pause", "paused"), ("drain", "draining"), ("resume", "open")):
        assert operator.post("/queues/quick", {"action": action}).status_code == 302
        assert QueueSettings.objects.get(queue="quick").state == state
    assert "quick" in operator.get("/").content.decode()


def test_clearing_says_how_many(operator: Client) -> None:
    noop.enqueue_many([{"value": 1}, {"value": 2}])
    answer = operator.post("/queues/quick", {"action": "clear"}, follow=True)
    assert "2 jobs are cancelled." in answer.content.decode()
    assert set(Job.objects.values_list("state", flat=True)) == {"cancelled"}


def test_limits_are_set_and_an_empty_field_takes_them_back(operator: Client) -> None:
    operator.post(
        "/queues/tenants", {"action": "set", "rate_per_key": "3/s", "max_running": "7", "fair": "on"}
    )
    row = QueueSettings.objects.get(queue="tenants")
    assert (row.rate_per_key, row.max_running, row.fair, row.rate) == ("3/s", 7, True, None)
    operator.post("/queues/tenants", {"action": "set", "max_running": ""})
    row.refresh_from_db()
    assert (row.rate_per_key, row.max_running, row.fair) == (None, None, False)


def test_what_makes_no_sense_is_told(operator: Client) -> None:
    for given, told in (({"rate": "fast"}, "fast"), ({"max_running": "many"}, "At once")):
        answer = operator.post("/queues/quick", {"action": "set", **given})
        assert told in str(list(get_messages(answer.wsgi_request))[-1])
    assert not QueueSettings.objects.exists()
    assert operator.post("/queues/quick", {"action": "explode"}).status_code == 400


def test_who_may_only_look_changes_nothing(viewer: Client) -> None:
    assert viewer.post("/queues/quick", {"action": "pause"}).status_code == 403
    assert not QueueSettings.objects.exists()
