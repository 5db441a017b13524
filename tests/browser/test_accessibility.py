"""axe over every page, light and dark, wide and narrow: nothing serious, and the contrast of WCAG AA."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page

from jobs.models import DeadLetter, Job
from tests import sample_tasks
from tests.browser.conftest import Faults
from tests.waiting import wait_until

pytestmark = pytest.mark.timeout(240)
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_ALL = {"runOnly": _RULES, "resultTypes": ["violations"]}
_CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
_SERIOUS = {"serious", "critical"}
_NOT_PAGES = {"metrics", "healthz", "readyz", "logout", "alerts/firing"}  # the last is a part of the overview


def _found(page: Page, faults: Faults, options: dict[str, Any]) -> list[str]:
    assert faults == []
    violations: list[dict[str, Any]] = Axe().run(page, options=options).response["violations"]
    faults.clear()  # axe measures with inline styles of its own
    return [
        f"{page.url}: {each['id']}: {node['html'][:200]}"
        for each in violations
        if each["impact"] in _SERIOUS
        for node in each["nodes"][:3]
    ]


def _without_parameters() -> list[str]:
    """Every address of the site's pages that needs no name or number; those of the API and the admin apart."""
    patterns = (one for one in get_resolver().url_patterns if str(one.pattern) not in {"admin/", "flower/"})
    flat = [each for one in patterns for each in _flattened(one)]
    routes = [str(each.pattern) for each in flat]
    return [f"/{route}" for route in routes if "<" not in route and route not in _NOT_PAGES]


def _flattened(pattern: Any) -> list[URLPattern]:
    if isinstance(pattern, URLPattern):
        return [pattern] if str(pattern.pattern) != "flower/" else []
    if isinstance(pattern, URLResolver) and str(pattern.pattern):
        return []  # the API's
    return [each for one in pattern.url_patterns for each in _flattened(one)]


def test_no_page_has_a_serious_fault(page: Page, site: str, faults: Faults) -> None:
    job = sample_tasks.moody.delay(name="x", mood="permanent")
    told = sample_tasks.tell.delay(3)
    wait_until(lambda: DeadLetter.objects.exists() and Job.objects.get(uid=told.id).finished, 20, "the jobs")
    letter = DeadLetter.objects.get()
    addresses = _without_parameters()
    assert {"/", "/jobs", "/dead-letters", "/schedules", "/workers", "/wallets", "/coins"} <= set(addresses)
    addresses += [
        f"/jobs/{job.id}", f"/jobs/{told.id}", "/jobs?state=failed", "/jobs?q=nothing", f"/dead-letters/{letter.pk}",
        f"/dead-letters/cause/{letter.fingerprint}", "/queues/quick", "/queues/orders", "/no-such-page",
    ]  # fmt: skip
    found = []
    for address in addresses:
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(site + address)
        page.wait_for_load_state("load")
        found += _found(page, faults, _ALL)
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": 390, "height": 844})
        found += _found(page, faults, _CONTRAST)
    assert found == []


def test_the_login_has_none_either(page: Page, site: str, faults: Faults) -> None:
    page.context.clear_cookies()
    page.goto(f"{site}/login")
    assert _found(page, faults, _ALL) == []
