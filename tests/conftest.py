"""What every test may ask for."""

from collections.abc import Generator, Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import HealthCheck, settings

from jobs.localservices.launcher import Launcher
from tests.sandbox_server import own_state, sandbox_server, seeded_folder, start
from tests.services_plugin import LAUNCHER

__all__ = ["own_state", "sandbox_server", "seeded_folder", "start"]

# How fast examples come says how busy the machine is, and nothing of what is tested.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Half a surrogate pair in what a test logged cannot travel to the process that prints it."""
    report = yield
    report.sections = [(name, _printable(text)) for name, text in report.sections]
    return report


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


@pytest.fixture
def services(pytestconfig: pytest.Config) -> Iterator[Launcher]:
    """The run's PostgreSQL and Valkey, for fault tests: `services.valkey.kill()`, `.start()`, `.port`.

    A killed server comes back on the same port with the same data. Both run again after the test.
    """
    launcher = pytestconfig.stash[LAUNCHER]
    yield launcher
    launcher.up()


@pytest.fixture
def operator(db: None) -> Client:
    """The client of somebody who may start and change jobs."""
    return _client(User.objects.create_user("operator", is_staff=True))


@pytest.fixture
def viewer(db: None) -> Client:
    """The client of somebody who may only look."""
    return _client(User.objects.create_user("viewer"))


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
