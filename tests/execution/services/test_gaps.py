"""A nonce whose transaction never comes holds nobody up, and nobody who works is robbed of one."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone

from analysis.models import Intent
from enrichment.providers.evm.errors import Fault, InsufficientFunds, OutOfGas
from enrichment.providers.evm.node import Node, node
from execution.models import ChainTransaction, SenderNonce, SignedTransaction
from execution.services.sending.gaps import fill_gap
from execution.services.sending.nonces import release
from execution.services.sending.policy import GasPolicy
from execution.services.sending.run import WrongChain
from execution.services.sending.send import NonceUsed, send
from tests.evm_chain import EvmChain, signed
from tests.execution.intents import ETHER, A, B, accepted
from tests.execution.runs import go, stop

pytestmark = pytest.mark.django_db


@pytest.fixture
def quick(settings: LazySettings) -> None:
    """A nonce counts as left after a tenth of a second."""
    settings.EVM_IDLE_SECONDS = 0.1


@pytest.fixture
def mining(evm: EvmChain) -> Iterator[EvmChain]:
    """Blocks every 20 ms."""
    with evm.mining():
        yield evm


def on_chain(evm: EvmChain) -> list[tuple[int, int]]:
    """Nonce and value of what the sender has on the chain."""
    return [(tx.nonce, tx.value) for tx in evm.transactions(A)]


def wish(value: int) -> Intent:
    """An intent that is content with one confirmation."""
    return accepted(strategy="fast", amount=value)


@pytest.mark.parametrize("step", ["nonce", "signed"])
def test_an_intent_that_ended_before_sending_does_not_hold_up_the_next(
    mining: EvmChain, quick: None, step: str
) -> None:
    left, following = wish(5), wish(6)
    stop(left, step)
    go(following)
    assert on_chain(mining) == [(0, 0), (1, 6)]
    with pytest.raises(NonceUsed, match="spent on nothing"):
        go(left)
    go(left)
    assert on_chain(mining) == [(0, 0), (1, 6), (2, 5)], "and it is done once, when it comes back"
    assert go(left).tx_hash == go(left).tx_hash


def test_a_nonce_that_nobody_has_is_spent_too(mining: EvmChain, quick: None) -> None:
    left, following = wish(5), wish(6)
    stop(left, "nonce")
    stop(following, "nonce")
    ChainTransaction.objects.get(subject=f"intent:{left.uid}").delete()
    go(following)
    assert on_chain(mining) == [(0, 0), (1, 6)]
    assert ChainTransaction.objects.get(subject=f"gap:31337:{A.address}:0").state == "abandoned"


def test_several_gaps_are_filled_one_after_the_other(mining: EvmChain, quick: None) -> None:
    for value in range(3):
        stop(wish(value + 1), "nonce")
    go(wish(9))
    assert on_chain(mining) == [(0, 0), (1, 0), (2, 0), (3, 9)]


def test_what_was_sent_and_dropped_by_the_pool_is_either_done_or_spent_never_both(
    evm: EvmChain, quick: None
) -> None:
    left, following = wish(5), wish(6)
    form = stop(left, "sent")
    evm.node.pool.remove(evm.node.pool.get(bytes.fromhex(form.tx_hash[2:])))
    with evm.mining():
        go(following)
        with pytest.raises(NonceUsed):
            go(left)
        go(left)
    assert on_chain(evm) == [(0, 0), (1, 6), (2, 5)]


def test_who_comes_back_before_the_filling_is_mined_goes_along_with_it(evm: EvmChain, quick: None) -> None:
    left, following = wish(5), wish(6)
    stop(left, "signed")
    stop(following, "nonce")
    _age(following, left)
    fill_gap(ChainTransaction.objects.get(subject=f"intent:{following.uid}"), node())
    assert [form.fills for form in SignedTransaction.objects.order_by("number")] == [False, True]
    with evm.mining():
        with pytest.raises(NonceUsed):
            go(left)
        go(following)
        go(left)
    assert on_chain(evm) == [(0, 0), (1, 6), (2, 5)]


def test_who_works_keeps_its_nonce(evm: EvmChain) -> None:
    working, following = wish(5), wish(6)
    stop(working, "nonce")
    stop(following, "nonce")
    row = ChainTransaction.objects.get(subject=f"intent:{following.uid}")
    fill_gap(row, node())
    _age(following)
    row.refresh_from_db()
    fill_gap(row, node())  # the one before it gave a sign of life just now
    assert not SignedTransaction.objects.exists()


def test_a_nonce_that_another_user_of_the_key_is_about_to_use_is_left_alone(evm: EvmChain) -> None:
    following = wish(6)
    ChainTransaction.objects.create(
        subject=f"intent:{following.uid}", chain_id=31337, sender=A.address, nonce=1, to=B.address, value=6, gas=21_000
    )  # fmt: skip
    evm.rpc("eth_sendRawTransaction", signed(A, 0, B.address, 7))
    _age(following)
    fill_gap(ChainTransaction.objects.get(), node())
    assert not SignedTransaction.objects.exists()


def test_what_can_never_be_sent_spends_its_nonce_at_once(mining: EvmChain) -> None:
    hopeless, following = wish(5), wish(6)
    stop(hopeless, "nonce")
    stop(following, "nonce")
    ChainTransaction.objects.filter(nonce=0).update(gas=20_000)
    with pytest.raises(OutOfGas, match="intrinsic gas too low"):
        go(hopeless)
    go(following)
    assert on_chain(mining) == [(0, 0), (1, 6)]


def test_without_money_the_nonce_goes_back(evm: EvmChain) -> None:
    intent = _too_dear()
    with pytest.raises(InsufficientFunds):
        go(intent)
    assert not ChainTransaction.objects.exists()
    assert SenderNonce.objects.get().next_nonce == 0


def test_a_nonce_does_not_go_back_while_a_node_may_have_its_transaction(evm: EvmChain) -> None:
    intent = _too_dear()
    stop(intent, "signed")
    SignedTransaction.objects.update(offered_at=timezone.now())  # whoever offered it died in the call
    with pytest.raises(InsufficientFunds):
        go(intent)
    assert ChainTransaction.objects.get().nonce == 0


def test_what_another_run_gave_back_is_not_sent_any_more(evm: EvmChain) -> None:
    intent = wish(5)
    form = stop(intent, "signed")
    row = form.transaction
    assert release(ChainTransaction.objects.get()) is True
    with pytest.raises(NonceUsed, match="given back"):
        send(row, form, node(), GasPolicy())
    assert len(evm.node.pool) == 0
    other = wish(6)
    stop(other, "nonce")  # it has the same nonce now
    assert release(row) is True
    assert SenderNonce.objects.get().next_nonce == 1, "what is another one's stays with it"
    with evm.mining():
        go(other)
        go(intent)
    assert on_chain(evm) == [(0, 6), (1, 5)]


def test_a_refusal_does_not_hide_that_another_run_offered_the_same_bytes_meanwhile(evm: EvmChain) -> None:
    form = stop(wish(5), "signed")
    row = form.transaction

    class Slow(Node):
        """Refuses what another run has handed over by then."""

        def send(self, raw: str) -> str:
            send(row, SignedTransaction.objects.get(), node(), GasPolicy())
            raise InsufficientFunds(Fault.INSUFFICIENT_FUNDS, "insufficient funds")

    with pytest.raises(InsufficientFunds):
        send(row, form, Slow(node().rpc), GasPolicy())
    assert SignedTransaction.objects.get().offered_at is not None
    assert release(row) is False


@pytest.mark.parametrize("begun", [False, True])
def test_what_is_meant_for_another_chain_is_not_sent_on_this_one(evm: EvmChain, begun: bool) -> None:
    intent = wish(5)
    if begun:
        stop(intent, "signed")
        ChainTransaction.objects.update(chain_id=1)
    else:
        Intent.objects.update(chain_id=1)
    with pytest.raises(WrongChain, match="for chain 1, but the node is on chain 31337"):
        go(intent)
    intent.refresh_from_db()
    assert (intent.state, len(evm.node.pool)) == ("failed", 0)


def _age(*intents: Intent) -> None:
    """Nothing was heard of them for an hour."""
    before = timezone.now() - timedelta(hours=1)
    rows = ChainTransaction.objects.filter(subject__in=[f"intent:{intent.uid}" for intent in intents])
    rows.update(created_at=before, updated_at=before)


def _too_dear() -> Intent:
    """An intent that became too dear after its nonce was given out."""
    intent = wish(5)
    stop(intent, "nonce")
    ChainTransaction.objects.update(value=20_000 * ETHER)
    return intent
