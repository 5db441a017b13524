"""The journeys of a trader: a coin and its alerts, news, an exchange account, wallets compared, an intent."""

import re

import httpx2
import pytest
from playwright.sync_api import Page, expect

from analysis.models import AlertFiring, Intent
from enrichment.models import Fill, NewsArticle
from tests.browser.charts import expect_drawn
from tests.sandbox_server import Server
from tests.waiting import wait_until

pytestmark = pytest.mark.timeout(240)
LONG = 60_000  # milliseconds; for what jobs bring


def test_a_coin_is_followed_charted_and_watched(page: Page, site: str, sandbox_server: Server) -> None:
    rows = httpx2.get(f"{sandbox_server.url}/sandbox/tokens").json()
    mint = next(row["mint"] for row in rows if row["symbol"] == "DUSK")
    page.goto(f"{site}/coins")
    page.get_by_label("Mint, a Solana address").fill(mint)
    page.get_by_role("button", name="Follow", exact=True).click()
    page.wait_for_url(re.compile("/coins/."))
    expect(page.locator(".tiles dd").first).to_contain_text("$0.0000", timeout=LONG)
    page.get_by_role("link", name="45 days").click()
    expect_drawn(page, "price-chart")
    page.get_by_label("Threshold").fill("0.00000001")
    page.get_by_role("button", name="Create").click()
    expect(page.locator(".alerts tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Check now").click()
    expect(page.locator(".firings li")).to_have_count(1, timeout=LONG)
    assert AlertFiring.objects.count() == 1
    page.get_by_role("button", name="Assess risk").click()
    expect(page.locator(".part h3", has_text="Contract")).to_be_visible(timeout=LONG)
    expect(page.locator(".part", has_text="Contract")).to_contain_text("RugCheck")


def test_news_are_fetched_searched_as_one_types_and_highlighted(page: Page, site: str) -> None:
    page.goto(f"{site}/news")
    page.get_by_role("button", name="Fetch the feeds").click()
    wait_until(NewsArticle.objects.exists, 60, "articles")
    page.get_by_label("Words").press_sequentially("upgra")
    expect(page.locator("#found mark").first).to_have_text("upgrade")
    assert "q=upgra" in page.url
    page.get_by_label("Sentiment").select_option("negative")  # news of an upgrade are good ones
    expect(page.locator("#found mark")).to_have_count(0)
    assert "sentiment=negative" in page.url


def test_an_exchange_account_is_added_and_its_orders_arrive_live(page: Page, site: str) -> None:
    page.goto(f"{site}/exchanges")
    page.locator(".sample-accounts li", has_text="Newcomer").get_by_role("button", name="Add").click()
    expect(page.locator(".sync-steps > li")).to_have_count(3)
    page.evaluate("window.notReloaded = true")
    expect(page.locator(".sync-steps .state-completed.state")).to_have_count(3, timeout=LONG)
    fills = page.locator("[data-key=fills] tbody tr")
    expect(fills.first).to_contain_text("SOL/USDT")
    assert fills.count() == min(12, Fill.objects.count()) > 5
    expect(page.locator("[data-key=sums]")).to_contain_text(re.compile(r"Fees paid\s*\$\d"))
    assert page.evaluate("window.notReloaded")


def test_wallets_are_compared_in_a_matrix(page: Page, site: str) -> None:
    page.goto(f"{site}/wallets/similarity")
    for label in ("Holder 1", "Holder 2"):
        page.locator(".sample", has_text=label).first.click()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".matrix")).to_have_count(4, timeout=LONG)
    expect(page.locator(".matrix").first.locator("tbody td").first).to_have_text("100 %")


def test_an_intent_is_handed_in_and_confirmed_before_ones_eyes(page: Page, site: str) -> None:
    page.goto(f"{site}/intents")
    expect(page.get_by_label("From")).to_have_value(re.compile("^0x[0-9a-fA-F]{40}$"))
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_url(re.compile("/intents/."))
    expect(page.locator(".top")).to_contain_text("confirmed", timeout=LONG)
    expect(page.locator("[data-key=transaction]")).to_contain_text("Gas used")
    assert Intent.objects.get().state == Intent.State.CONFIRMED


@pytest.mark.parametrize("width", [360, 1440])
def test_no_page_of_markets_scrolls_sideways(page: Page, site: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for address in ("/coins", "/news", "/exchanges", "/wallets/similarity", "/intents", "/contracts"):
        page.goto(site + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
