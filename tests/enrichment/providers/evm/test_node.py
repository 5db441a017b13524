"""The adapter against the local node, with faults and without."""

import pytest

from enrichment.providers.evm.errors import AlreadyKnown, InsufficientFunds, NonceTaken
from enrichment.providers.evm.node import node
from enrichment.providers.evm.records import Call
from enrichment.providers.evm.samples import sample_accounts
from jobs.errors import RateLimited, Transient
from sandbox.faults import Faults
from tests.evm_chain import ACCOUNTS, EvmChain, signed

A, B = ACCOUNTS[0], ACCOUNTS[1]


def test_a_transfer_from_the_estimate_to_the_receipt(evm: EvmChain) -> None:
    chain = node()
    assert (chain.chain_id(), chain.height(), chain.nonce(A.address)) == (31337, 0, 0)
    assert chain.estimate(A.address, Call(B.address, 5)) == 21_000
    digest = chain.send(signed(A, 0, B.address, 5))
    assert (chain.receipt(digest), chain.knows(digest)) == (None, True)
    assert (chain.nonce(A.address, "pending"), chain.nonce(A.address)) == (1, 0)
    with pytest.raises(AlreadyKnown):
        chain.send(signed(A, 0, B.address, 5))
    evm.mine()
    receipt = chain.receipt(digest)
    assert receipt
    assert (receipt.succeeded, receipt.block, receipt.gas_used) == (True, 1, 21_000)
    assert chain.nonce(A.address, 0) == 0
    with pytest.raises(NonceTaken):
        chain.send(signed(A, 0, B.address, 6))
    with pytest.raises(InsufficientFunds):
        chain.estimate(A.address, Call(B.address, 10**23))


def test_a_node_that_fails_now_and_then_is_asked_again_at_once(evm: EvmChain) -> None:
    evm.injector.faults = Faults(server_error=0.2, rate_limited=0.1, retry_after=0)
    assert {node().chain_id() for _ in range(10)} == {31337}
    evm.injector.faults = Faults(server_error=1)
    with pytest.raises(Transient, match="answered 500"):
        node().chain_id()
    evm.injector.faults = Faults(rate_limited=1, retry_after=30)
    with pytest.raises(RateLimited) as caught:
        node().chain_id()
    assert caught.value.delay == 30


def test_the_sandbox_tells_who_has_money_and_nobody_prints_keys(evm: EvmChain) -> None:
    accounts = sample_accounts()
    assert [account.address for account in accounts] == [account.address for account in ACCOUNTS]
    assert accounts[0].private_key == A.key
    assert A.key not in repr(accounts)
