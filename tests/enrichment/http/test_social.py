"""/api/v1/social/{coin} and /api/v1/jobs/social-scraping/{coin}."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from jobs.models import Job
from jobs.priority import Priority
from tests.enrichment.social_rows import ago, coin, post, say

JSON = "application/json"
SCRAPING = "/api/v1/jobs/social-scraping"


def test_metrics_trend_and_posts_of_a_coin(operator: Client) -> None:
    coin()
    say("PEBL", post(1, "bullish", ago(1), "x", likes=3), post(2, "scam", ago(2), "reddit"))
    body = operator.get("/api/v1/social/pebl").json()
    assert (body["coin"], body["symbol"], body["name"]) == ("PEBL", "PEBL", "Pebble")
    assert {name: body["sentiment"][name] for name in ("mentions", "positive", "negative", "neutral")} == {
        "mentions": 2, "positive": 1, "negative": 1, "neutral": 0,
    }  # fmt: skip
    assert sum(hour["mentions"] for hour in body["hours"]) == 2
    assert [one["platform"] for one in body["platforms"]] == ["reddit", "x"]
    assert [one["text"] for one in body["posts"]] == ["bullish", "scam"]
    assert (body["trend"]["z"], body["trend"]["trending"], body["next"]) == (None, False, None)


def test_posts_come_by_platform_and_page_by_page(operator: Client) -> None:
    coin()
    say(
        "PEBL",
        *(post(n, f"number {n}", ago(n + 1)) for n in range(3)),
        post(9, "elsewhere", ago(1), "reddit"),
    )
    first = operator.get("/api/v1/social/PEBL?platform=x&limit=2").json()
    second = operator.get(f"/api/v1/social/PEBL?platform=x&limit=2&cursor={first['next']}").json()
    assert [one["text"] for one in first["posts"] + second["posts"]] == ["number 0", "number 1", "number 2"]
    assert second["next"] is None


def test_a_coin_that_nobody_asked_about_is_404(operator: Client) -> None:
    answer = operator.get("/api/v1/social/NONE")
    assert (answer.status_code, "NONE" in answer.json()["detail"]) == (404, True)


def test_people_are_asked_with_the_priority_of_somebody_who_waits(operator: Client) -> None:
    answer = operator.post(f"{SCRAPING}/$PEBL", '{"platforms": ["x"], "timeframe": "1h"}', content_type=JSON)
    assert answer.status_code == 202
    job = Job.objects.get(uid=answer.json()["id"])
    assert (job.queue, job.priority, job.subject) == ("social-scraping", Priority.CRITICAL, "PEBL")
    assert operator.generic("POST", f"{SCRAPING}/MOTH").status_code == 202  # without a body


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("no%20coin", "{}", "coin"),
        ("PEBL", '{"platforms": ["myspace"]}', "platforms.0"),
        ("PEBL", '{"platforms": []}', "platforms"),
        ("PEBL", '{"timeframe": "2y"}', "timeframe"),
        ("PEBL", '{"keywords": ["x"]}', "keywords.0"),
    ],
)
def test_wrong_input_is_told_by_field_and_starts_nothing(
    operator: Client, path: str, body: str, field: str
) -> None:
    answer = operator.post(f"{SCRAPING}/{path}", body, content_type=JSON)
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == [field]
    assert not Job.objects.exists()


def test_who_may_only_look_asks_nobody(db: None) -> None:
    viewer = Client()
    viewer.force_login(User.objects.create_user("viewer"))
    assert viewer.post(f"{SCRAPING}/PEBL", "{}", content_type=JSON).status_code == 403
    assert not Job.objects.exists()
