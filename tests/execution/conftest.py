"""The outside world and the chain of these tests, and who looks at the pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from tests.evm_fixture import evm
from tests.execution.inbox import Inbox
from tests.outside import Outside, outside

__all__ = ["evm", "outside"]


@pytest.fixture
def inbox(outside: Outside) -> Iterator[Inbox]:
    """An empty inbox of the sandbox's webhook receiver."""
    box = Inbox(outside.url, "tests")
    box.empty()
    yield box
    box.answer_next([])


@pytest.fixture
def media(tmp_path: Path, settings: LazySettings) -> Path:
    """Where files go."""
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def _quick_looks(settings: LazySettings) -> None:
    settings.EVM_POLL_SECONDS = 0.02
