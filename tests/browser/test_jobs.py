"""Journeys of an operator."""

import re

import pytest
from playwright.sync_api import Page, expect

from jobs.models import DeadLetter, Job
from tests import sample_tasks

PLACES = ["/", "/wallets", "/jobs", "/dead-letters", "/workers"]


def test_the_overview_moves_by_itself(page: Page) -> None:
    expect(page.locator("[data-link]")).to_have_text("Live")
    before = page.locator("tbody tr").count()
    sample_tasks.noop.delay("seen")
    expect(page.locator(".ended")).to_contain_text("noop", timeout=10_000)
    assert page.locator("tbody tr").count() == before


def test_a_jobs_page_follows_it_to_its_end_without_a_reload(page: Page, site: str) -> None:
    job = sample_tasks.tell.delay(6, 0.5)
    page.goto(f"{site}/jobs/{job.id}")
    page.evaluate("window.notReloaded = true")
    expect(page.locator(".log")).to_contain_text("line 3", timeout=15_000)
    expect(page.locator("[data-message]")).to_contain_text("step")
    expect(page.locator(".top .state")).to_have_text("completed", timeout=15_000)
    expect(page.locator("h2", has_text="Result")).to_be_visible()
    assert page.evaluate("window.notReloaded")


def test_open_details_stay_open_while_the_page_is_refreshed(page: Page, site: str) -> None:
    job = sample_tasks.fail.using(max_attempts=3).enqueue()
    page.goto(f"{site}/jobs/{job.id}")
    page.locator("summary", has_text="Traceback").first.click(timeout=15_000)
    expect(page.locator(".top .state")).to_have_text("failed", timeout=15_000)
    expect(page.locator("details").first).to_have_attribute("open", "")


def test_cancelling_asks_first(page: Page, site: str) -> None:
    job = sample_tasks.noop.using(countdown=3600).enqueue()
    page.goto(f"{site}/jobs/{job.id}")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Keep as it is").click()
    assert Job.objects.get(uid=job.id).state == "delayed"
    page.get_by_role("button", name="Cancel").click()
    page.locator("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("status")).to_contain_text("The job is cancelled.")
    assert Job.objects.get(uid=job.id).state == "cancelled"


def test_a_dead_letter_is_retried_from_its_cause(page: Page, site: str) -> None:
    job = sample_tasks.refuse.delay()
    page.goto(f"{site}/jobs/{job.id}")
    expect(page.locator(".top .state")).to_have_text("failed", timeout=15_000)
    page.goto(f"{site}/dead-letters")
    page.locator(".cause", has_text="sample_tasks.refuse").get_by_role("link", name="Review").click()
    page.wait_for_load_state("load")
    page.get_by_label("Choose all shown").check()
    page.get_by_role("button", name="Retry").click()
    page.locator("dialog").get_by_role("button", name="Retry").click()
    expect(page.get_by_role("status")).to_contain_text("1 job waits again.")
    assert (
        DeadLetter.objects.filter(job_uid=job.id, resolution="retried", resolved_by="operator").count() == 1
    )


def test_hostile_arguments_do_not_run(page: Page, site: str) -> None:
    job = sample_tasks.noop.delay(
        "</pre><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"
    )
    page.goto(f"{site}/jobs/{job.id}")
    expect(page.locator(".top .state")).to_have_text("completed", timeout=15_000)
    expect(page.locator("pre").first).to_contain_text("<script>window.hacked = 1</script>")
    assert page.evaluate("window.hacked") is None


def test_the_theme_is_switched_and_remembered(page: Page, site: str) -> None:
    page.emulate_media(color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Switch between dark and light").click()
    assert page.evaluate(ground) != light
    page.goto(f"{site}/jobs")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_keyboard_reaches_the_content(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    assert re.search(r"#main$", page.url)


@pytest.mark.parametrize("width", [360, 390, 768, 1440])
def test_no_page_scrolls_sideways(page: Page, site: str, width: int) -> None:
    sample_tasks.noop.using(correlation_id="c" * 200, task_id="t" * 200).enqueue("x" * 300)
    page.set_viewport_size({"width": width, "height": 800})
    for address in (*PLACES, "/jobs/" + "t" * 200):
        page.goto(site + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
