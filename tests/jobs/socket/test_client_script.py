"""live.js in a real browser: it hears a job, survives a web server that is killed, and misses nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Page, sync_playwright

from jobs.store import moves
from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.processes import Platform
from tests.sample_tasks import tell

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine"),
]

_FOLLOW = """([token, jobs]) => {
    window.heard = [];
    window.statuses = [];
    window.live = new MillraceLive({token, onstatus: (status) => window.statuses.push(status)});
    window.stop = window.live.subscribe({jobs}, (message) => window.heard.push(message));
}"""


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A page of a headless browser."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps a loop in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser.new_page()
        browser.close()
        connections.close_all()  # those that were made beside Playwright's loop are its own


def _open(page: Page, address: str) -> None:
    page.goto(f"http://{address}/healthz")
    page.add_script_tag(url="/static/jobs/live.js")


def _wait_for(page: Page, condition: str, argument: Any = None) -> None:
    page.wait_for_function(condition, arg=argument, timeout=30_000)


def test_the_script_follows_jobs_across_a_killed_web_server(
    platform: Platform, page: Page, token: str
) -> None:
    first, second = (tell.using(countdown=delay).enqueue(steps=2, seconds=0.1) for delay in (0, 600))
    address = platform.web()
    _open(page, address)
    page.evaluate(_FOLLOW, [token, [first.id, second.id]])
    _wait_for(page, "() => heard.filter((m) => m.type === 'job.state').length === 2")
    platform.dispatcher()
    platform.worker()
    _wait_for(page, "(id) => heard.some((m) => m.jobId === id && MillraceLive.isFinal(m))", first.id)
    platform.kill("web")
    _wait_for(page, "() => statuses.includes('closed')")
    moves.promote(second.id)
    second.get(timeout=20)  # it ran while nobody could hear it
    platform.web("web2", address)
    _wait_for(page, "(id) => heard.some((m) => m.jobId === id && MillraceLive.isFinal(m))", second.id)
    heard = page.evaluate("() => heard.map((m) => [m.jobId, m.type])")
    for job in (first, second):
        told = [kind for uid, kind in heard if uid == job.id and kind not in {"job.state", "job.log"}]
        assert told == ["job.started", "job.progress", "job.progress", "job.completed"]
    assert page.evaluate("() => heard.every((m) => m.type !== 'gap' && m.type !== 'error')")


def test_a_stranger_is_refused_and_does_not_try_again(platform: Platform, page: Page) -> None:
    _open(page, platform.web())
    page.evaluate(_FOLLOW, ["mr_invented", ["x"]])
    _wait_for(page, "() => statuses.includes('refused')")
    assert page.evaluate("() => statuses") == ["connecting", "refused"]
    assert page.evaluate("() => heard") == []
