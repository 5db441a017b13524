"""Contracts for tests, deployed past the product."""

from typing import Any

from execution.services.contracts.artifacts import artifact
from sandbox.evm.accounts import Account
from tests.evm_chain import EvmChain, signed
from tests.execution.intents import A


def token(evm: EvmChain) -> Any:
    """A token whose 1,000 base units belong to A."""
    from eth_abi import encode

    data = artifact("token").bytecode + encode(["string", "string", "uint256"], ["Test", "TST", 1000]).hex()
    return send(evm, A, 0, b"", data)["contractAddress"]


def smart_account(evm: EvmChain, owner: Account) -> Any:
    """A smart account of an owner who has sent nothing yet."""
    from eth_abi import encode

    data = artifact("smart_account").bytecode + encode(["address"], [owner.address]).hex()
    return send(evm, owner, 0, b"", data)["contractAddress"]


def send(evm: EvmChain, sender: Account, nonce: int, to: str | bytes, data: str) -> Any:
    """A transaction, mined; its receipt."""
    raw = signed(sender, nonce, to, 0, data=data, gas=2_000_000)
    digest = evm.rpc("eth_sendRawTransaction", raw)
    evm.mine()
    return evm.rpc("eth_getTransactionReceipt", digest)
