"""Pictures of every page, on a phone and on a desktop, light and dark, for people to look at.

    python -m tests.browser.screenshots http://127.0.0.1:8000 pictures/ [/wallets/... more addresses]

The site must run and know the demo login. Scrolling sideways and errors in the console are reported.
"""

import sys
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, CHROMIUM

_NOWHERE = "/no-such-page"
SCREENS = {"desktop": (1440, 900), "phone": (390, 844)}
PAGES = (
    "/",
    "/queues/orders",
    "/jobs",
    "/jobs?state=failed",
    "/dead-letters",
    "/schedules",
    "/workers",
    "/performance",
    "/alerts",
    "/alerts/guide",
    "/wallets",
    "/speech",
    "/notifications",
    "/coins",
    "/exchanges",
    "/wallets/similarity",
    "/intents",
    "/contracts",
    "/news",
    "/news?q=upgrade or selling",
    "/jobs?q=nothing",
    "/queues/price-updates",
    "/flower/",
    "/admin/",
    "/admin/jobs/job/",
    "/admin/jobs/deadletter/",
    "/admin/jobs/queuesettings/",
    "/admin/jobs/auditentry/",
    "/admin/jobs/apitoken/add/",
    "/admin/django_celery_beat/periodictask/",
    _NOWHERE,
)

# Pages whose addresses nobody knows before: the first link of that beginning on a page, where there is one.
BEHIND = {
    "/jobs?state=completed": "/jobs/",
    "/jobs?state=failed": "/jobs/",
    "/dead-letters": "/dead-letters/cause/",
    "/wallets": "/wallets/",
    "/wallets/similarity": "/wallets/similarity/",
    "/coins": "/coins/",
    "/exchanges": "/exchanges/",
    "/intents": "/intents/",
    "/contracts": "/contracts/",
}


def main(base: str, folder: Path, more: list[str]) -> int:
    """Take all pictures; answers with the number of faults seen."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        faults = [
            fault
            for screen in SCREENS
            for theme in ("light", "dark")
            for fault in _session(browser, base, folder, screen, theme, more)
        ]
        browser.close()
    for fault in faults:
        print(fault)  # noqa: T201 -- a command
    return len(faults)


def _session(
    browser: Browser, base: str, folder: Path, screen: str, theme: str, more: list[str]
) -> list[str]:
    width, height = SCREENS[screen]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        has_touch=screen == "phone",
        is_mobile=screen == "phone",
    )
    page = context.new_page()
    faults: list[str] = []
    page.on(
        "console", lambda line: faults.append(f"{page.url}: {line.text}") if _is_fault(page, line) else None
    )
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.goto(f"{base}/login")
    faults += _picture(page, folder / f"login-{screen}-{theme}.png")
    page.fill("[name=username]", "demo")
    page.fill("[name=password]", "demo")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{base}/")
    for address in (*PAGES, *_behind(page, base), *more):
        page.goto(base + address)
        page.wait_for_load_state("load")
        page.wait_for_timeout(600)
        faults += _picture(page, folder / f"{_name(address)}-{screen}-{theme}.png")
    context.close()
    return faults


def _is_fault(page: Page, line: ConsoleMessage) -> bool:
    """An error, but for the 404 that is the page's own."""
    return line.type == "error" and not (page.url.endswith(_NOWHERE) and "404" in line.text)


def _behind(page: Page, base: str) -> list[str]:
    found = []
    for address, beginning in BEHIND.items():
        page.goto(base + address)
        links = page.locator(f"main a[href^='{beginning}']").evaluate_all(
            "links => links.map(link => link.getAttribute('href').split('?')[0])"
        )
        others = [link for link in links if link not in {*PAGES, beginning}]
        found += others[:1]
    return found


def _picture(page: Page, path: Path) -> list[str]:
    page.screenshot(path=path, full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{page.url}: scrolls {wide} px sideways"] if wide > 0 else []


def _name(address: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in address.strip("/"))[:40] or "overview"


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1].rstrip("/"), Path(sys.argv[2]), sys.argv[3:]) else 0)
