"""The fixture of an EVM chain that the settings point at."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.cache import cache

from tests.evm_chain import EvmChain, evm_chain


@pytest.fixture
def evm(tmp_path: Path, settings: LazySettings) -> Iterator[EvmChain]:
    """A fresh chain whose blocks come when the test says so; the settings know no other."""
    with evm_chain(tmp_path / "evm") as chain:
        settings.SANDBOX_URL = chain.url
        settings.EVM_RPC_URL, settings.EVM_PRIVATE_KEYS = "", []
        cache.clear()
        yield chain
