"""The journey of an analyst: a sample wallet, analysed end to end."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.charts import expect_drawn

pytestmark = pytest.mark.timeout(240)


def test_a_sample_wallet_is_analysed_before_ones_eyes(page: Page, site: str) -> None:
    page.goto(f"{site}/wallets")
    page.locator(".sample", has_text="Swing 1").click()
    expect(page.get_by_label("Solana address")).to_have_value(re.compile(r"^\w{32,44}$"))
    page.get_by_role("button", name="Analyse").click()
    expect(page.locator(".stage > li")).to_have_count(6)
    page.evaluate("window.notReloaded = true")
    expect(page.locator(".stage .state-completed.state")).to_have_count(6, timeout=120_000)
    expect(page.locator(".tokens tbody tr").first).to_be_visible()
    expect(page.locator("dt", has_text="Realised").first).to_be_visible()
    expect_drawn(page, "pnl-chart")
    assert page.evaluate("window.notReloaded")
    page.get_by_role("link", name="LIFO").click()
    expect(page.locator(".nothing")).to_contain_text("Not worked out by LIFO yet.")


def test_a_wrong_address_is_answered_beside_the_field(page: Page, site: str) -> None:
    page.goto(f"{site}/wallets")
    page.get_by_label("Solana address").fill("not an address")
    page.get_by_role("button", name="Analyse").click()
    expect(page.get_by_role("alert")).to_contain_text("Solana address")
    expect(page.get_by_label("Solana address")).to_have_value("not an address")
