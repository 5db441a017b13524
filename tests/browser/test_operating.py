"""Journeys of an operator on call: why it failed, pause, limits, many letters at once, schedules, a lost line."""

import re
from typing import Any

from django_celery_beat.models import IntervalSchedule, PeriodicTask
from playwright.sync_api import Page, WebSocketRoute, expect

from jobs.models import AuditEntry, DeadLetter, Job
from tests import sample_tasks
from tests.waiting import wait_until

_FOLLOW = """(id) => {
    window.heard = [];
    new MillraceLive().subscribe({jobs: [id]}, (message) => window.heard.push(message));
}"""
_LINES = "() => heard.filter((m) => m.type === 'job.log').map((m) => m.message)"


def _state(page: Page, state: str) -> None:
    expect(page.locator(".top .state")).to_have_text(state, timeout=15_000)


def _acts() -> list[str]:
    return list(AuditEntry.objects.order_by("number").values_list("action", flat=True))


def test_a_failed_job_is_found_understood_edited_and_retried(page: Page, site: str) -> None:
    job = sample_tasks.moody.delay(name="x", mood="permanent")
    page.goto(f"{site}/jobs?state=failed")
    page.get_by_role("link", name="moody").click(timeout=15_000)
    expect(page.locator(".why")).to_have_text("Permanent: it is not to be")
    page.locator("summary", has_text="Traceback").click()
    expect(page.locator("details pre")).to_contain_text("raise Permanent")
    page.get_by_role("link", name="Edit and retry").click()
    payload = page.get_by_label("Payload as JSON")
    payload.fill("{")
    page.get_by_role("button", name="Retry with this payload").click()
    expect(page.get_by_role("status")).to_contain_text("The payload is no JSON")
    payload.fill('{"name": "x", "mood": "quick"}')
    page.get_by_role("button", name="Retry with this payload").click()
    page.wait_for_url(f"{site}/jobs/{job.id}")
    _state(page, "completed")
    assert DeadLetter.objects.get().resolved_by == "operator"


def test_a_paused_queue_is_the_reason_that_a_job_tells(page: Page, site: str) -> None:
    page.goto(f"{site}/queues/quick")
    page.get_by_role("button", name="Pause").click()
    page.locator("dialog").get_by_role("button", name="Pause").click()
    expect(page.locator(".top .badge")).to_have_text("paused")
    try:
        job = sample_tasks.noop.delay()
        page.goto(f"{site}/jobs/{job.id}")
        expect(page.locator("[data-reason=paused]")).to_contain_text("quick")
        assert Job.objects.get(uid=job.id).state == "waiting"
    finally:
        page.goto(f"{site}/queues/quick")
        page.get_by_role("button", name="Resume").click()
        expect(page.get_by_role("status")).to_contain_text("Open")
    page.goto(f"{site}/jobs/{job.id}")
    _state(page, "completed")
    assert _acts() == ["pause", "resume"]


def test_a_rate_limit_is_changed_live(page: Page, site: str) -> None:
    _set_rate(page, site, "1/h")
    held = wait_until(_held_back, 20, "that the limit holds")
    page.goto(f"{site}/jobs/{held}")
    expect(page.locator("[data-reason]").first).to_contain_text("1/h")
    _set_rate(page, site, "")
    page.goto(f"{site}/jobs/{held}")
    _state(page, "completed")
    assert _acts() == ["change limits", "change limits"]


def _held_back() -> str | None:
    """The id of a new job that has not run after a while; None when it has."""
    job = sample_tasks.noop.delay()
    try:
        wait_until(lambda: Job.objects.get(uid=job.id).finished, 2)
    except AssertionError:
        return str(job.id)
    return None


def _set_rate(page: Page, site: str, rate: str) -> None:
    page.goto(f"{site}/queues/quick")
    page.get_by_label("Rate", exact=True).fill(rate)
    page.get_by_role("button", name="Change limits").click()
    expect(page.get_by_role("status")).to_contain_text("The limits are changed.")


