"""/news."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from jobs.models import Job
from tests.enrichment.social_rows import article, coin

HTMX = {"HX-Request": "true"}


def test_before_the_first_fetch_the_page_says_what_to_do(operator: Client) -> None:
    assert "No news has been read yet" in operator.get("/news").content.decode()


def test_a_search_that_finds_nothing_says_so(operator: Client) -> None:
    article("Pebble rallies")
    assert "No article fits" in operator.get("/news?q=moth").content.decode()


def test_typing_gets_the_list_alone_with_its_highlights(operator: Client) -> None:
    coin("PEBL", "PEBL")
    article("Pebble <i>rallies</i>", coins=("PEBL",))
    answer = operator.get("/news?q=pebb", headers=HTMX)
    page = answer.content.decode()
    assert "<html" not in page
    assert "<mark>Pebble</mark> &lt;i&gt;rallies&lt;/i&gt;" in page
    assert 'href="/social/PEBL"' in page
    assert "HX-Request" in answer["Vary"]


def test_more_articles_are_on_the_next_page(operator: Client) -> None:
    for number in range(23):
        article(f"Pebble number {number}", hours=number + 1)
    page = operator.get("/news?q=pebble").content.decode()
    assert page.count('class="article"') == 20
    following = page.split('<a href="?')[1].split('"')[0].replace("&amp;", "&")
    assert operator.get(f"/news?{following}").content.decode().count('class="article"') == 3


@pytest.mark.parametrize("query", ["after=nonsense", "after=W10"])
def test_an_old_or_broken_link_leads_back(operator: Client, query: str) -> None:
    answer = operator.get(f"/news?{query}")
    assert answer.status_code == 200
    assert "The cursor is none that this list gave" in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["sentiment=great", "age=x", "q=%00", "coin=%00", f"q={'a' * 999}", "q=<script>"]
)
def test_a_query_that_no_form_made_is_no_error(operator: Client, query: str) -> None:
    answer = operator.get(f"/news?{query}")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_the_feeds_are_fetched_by_those_who_may(operator: Client) -> None:
    assert operator.post("/news?q=x").url == "/news?q=x"  # type: ignore[attr-defined]  # a redirect
    assert [job.short_task for job in Job.objects.all()] == ["index_market_news"]
    viewer = Client()
    viewer.force_login(User.objects.create_user("viewer"))
    assert viewer.post("/news").status_code == 403
    assert Client().get("/news").status_code == 302
