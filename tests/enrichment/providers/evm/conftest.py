"""The chain of these tests."""

from tests.evm_fixture import evm

__all__ = ["evm"]
