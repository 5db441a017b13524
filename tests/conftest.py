"""What every test may ask for."""

from collections.abc import Iterator

import pytest

from jobs.localservices.launcher import Launcher
from tests.sandbox_server import own_state, sandbox_server, seeded_folder, start
from tests.services_plugin import LAUNCHER

__all__ = ["own_state", "sandbox_server", "seeded_folder", "start"]


PROCESSES = {"platform", "site", "browser"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run in parallel, tests that start processes of their own stay on one side, one after the other."""
    for item in items:
        if PROCESSES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group("processes"))


@pytest.fixture
def services(pytestconfig: pytest.Config) -> Iterator[Launcher]:
    """The run's PostgreSQL and Valkey, for fault tests: `services.valkey.kill()`, `.start()`, `.port`.

    A killed server comes back on the same port with the same data. Both run again after the test.
    """
    launcher = pytestconfig.stash[LAUNCHER]
    yield launcher
    launcher.up()
