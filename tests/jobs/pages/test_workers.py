"""`/workers`."""

from django.test import Client

from jobs.fence import keys
from jobs.fence.connection import client as redis
from tests.jobs.pages.test_overview import announce_worker


def test_without_workers_the_page_says_how_to_start_one(viewer: Client) -> None:
    assert "No worker lives." in viewer.get("/workers").content.decode()


def test_a_worker_is_shown_with_what_it_runs(viewer: Client) -> None:
    announce_worker('["quick", "fixed"]', slots=3)
    redis().hset(keys.held_by("w1@h#1"), "job-1", "quick|1|abc|99|1795000000000|0")
    html = viewer.get("/workers").content.decode()
    assert "w1@h#1" in html
    assert "1 of 3 slots" in html
    assert 'href="/jobs/job-1"' in html
    assert "process 7, pool prefork" in html


def test_it_says_how_long_ago_consumption_was_proven_and_which_worker_is_deaf(viewer: Client) -> None:
    announce_worker('["quick"], "proven_ago": 2.5, "deaf": true, "x": []', slots=3)
    html = viewer.get("/workers").content.decode()
    assert "proven" in html
    assert ">deaf</span>" in html
