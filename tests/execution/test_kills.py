"""Real workers, killed with SIGKILL right after each step: one transaction on the chain."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from analysis.models import Intent
from execution.models import ChainTransaction
from execution.tasks.intents import execute_intent
from jobs.fence.connection import client
from jobs.models import Attempt
from tests.evm_chain import ACCOUNTS, EvmChain
from tests.execution.intents import accepted
from tests.jobs.faults.history import wait_for_all
from tests.processes import Platform

# What dies, after which step: the process that runs the job, or the whole worker with all that it runs.
KILLS = {"nonce": "worker", "signed": "child", "sent": "worker", "waiting": "child"}


@pytest.fixture
def platform(
    transactional_db: None, evm: EvmChain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Platform]:
    """A clean platform whose workers see the chain of the test, and its orders to die."""
    client().flushall()
    monkeypatch.setenv("SANDBOX_URL", evm.url)
    monkeypatch.setenv("EVM_STEP_HOOK", "tests.execution.stops.kill_once")
    monkeypatch.setenv("EVM_KILLS", str(tmp_path))
    monkeypatch.setenv("EVM_POLL_SECONDS", "0.1")
    platform = Platform(tmp_path)
    try:
        yield platform
    finally:
        platform.stop()


def test_a_worker_that_is_killed_after_any_step_leaves_one_transaction(
    platform: Platform, evm: EvmChain, tmp_path: Path
) -> None:
    platform.dispatcher()
    with ThreadPoolExecutor(3) as starting:  # two of them will die
        list(starting.map(lambda name: platform.worker(name, "blockchain-execution"), ("w1", "w2", "w3")))
    intents = [
        accepted(sender=ACCOUNTS[place].address, recipient=ACCOUNTS[7].address, strategy="fast")
        for place in range(len(KILLS))
    ]
    for intent, (step, victim) in zip(intents, KILLS.items(), strict=True):
        (tmp_path / f"intent-{intent.uid}.{step}").write_text(victim)

    with evm.mining(0.2):
        jobs = execute_intent.enqueue_many([{"intent_id": intent.uid} for intent in intents])
        wait_for_all(jobs, 60)

    assert not list(tmp_path.glob("intent-*")), "every order to die was carried out"
    assert set(Intent.objects.values_list("state", flat=True)) == {"confirmed"}
    assert set(ChainTransaction.objects.values_list("nonce", "state")) == {(0, "confirmed")}
    for account in ACCOUNTS[: len(KILLS)]:
        assert [tx.nonce for tx in evm.transactions(account)] == [0]
    assert Attempt.objects.filter(outcome="stalled").count() >= len(KILLS)
