"""`/jobs` and `/jobs/{id}`."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from jobs.fence import keys
from jobs.fence.connection import client as redis
from jobs.graphs import Flow
from jobs.models import Dependency, Job
from jobs.queries.flows import flow_of
from tests import sample_tasks
from tests.jobs.pages.conftest import NOON, MakeJob


def test_a_jobs_page_tells_its_history(viewer: Client, failed_job: Job) -> None:
    html = viewer.get("/jobs/job-failed").content.decode()
    assert "It failed after 2 attempts: RuntimeError: no luck" in html
    assert html.count("Traceback (most recent call last)") == 2
    assert "<strong>Run 1</strong>" in html
    assert "<strong>Run 2</strong>" in html


def test_hostile_arguments_are_shown_as_text(viewer: Client, make_job: MakeJob) -> None:
    make_job(kwargs={"<b>name": "</pre><script>alert(1)</script>"}, reason='"><img src=x onerror=alert(1)>')
    html = viewer.get("/jobs/job-1").content.decode()
    assert "<script>alert(1)" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_fields_named_like_a_secret_are_masked_even_of_unknown_tasks(
    viewer: Client, make_job: MakeJob
) -> None:
    make_job(
        task="gone.task", kwargs={"api_key": "sk-12345", "nested": {"password": "hunter2"}, "mint": "So1"}
    )
    html = viewer.get("/jobs/job-1").content.decode()
    assert "sk-12345" not in html
    assert "hunter2" not in html
    assert "So1" in html


def test_an_id_with_slashes_and_signs_has_a_page(viewer: Client, make_job: MakeJob) -> None:
    make_job("a/b c?d#é")
    listed = viewer.get("/jobs").content.decode()
    assert 'href="/jobs/a/b%20c%3Fd%23%C3%A9"' in listed
    assert viewer.get("/jobs/a/b%20c%3Fd%23%C3%A9").status_code == 200


def test_a_job_that_is_gone_is_a_page_of_ours(viewer: Client) -> None:
    response = viewer.get("/jobs/no-such-job")
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()


def test_its_log_is_read_from_the_event_log(viewer: Client, make_job: MakeJob) -> None:
    make_job(state="active", runs=1, started_at=NOON)
    line: dict[Any, Any] = {"e": "log", "j": "job-1", "r": "1", "t": "1795000000000"}
    redis().xadd(
        keys.events("quick"),
        line | {"d": '{"message": "<i>first</i>", "level": "warning", "detail": {"n": 1}}'},
    )
    redis().xadd(keys.events("quick"), line | {"j": "another", "d": '{"message": "not mine"}'})
    html = viewer.get("/jobs/job-1").content.decode()
    assert "&lt;i&gt;first&lt;/i&gt;" in html
    assert "n=1" in html
    assert "not mine" not in html


def test_a_blocked_job_names_what_it_waits_for(viewer: Client, make_job: MakeJob) -> None:
    child, parent = make_job("child"), make_job("parent", state="blocked", pending_children=1)
    Dependency.objects.create(parent=parent, child=child)
    assert "It waits for 1 of 1 job: noop (waiting)." in viewer.get("/jobs/parent").content.decode()
    assert "Needed by" in viewer.get("/jobs/child").content.decode()


def test_a_waiting_job_says_when_nobody_serves_its_queue(viewer: Client, make_job: MakeJob) -> None:
    make_job()
    assert "No worker serves the queue quick." in viewer.get("/jobs/job-1").content.decode()


def test_an_operator_asks_a_running_job_to_end(operator: Client, make_job: MakeJob) -> None:
    make_job(state="active", runs=1)
    assert 'value="cancel"' in operator.get("/jobs/job-1").content.decode()
    html = operator.post("/jobs/job-1", {"action": "cancel"}, follow=True).content.decode()
    assert Job.objects.get().state == "active"
    assert "The job is asked to end; it is interrupted if it does not." in html
    assert f"It was asked to end: {Job.objects.get().cancel_reason}." in html
    assert Job.objects.get().cancel_reason.startswith("cancelled by ")


def test_an_operator_cancels_a_waiting_job(operator: Client, make_job: MakeJob) -> None:
    make_job()
    response = operator.post("/jobs/job-1", {"action": "cancel"}, follow=True)
    assert Job.objects.get().state == "cancelled"
    assert "The job is cancelled." in response.content.decode()


def test_an_operator_retries_a_failed_job_and_its_letter_is_closed(operator: Client, failed_job: Job) -> None:
    operator.post("/jobs/job-failed", {"action": "retry"})
    job = Job.objects.get()
    assert (job.state, job.attempt) == ("waiting", 0)
    assert "retried" in operator.get("/jobs/job-failed").content.decode()


def test_an_operator_lets_a_delayed_job_run_now(operator: Client, make_job: MakeJob) -> None:
    make_job(state="delayed", run_at=NOON + timedelta(days=1000))
    operator.post("/jobs/job-1", {"action": "promote"})
    assert Job.objects.get().state == "waiting"


def test_what_cannot_be_done_is_said_and_changes_nothing(operator: Client, failed_job: Job) -> None:
    response = operator.post("/jobs/job-failed", {"action": "promote"}, follow=True)
    assert "A job that is failed is not delayed." in response.content.decode()
    assert Job.objects.get().state == "failed"


def test_an_unknown_action_is_refused(operator: Client, failed_job: Job) -> None:
    assert operator.post("/jobs/job-failed", {"action": "delete"}).status_code == 400


def test_a_viewer_sees_no_buttons_and_may_not_act(viewer: Client, failed_job: Job) -> None:
    assert 'name="action"' not in viewer.get("/jobs/job-failed").content.decode()
    assert viewer.post("/jobs/job-failed", {"action": "retry"}).status_code == 403
    assert Job.objects.get().state == "failed"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"one", "two", "three"}),
        ("state=failed", {"two"}),
        ("queue=fixed", {"three"}),
        ("task=noop", {"one", "three"}),
        ("task=tests.sample_tasks.add", {"two"}),
        ("tag=urgent", {"one"}),
        ("q=three", {"three"}),
        ("q=thr", set()),
        ("q=wallet-9", {"two"}),
        ("q=flow-1", {"one"}),
        ("correlation=flow-1", {"one"}),
        ("state=failed&queue=fixed", set()),
        ("q=%00", {"one", "two", "three"}),
        ("before=nonsense", {"one", "two", "three"}),
        ("before=99999999999999999999", {"one", "two", "three"}),
    ],
)
def test_the_filters(viewer: Client, make_job: MakeJob, query: str, found: set[str]) -> None:
    make_job("one", tags=["urgent"], correlation_id="flow-1")
    make_job("two", state="failed", task="tests.sample_tasks.add", subject="wallet-9")
    make_job("three", queue="fixed")
    html = viewer.get(f"/jobs?{query}").content.decode()
    assert {uid for uid in ("one", "two", "three") if f'href="/jobs/{uid}"' in html} == found


def test_pages_follow_each_other_without_a_gap(viewer: Client, make_job: MakeJob) -> None:
    for number in range(60):
        make_job(f"job-{number:02}")
    first = viewer.get("/jobs").context["found"]
    second = viewer.get(f"/jobs?before={first.next}").context["found"]
    listed = [job.uid for job in (*first.jobs, *second.jobs)]
    assert listed == [f"job-{number:02}" for number in reversed(range(60))]
    assert second.next is None


def test_a_job_of_a_flow_shows_the_whole_of_it_stage_by_stage(viewer: Client) -> None:
    flow = Flow()
    for name, after in (("load", ()), ("left", ("load",)), ("right", ("load",)), ("sum", ("left", "right"))):
        flow.add(name, sample_tasks.noop, {"value": name}, after, correlation_id="flow-1")
    ids = flow.enqueue()
    stages = [{job.uid for job in stage} for stage in flow_of("flow-1").stages]
    assert stages == [{ids["load"]}, {ids["left"], ids["right"]}, {ids["sum"]}]
    html = viewer.get(f"/jobs/{ids['left']}").content.decode()
    drawn = html[html.index('class="flow') :]
    shown = re.findall(r'href="/jobs/([\w-]+)"', drawn[: drawn.index("</section>")])
    assert shown == [ids[name] for name in ("load", "left", "right", "sum")]
    assert re.search(rf'href="/jobs/{ids["left"]}" aria-current="true"', drawn)
    alone = sample_tasks.noop.delay("alone")
    assert 'class="flow' not in viewer.get(f"/jobs/{alone.id}").content.decode()
