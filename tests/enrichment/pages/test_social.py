"""/social/{coin} and its part."""

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from jobs.models import Job
from tests.enrichment.social_rows import ago, coin, post, say


def test_a_coin_that_nobody_asked_about_can_be_asked_about(operator: Client) -> None:
    assert "Nobody has asked" in operator.get("/social/PEBL").content.decode()
    operator.post("/social/PEBL")
    assert [job.short_task for job in Job.objects.all()] == ["scrape_social_data"]


def test_a_name_that_is_none_is_refused_in_words(operator: Client) -> None:
    page = operator.post("/social/no coin", follow=True).content.decode()
    assert "String should match pattern" in page
    assert not Job.objects.exists()


def test_the_part_has_numbers_a_series_and_posts_as_text(operator: Client) -> None:
    coin()
    say("PEBL", post(1, '<script>alert("x")</script> bullish', ago(1)))
    page = operator.get(reverse("social-panel", args=["PEBL"])).content.decode()
    assert "<html" not in page
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; bullish" in page
    assert "data-social-chart" in page
    assert '<span class="feeling positive">positive' in page
    assert "too little history to compare" in page


def test_the_page_shows_the_same_for_the_span_that_is_chosen(operator: Client) -> None:
    coin()
    say("PEBL", post(1, "bullish", ago(30)))
    assert "Nobody said anything in this time" in operator.get("/social/PEBL?hours=24").content.decode()
    page = operator.get("/social/PEBL?hours=nonsense").content.decode()
    assert "data-social-chart" in page
    assert "<html" in page


def test_who_may_only_look_asks_nobody(db: None) -> None:
    viewer = Client()
    viewer.force_login(User.objects.create_user("viewer"))
    assert viewer.get("/social/PEBL").status_code == 200
    assert viewer.post("/social/PEBL").status_code == 403
    assert not Job.objects.exists()
