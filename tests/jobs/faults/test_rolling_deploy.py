"""Rows and messages that an older build wrote run on this one."""

from celery import Celery
from django.conf import settings
from django_celery_results.models import TaskResult

from jobs.models import Job
from jobs.waiting import wait_until_finished
from tests.jobs.faults.history import executions
from tests.jobs.rows import make_job
from tests.processes import Platform
from tests.sample_tasks import greet
from tests.waiting import wait_until

OLD = "tests.sample_tasks.salute"


def test_what_was_enqueued_before_a_rename_and_two_changes_of_the_payload_runs(platform: Platform) -> None:
    first = make_job("first", task=OLD, kwargs={"name": "Ada Lovelace"})
    second = make_job(
        "second", task=OLD, kwargs={"first": "Alan", "last": "Turing"}, options={"payload_version": 2}
    )
    third = greet.delay(first="Grace", last="Hopper", title="Admiral")
    by_name = greet.app.send_task(OLD, kwargs={"first": "Kurt", "last": "Gödel", "title": "Herr"})
    assert Job.objects.get(uid=third.id).options == {"payload_version": 3}
    assert Job.objects.get(uid=by_name.id).task == greet.name

    platform.dispatcher()
    platform.worker()

    for uid in (first.uid, second.uid, third.id, by_name.id):
        assert wait_until_finished(uid, 60)
    results = dict(TaskResult.objects.values_list("task_id", "result"))
    assert results[first.uid] == '"Dr Ada Lovelace"'
    assert results[second.uid] == '"Dr Alan Turing"'
    assert results[third.id] == '"Admiral Grace Hopper"'
    assert [job.state for job in Job.objects.all()] == ["completed"] * 4


def test_a_message_of_plain_celery_under_the_old_name_runs(platform: Platform) -> None:
    platform.worker()
    plain = Celery("before", broker=settings.REDIS_URL, set_as_current=False)
    plain.send_task(OLD, kwargs={"first": "Ada", "last": "L", "title": "Lady"}, queue="quick")
    wait_until(lambda: set(executions()) == {"Lady Ada L"}, 30, "the old message's run")
