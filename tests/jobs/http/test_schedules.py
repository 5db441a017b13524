"""/schedules over HTTP."""

import pytest
from django.contrib.auth.models import User
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from jobs.models import Job, ScheduledRun
from tests.jobs.http.conftest import Api, token_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hourly(db: None) -> PeriodicTask:
    """The only schedule."""
    PeriodicTask.objects.all().delete()
    every = IntervalSchedule.objects.create(every=1, period="hours")
    return PeriodicTask.objects.create(name="every hour", task="tests.sample_tasks.noop", interval=every)


def test_a_schedule_is_listed_run_disabled_and_enabled(api: Api) -> None:
    ran = api.post("/schedules/every%20hour/run")
    assert ran.status_code == 202
    assert ran.json()["id"] == Job.objects.get().uid
    [listed] = api.get("/schedules").json()["items"]
    assert (listed["name"], listed["enabled"], listed["lastJobId"]) == ("every hour", True, ran.json()["id"])
    assert (listed["missedPolicy"], listed["overlapPolicy"], listed["missed"]) == ("one", "allow", 0)
    assert listed["nextDue"].endswith(":00:00Z")
    off = api.post("/schedules/every%20hour/disable").json()
    assert (off["enabled"], off["nextDue"]) == (False, None)
    assert PeriodicTask.objects.get().enabled is False
    assert api.post("/schedules/every%20hour/enable").json()["enabled"] is True


def test_an_unknown_schedule_is_not_found_with_a_suggestion(api: Api) -> None:
    answer = api.post("/schedules/every%20hou/run")
    assert answer.status_code == 404
    assert "Did you mean 'every hour'?" in answer.json()["detail"]


@pytest.mark.parametrize("action", ["run", "enable", "disable"])
def test_who_may_only_look_changes_nothing(viewer: User, clean_redis: None, action: str) -> None:
    api = Api(token_for(viewer))
    assert api.get("/schedules").status_code == 200
    assert api.post(f"/schedules/every%20hour/{action}").status_code == 403
    assert not ScheduledRun.objects.exists()
