"""`/`: is anything wrong."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from jobs.configuration import queue_book
from jobs.fence import keys
from jobs.fence.connection import client as redis
from jobs.fence.scripts import run
from jobs.models import Job
from tests.jobs.pages.conftest import MakeJob

Counts = Callable[..., object]


def lead_everything() -> None:
    """A dispatcher leads every queue."""
    for name in queue_book().names:
        redis().set(keys.leader(name), "d1")


def announce_worker(queues: str, slots: int = 2) -> None:
    """A worker that serves the queues (a JSON list)."""
    told = f'{{"queues": {queues}, "slots": {slots}, "host": "h", "pid": 7, "pool": "prefork", "since": 1}}'
    run(redis(), "beat", [keys.WORKERS, keys.HEARTBEATS, keys.EPOCH], ["w1@h#1", told, 60_000])


def test_without_a_dispatcher_the_headline_says_so(viewer: Client) -> None:
    assert "<h1>No dispatcher is running</h1>" in viewer.get("/").content.decode()


def test_all_is_well_when_every_queue_is_led_and_nothing_waits(viewer: Client) -> None:
    lead_everything()
    announce_worker('["quick"]')
    html = viewer.get("/").content.decode()
    assert "<h1>All well</h1>" in html
    assert "1 worker with 2 slots serve" in html


def test_a_queue_whose_jobs_nobody_takes_needs_attention(viewer: Client, make_job: MakeJob) -> None:
    lead_everything()
    make_job(created_at=datetime.now(UTC) - timedelta(seconds=90))
    html = viewer.get("/").content.decode()
    assert "<h1>1 queue needs attention</h1>" in html
    assert "Jobs wait and no worker serves this queue." in html
    assert "1 min 30 s" in html


def test_with_a_worker_the_same_queue_is_well(viewer: Client, make_job: MakeJob) -> None:
    lead_everything()
    announce_worker('["quick"]')
    make_job()
    assert "<h1>All well</h1>" in viewer.get("/").content.decode()


def test_htmx_gets_the_part_that_changes(viewer: Client) -> None:
    html = viewer.get("/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in html
    assert 'id="now"' in html


def test_the_number_of_statements_does_not_grow_with_the_jobs(
    viewer: Client, make_job: MakeJob, django_assert_max_num_queries: Counts
) -> None:
    for number in range(30):
        make_job(f"job-{number}", queue="quick" if number % 2 else "fixed")
    with django_assert_max_num_queries(20):  # type: ignore[attr-defined]  # the stub of the fixture is a callable
        viewer.get("/")


def test_names_and_errors_are_escaped(viewer: Client, failed_job: Job) -> None:
    Job.objects.update(subject="<script>alert(1)</script>")
    html = viewer.get("/").content.decode()
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_page_only_shows(viewer: Client, method: str) -> None:
    assert getattr(viewer, method)("/").status_code == 405
