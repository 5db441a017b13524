"""The chain of these tests, with quick looks for receipts."""

import pytest
from django.conf import LazySettings

from tests.evm_fixture import evm

__all__ = ["evm"]


@pytest.fixture(autouse=True)
def _quick_looks(settings: LazySettings) -> None:
    settings.EVM_POLL_SECONDS = 0.02
