"""Graphs of jobs over HTTP."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from jobs.models import Job
from tests.jobs.http.conftest import Api, token_for

pytestmark = pytest.mark.django_db

ADD = {"jobName": "tests.sample_tasks.add"}
GRAPH: list[dict[str, Any]] = [
    {**ADD, "name": "sum", "data": {"x": 1, "y": 2}, "after": ["left", "right"], "policy": 0.5},
    {**ADD, "name": "left", "data": {"x": 1, "y": 2}},
    {**ADD, "name": "right", "data": {"x": 3, "y": 4}, "priority": "high"},
]


def test_a_graph_is_started_and_read(api: Api) -> None:
    started = api.post("/flows", {"jobs": GRAPH})
    assert started.status_code == 202
    flow = started.json()
    ids = {name: job["id"] for name, job in flow["jobs"].items()}
    assert set(ids) == {"sum", "left", "right"}
    assert started["Location"].endswith(f"/api/v1/flows/{flow['id']}")

    read = api.get(f"/flows/{flow['id']}").json()
    assert (read["state"], read["counts"]) == ("running", {"waiting": 2, "blocked": 1})
    assert sorted((edge["job"], edge["after"]) for edge in read["edges"]) == sorted(
        [(ids["sum"], ids["left"]), (ids["sum"], ids["right"])]
    )
    assert {job["id"]: job["priority"] for job in read["jobs"]}[ids["right"]] == 7


@pytest.mark.parametrize(
    ("jobs", "state"),
    [
        (["completed", "completed"], "completed"),
        (["completed", "failed"], "failed"),
        (["cancelled", "completed"], "cancelled"),
        (["failed", "waiting"], "running"),
    ],
)
def test_a_flow_is_as_its_jobs_are(api: Api, jobs: list[str], state: str) -> None:
    flow = api.post("/flows", {"jobs": GRAPH[1:], "correlationId": "mine"}).json()
    assert flow["id"] == "mine"
    for job, name in zip(Job.objects.order_by("id"), jobs, strict=True):
        Job.objects.filter(pk=job.pk).update(state=name)
    assert api.get("/flows/mine").json()["state"] == state


def test_a_graph_that_is_refused_names_each_job_and_stores_nothing(api: Api) -> None:
    wrong = [*GRAPH[:2], {**ADD, "name": "right", "data": {"x": "three"}}, {"jobName": "ad", "name": "typo"}]
    answer = api.post("/flows", {"jobs": wrong})
    assert answer.status_code == 422
    assert [fault["name"] for fault in answer.json()["faults"]] == ["right", "typo"]
    assert Job.objects.count() == 0


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ({"left": ["sum"]}, "a cycle"),
        ({"left": ["nobody"]}, "nobody"),
        ({"left": ["left"]}, "cycle"),
    ],
)
def test_a_cycle_and_an_unknown_name_are_refused(api: Api, after: dict[str, list[str]], told: str) -> None:
    jobs = [job | {"after": after.get(job["name"], job.get("after", []))} for job in GRAPH]
    answer = api.post("/flows", {"jobs": jobs})
    assert (answer.status_code, told in answer.json()["detail"]) == (422, True)
    assert Job.objects.count() == 0


def test_two_jobs_of_one_name_and_strangers(api: Api) -> None:
    answer = api.post("/flows", {"jobs": [GRAPH[1], GRAPH[1]]})
    assert answer.status_code == 422
    assert api.get("/flows/nothing").status_code == 404
    assert api.post("/flows", {"jobs": []}).status_code == 422


def test_who_may_only_look_starts_nothing(clean_redis: None, viewer: User) -> None:
    assert Api(token_for(viewer)).post("/flows", {"jobs": GRAPH}).status_code == 403
    assert Job.objects.count() == 0