def test_a_group_of_dead_letters_is_retried_at_once(page: Page, site: str) -> None:
    for name in "abc":
        sample_tasks.moody.delay(name=name, mood="permanent")
    sample_tasks.refuse.delay()
    wait_until(lambda: DeadLetter.objects.count() == 4, 15, "the letters")
    page.goto(f"{site}/dead-letters")
    page.locator(".cause", has_text="sample_tasks.moody").get_by_role("link", name="Review").click()
    page.wait_for_load_state("load")  # before its scripts are there, a button acts without asking
    page.get_by_label("Choose all shown").check()
    page.get_by_role("button", name="Retry").click()
    page.locator("dialog").get_by_role("button", name="Retry").click()
    expect(page.get_by_role("status")).to_contain_text("3 jobs wait again.")
    assert DeadLetter.objects.filter(resolution="retried").count() == 3
    wait_until(lambda: DeadLetter.objects.filter(resolution="").count() == 4, 15, "that they fail again")


def test_a_schedule_is_run_now(page: Page, site: str) -> None:
    hourly, _ = IntervalSchedule.objects.get_or_create(every=1, period="hours")
    PeriodicTask.objects.create(
        name="tidy up", task="tests.sample_tasks.noop", args='["by hand"]', interval=hourly
    )
    page.goto(f"{site}/schedules")
    page.get_by_role("row", name="tidy up").get_by_role("button", name="Run now").click()
    expect(page.get_by_role("status")).to_contain_text("Enqueued job")
    page.locator("tr", has_text="by hand").get_by_role("link").click()
    _state(page, "completed")
    expect(page.locator("pre").first).to_contain_text("by hand")
    assert _acts() == ["run schedule"]


def test_a_line_that_breaks_in_mid_progress_leaves_no_gap(page: Page, site: str) -> None:
    lines: list[tuple[WebSocketRoute, WebSocketRoute]] = []
    page.route_web_socket(
        re.compile(r"/ws/jobs/"), lambda socket: lines.append((socket, socket.connect_to_server()))
    )
    job = sample_tasks.tell.using(countdown=3600).enqueue(24, 0.15)
    page.goto(f"{site}/jobs/{job.id}")
    page.evaluate(_FOLLOW, str(job.id))
    page.wait_for_function("() => heard.some((m) => m.type === 'job.state')")
    page.get_by_role("button", name="Run now").click()
    expect(page.get_by_role("status")).to_contain_text("The job may run now.")
    page.wait_for_load_state("load")
    page.evaluate(_FOLLOW, str(job.id))
    page.wait_for_function("() => heard.filter((m) => m.type === 'job.log').length >= 4", timeout=15_000)
    before = len(lines)
    for browser, server in lines:
        _cut(browser, server)
    page.wait_for_function("() => heard.some((m) => MillraceLive.isFinal(m))", timeout=20_000)
    assert len(lines) > before
    told: list[Any] = page.evaluate(_LINES)
    assert told == [f"line {step}" for step in range(int(told[0].split()[1]), 25)]
    assert page.evaluate("() => heard.every((m) => m.type !== 'gap' && m.type !== 'error')")
    _state(page, "completed")
    expect(page.locator(".log li")).to_have_count(24)


def _cut(browser: WebSocketRoute, server: WebSocketRoute) -> None:
    server.close()
    browser.close(code=1012, reason="the line broke")


def test_a_question_is_answered_by_keyboard_alone(page: Page, site: str) -> None:
    job = sample_tasks.noop.using(countdown=3600).enqueue()
    page.goto(f"{site}/jobs/{job.id}")
    page.get_by_role("button", name="Cancel").focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog").get_by_role("button", name="Keep as it is")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The job is cancelled.")
    assert Job.objects.get(uid=job.id).state == "cancelled"
