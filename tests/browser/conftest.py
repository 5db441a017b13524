"""A real browser before a real site: web server, dispatcher, worker, sandbox."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.db.backends.postgresql.operations import DatabaseOperations
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from psycopg.errors import DeadlockDetected
from pytest_django import DjangoDbBlocker

from jobs.fence.connection import client as redis
from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.processes import Platform
from tests.sandbox_server import Server

# What the journeys start: jobs of the samples, of wallets, of markets, and those that act.
QUEUES = (
    "quick,fixed,wallet-operations,analysis-operations,enrichment-operations,similarity-operations,price-updates,"
    "risk-assessment,orders,exchange-prices,balances,index-market-news,alert-processing,intent-fulfillment,"
    "blockchain-execution,notifications"
)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, ended before other packages' tests; the tests are skipped only where there is none."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        # Playwright runs an event loop in this thread, which Django takes for a coroutine of ours.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="package")
def site(
    browser: Browser,
    sandbox_server: Server,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The address of a running site with a dispatcher and a worker; one for all journeys."""
    platform = Platform(tmp_path_factory.mktemp("site"))
    with pytest.MonkeyPatch.context() as environment, django_db_blocker.unblock():
        environment.setenv("SANDBOX_URL", sandbox_server.url)
        environment.setattr(
            DatabaseOperations, "execute_sql_flush", _patient(DatabaseOperations.execute_sql_flush)
        )
        redis().flushall()
        try:
            platform.dispatcher()
            platform.worker(queues=QUEUES)
            yield f"http://{platform.web()}"
        finally:
            platform.stop()


def _patient(flush: Callable[..., None]) -> Callable[..., None]:
    """Django's emptying of all tables between tests, again when a query of the running site was in the way."""

    @wraps(flush)
    def flushed(*args: Any) -> None:
        for left in reversed(range(5)):
            try:
                flush(*args)
            except OperationalError as error:
                if not left or not isinstance(error.__cause__, DeadlockDetected):
                    raise
            else:
                return

    return flushed


class Faults(list[str]):
    """What the browser complained about."""


@pytest.fixture
def faults() -> Iterator[Faults]:
    """Errors of scripts and of the content security policy; there must be none."""
    seen = Faults()
    yield seen
    assert seen == []


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile on a desktop screen."""
    fresh = browser.new_context(viewport={"width": 1440, "height": 900})
    yield fresh
    fresh.close()


@pytest.fixture
def page(transactional_db: None, site: str, context: BrowserContext, faults: Faults) -> Page:
    """A page of the operator's, signed in, that shows the overview."""
    User.objects.create_superuser("operator", password="secret")
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Content Security" in line.text else None)
    page.goto(site)
    page.get_by_label("User name").fill("operator")
    page.get_by_label("Password").fill("secret")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/")
    return page
