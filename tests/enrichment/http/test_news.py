"""/api/v1/news."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from jobs.models import Job
from jobs.priority import Priority
from tests.enrichment.social_rows import article, coin

JSON = "application/json"


def test_articles_are_found_and_told_with_their_highlights(operator: Client) -> None:
    coin("PEBL", "PEBL")
    article("Pebble rallies & wins", coins=("PEBL",))
    body = operator.get("/api/v1/news?q=pebble&coin=PEBL&sentiment=positive").json()
    (found,) = body["items"]
    assert (found["title"], found["titleHighlighted"]) == (
        "Pebble rallies & wins",
        "<mark>Pebble</mark> rallies &amp; wins",
    )
    assert (found["label"], found["coins"], body["next"]) == (
        "positive",
        [{"coin": "PEBL", "symbol": "PEBL"}],
        None,
    )


def test_pages_follow_each_other_by_cursor(operator: Client) -> None:
    for number in range(5):
        article(f"Pebble number {number}", hours=number + 1)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        body = operator.get(f"/api/v1/news?q=pebble&limit=2&cursor={cursor}").json()
        seen += [item["title"] for item in body["items"]]
        cursor = body["next"]
    assert seen == [f"Pebble number {number}" for number in range(5)]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("cursor=abc", "cursor"),
        ("cursor=W10", "cursor"),
        ("sentiment=great", "sentiment"),
        ("since=yesterday", "since"),
        ("since=2026-11-01T00:00:00", "since"),
        ("limit=0", "limit"),
    ],
)
def test_wrong_input_is_told_by_field(operator: Client, query: str, field: str) -> None:
    answer = operator.get(f"/api/v1/news?{query}")
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == [field]


@pytest.mark.parametrize(
    ("body", "priority"),
    [
        ('{"breaking": true}', Priority.CRITICAL),
        ('{"publishedAt": "2099-01-01T00:00:00Z"}', Priority.HIGH),
        ('{"publishedAt": "2020-01-01T00:00:00Z"}', Priority.NORMAL),
        ("{}", Priority.NORMAL),
    ],
)
def test_the_newer_the_news_the_sooner_it_is_fetched(operator: Client, body: str, priority: Priority) -> None:
    answer = operator.post("/api/v1/news/index", body, content_type=JSON)
    assert answer.status_code == 202
    job = Job.objects.get(uid=answer.json()["id"])
    assert (job.queue, job.priority) == ("index-market-news", priority)


def test_who_may_only_look_starts_nothing(db: None) -> None:
    viewer = Client()
    viewer.force_login(User.objects.create_user("viewer"))
    assert viewer.get("/api/v1/news").status_code == 200
    assert viewer.post("/api/v1/news/index", "{}", content_type=JSON).status_code == 403
    assert Client().get("/api/v1/news").status_code == 401
    assert not Job.objects.exists()
