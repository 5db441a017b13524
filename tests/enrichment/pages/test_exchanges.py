"""The exchange pages, without a browser."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from enrichment.models import ExchangeAccount
from jobs import testing
from jobs.models import Job
from tests.exchange import trader
from tests.outside import Outside


@pytest.fixture
def user(db: None) -> User:
    """Somebody who may start jobs."""
    return User.objects.create_user("operator", is_staff=True)


@pytest.fixture
def browser(user: User) -> Client:
    """Their browser."""
    client = Client()
    client.force_login(user)
    return client


def test_without_accounts_the_page_says_so_and_offers_samples(browser: Client, outside: Outside) -> None:
    html = browser.get("/exchanges").content.decode()
    assert "You have no account yet." in html
    assert "Swing trader" in html
    assert "Revoked key" not in html
    assert trader(outside.url, "swing").key not in html


def test_a_sample_is_added_with_a_click_and_fetched_at_once(browser: Client, outside: Outside) -> None:
    with testing.inline():
        response = browser.post("/exchanges", {"action": "sample", "sample": "swing"}, follow=True)
    assert [step.job.state for step in response.context["steps"]] == ["completed"] * 3
    html = response.content.decode()
    assert "Swing trader" in html
    assert "Order history" in html
    assert "Nothing rests in a book." not in html
    assert html.count('data-key="f') == 13, "a page of fills, and their panel"
    assert response.context["fees_worth"] > 1
    assert "maker" in html
    assert html.count('data-key="o') > 25
    assert response.context["worth"] > 10_000


def test_keys_that_are_refused_are_told_beside_the_field_and_not_sent_back(
    browser: Client, outside: Outside
) -> None:
    who = trader(outside.url, "revoked")
    response = browser.post(
        "/exchanges",
        {
            "action": "add",
            "exchange": "binance",
            "label": "Old",
            "api_key": who.key,
            "api_secret": who.secret,
        },
    )
    html = response.content.decode()
    assert response.status_code == 422
    assert "refused the key or its secret" in html
    assert 'value="Old"' in html
    assert who.secret not in html
    assert who.key not in html
    assert not ExchangeAccount.objects.exists()


def test_an_account_page_before_its_first_sync_says_what_to_do(
    browser: Client, user: User, outside: Outside
) -> None:
    account = trader(outside.url, "empty").added_by(user)
    html = browser.get(f"/exchanges/{account.uid}").content.decode()
    assert html.count("Not fetched yet. Press Sync now.") == 4


def test_history_goes_on_to_older_pages(browser: Client, user: User, outside: Outside) -> None:
    account = trader(outside.url, "swing").added_by(user)
    with testing.inline():
        browser.post(f"/exchanges/{account.uid}", {"action": "sync"})
    first = browser.get(f"/exchanges/{account.uid}?status=closed").context["history"]
    second = browser.get(f"/exchanges/{account.uid}?status=closed&cursor={first.next}").context["history"]
    assert len(first.orders) == len(second.orders) == 25
    assert first.orders[-1].placed_at >= second.orders[0].placed_at
    assert browser.get(f"/exchanges/{account.uid}?cursor=made-up").status_code == 200


def test_the_prices_of_all_markets_are_read_once(browser: Client, user: User, outside: Outside) -> None:
    account = trader(outside.url, "empty").added_by(user)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(f"/exchanges/{account.uid}").status_code == 200
    tickers = [one["sql"] for one in asked if 'FROM "enrichment_ticker"' in one["sql"]]
    assert len([sql for sql in tickers if "LIMIT" not in sql]) == 1
    assert len(tickers) == 2, (
        "those of the page's own list, and those that balances and fees are worked out by"
    )


def test_a_removed_account_is_gone(browser: Client, user: User, outside: Outside) -> None:
    account = trader(outside.url, "empty").added_by(user)
    response = browser.post(f"/exchanges/{account.uid}", {"action": "remove"}, follow=True)
    assert "empty was removed, with its keys and orders." in response.content.decode()
    assert browser.get(f"/exchanges/{account.uid}").status_code == 404


def test_somebody_elses_account_is_404_and_a_viewer_starts_nothing(user: User, outside: Outside) -> None:
    account = trader(outside.url, "empty").added_by(user)
    viewer = Client()
    somebody = User.objects.create_user("viewer")
    viewer.force_login(somebody)
    assert viewer.get(f"/exchanges/{account.uid}").status_code == 404
    ExchangeAccount.objects.filter(pk=account.pk).update(user=somebody)
    assert viewer.get(f"/exchanges/{account.uid}").status_code == 200
    assert viewer.post(f"/exchanges/{account.uid}", {"action": "sync"}).status_code == 403
    assert viewer.post("/exchanges", {"action": "sync"}).status_code == 403
    assert not Job.objects.exists()


def test_all_accounts_are_synced_with_one_click(browser: Client, user: User, outside: Outside) -> None:
    trader(outside.url, "empty").added_by(user)
    with testing.inline():
        response = browser.post("/exchanges", {"action": "sync"}, follow=True)
    assert [step.title for step in response.context["steps"]] == [
        "Fetch the orders of all accounts",
        "Fetch the prices",
    ]
    assert "1 of 1 accounts, 0 failed" in response.content.decode()
