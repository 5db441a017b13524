"""Operating queues over HTTP."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from jobs.models import Job, QueueSettings
from tests.jobs.http.conftest import Api, token_for
from tests.sample_tasks import noop

pytestmark = pytest.mark.django_db


def act(api: Api, action: str, **more: Any) -> Any:
    """One queue action."""
    return api.post("/jobs/queue-action", {"queueName": "quick", "action": action, **more})


def test_a_queue_is_paused_drained_and_resumed(api: Api) -> None:
    for action, state in (("pause", "paused"), ("drain", "draining"), ("resume", "open")):
        answer = act(api, action, reason="trying")
        assert (answer.status_code, answer.json()["queue"]["state"]) == (200, state)
        assert api.get("/queues/quick").json()["state"] == state
    row = QueueSettings.objects.get(queue="quick")
    assert (row.reason, bool(row.changed_by)) == ("trying", True)


def test_a_queue_is_cleared(api: Api) -> None:
    noop.enqueue_many([{"value": n} for n in range(3)])
    assert act(api, "clear").json()["cancelled"] == 3
    assert set(Job.objects.values_list("state", flat=True)) == {"cancelled"}


def test_limits_are_changed_one_by_one_and_taken_back(api: Api) -> None:
    changed = api.patch("/queues/quick", {"rate": "5/s", "maxRunning": 3}).json()["limits"]
    assert (changed["rate"], changed["maxRunning"], changed["burst"]) == ("5/s", 3, None)
    changed = api.patch("/queues/quick", {"rate": None}).json()["limits"]
    assert (changed["rate"], changed["maxRunning"]) == (None, 3)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rate": "fast"}, "rate"),
        ({"maxRunning": -1}, "maxRunning"),
        ({"speed": 1}, "speed"),
        ({"fair": True}, "fair"),
    ],
)
def test_a_limit_that_makes_no_sense_is_named(api: Api, changes: dict[str, Any], field: str) -> None:
    answer = api.patch("/queues/quick", changes)
    assert answer.status_code == 422
    assert field in answer.content.decode()
    assert not QueueSettings.objects.exists()


def test_unknown_queues_and_actions_are_refused(api: Api) -> None:
    assert act(api, "explode").status_code == 422
    assert api.post("/jobs/queue-action", {"queueName": "quik", "action": "pause"}).status_code in {404, 422}
    assert api.patch("/queues/quik", {"rate": "1/s"}).status_code == 404


def test_who_may_only_look_changes_nothing(clean_redis: None, viewer: User) -> None:
    looking = Api(token_for(viewer))
    assert act(looking, "pause").status_code == 403
    assert looking.patch("/queues/quick", {"rate": "1/s"}).status_code == 403
    assert not QueueSettings.objects.exists()
