"""Starts PostgreSQL and Valkey for the test run, before Django reads its settings.

Loaded with `-p` (see pyproject.toml), because pytest-django reads the settings before any conftest.py.
Addresses in the environment are ignored: the tests empty what they are given.
"""

import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest

from jobs.localservices.launcher import Launcher
from jobs.localservices.throwaway import create

PARENT = Path(__file__).resolve().parent.parent / ".millrace" / "tests"
LAUNCHER = pytest.StashKey[Launcher]()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """A wrapper runs before every other plugin's hook, so before pytest-django's."""
    hands_out = early_config.known_args_namespace.numprocesses and "PYTEST_XDIST_WORKER" not in os.environ
    if hands_out:  # the tests, to processes that come here themselves
        yield
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended politely, the servers end too
    launcher = create(PARENT)
    early_config.stash[LAUNCHER] = launcher
    early_config.add_cleanup(launcher.remove)
    addresses = launcher.up()
    os.environ["DATABASE_URL"] = addresses.database_url
    os.environ["REDIS_URL"] = addresses.redis_url
    for name in ("REDIS_HOST", "REDIS_PORT", "REDIS_PASSWORD", "REDIS_DB"):
        os.environ.pop(name, None)
    yield
