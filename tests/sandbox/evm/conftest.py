"""A node in the test's own process; blocks come when the test says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.evm.node import Node
from tests.evm_chain import ACCOUNTS


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A fresh chain."""
    opened = Node(tmp_path / "evm", ACCOUNTS)
    yield opened
    opened.close()
