"""The seeded chain in the test's own process, and servers of a test's own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.solana.chain import Chain, open_chain
from tests.sandbox_server import ROOT, Server

__all__ = ["ROOT", "Server"]


@pytest.fixture(scope="session")
def chain(seeded_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """The seeded chain in this process, for reading."""
    folder = tmp_path_factory.mktemp("reading") / "state"
    shutil.copytree(seeded_folder, folder)
    opened = open_chain(folder)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def server(sandbox_server: Server) -> Server:
    """A sandbox process for tests that only read, or only add."""
    return sandbox_server
