"""An intent on the chain: once, whatever happens."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from django.conf import LazySettings
from django.db import connection

from analysis.models import Intent
from enrichment.providers.evm.errors import InsufficientFunds, Reverted
from enrichment.providers.evm.node import node
from execution.models import ChainTransaction, SignedTransaction
from execution.services.contracts.abi import encode_call
from execution.services.contracts.artifacts import artifact
from execution.services.intents.execute import execute
from execution.services.sending.run import TransactionReverted
from execution.services.sending.send import NonceUsed, PriceBound
from jobs.errors import Permanent
from tests.evm_chain import ACCOUNTS, EvmChain, signed
from tests.execution import stops
from tests.execution.intents import ETHER, A, B, accepted
from tests.execution.runs import go, stop
from tests.execution.tokens import send, token

pytestmark = pytest.mark.django_db


@pytest.fixture
def mining(evm: EvmChain) -> Iterator[EvmChain]:
    """Blocks every 20 ms."""
    with evm.mining():
        yield evm


def test_a_transfer_is_confirmed_and_the_intent_knows_everything(mining: EvmChain) -> None:
    intent = accepted()
    result = go(intent)
    intent.refresh_from_db()
    assert (intent.state, intent.tx_hash, intent.block_number) == ("confirmed", result.tx_hash, result.block)
    assert (intent.gas_used, f"{intent.fee_paid}") == (21_000, result.fee)
    assert int(mining.rpc("eth_getBalance", B.address, "latest"), 16) == 10_001 * ETHER
    assert mining.node.head().block_number >= result.block + 1, "two confirmations"
    assert go(intent) == result, "asked again, it answers with what there is"
    assert len(mining.transactions(A)) == 1


@pytest.mark.parametrize("step", ["nonce", "signed", "sent", "waiting"])
def test_a_run_that_stops_after_a_step_is_gone_on_with(
    mining: EvmChain, settings: LazySettings, step: str
) -> None:
    settings.EVM_STEP_HOOK = "tests.execution.stops.raise_once"
    stops.ARMED[step] = 1
    intent = accepted()
    with pytest.raises(stops.Stopped):
        go(intent)
    before = set(SignedTransaction.objects.values_list("tx_hash", flat=True))
    assert go(intent).tx_hash in before or step == "nonce"
    assert [tx.nonce for tx in mining.transactions(A)] == [0]
    assert ChainTransaction.objects.get().state == "confirmed"
    assert SignedTransaction.objects.count() == 1


@pytest.mark.parametrize("blocks", [0, 1, 5])
def test_an_answer_that_was_lost_after_sending_makes_no_second_transaction(
    evm: EvmChain, blocks: int
) -> None:
    intent = accepted()
    form = stop(intent, "signed")
    evm.rpc("eth_sendRawTransaction", form.raw)  # sent, and nobody wrote it down
    evm.mine(blocks)
    with evm.mining():
        assert go(intent).tx_hash == form.tx_hash
    assert len(evm.transactions(A)) == 1


def test_what_the_pool_dropped_is_sent_again_with_the_same_bytes(evm: EvmChain) -> None:
    intent = accepted()
    form = stop(intent, "sent")
    pending = evm.node.pool.get(bytes.fromhex(form.tx_hash[2:]))
    evm.node.pool.remove(pending)
    with evm.mining():
        assert go(intent).tx_hash == form.tx_hash


def test_a_stuck_transaction_pays_more_under_the_same_nonce(evm: EvmChain, settings: LazySettings) -> None:
    intent = accepted()
    intent.strategy.gas = {"bump_after": 0.05}
    intent.strategy.save()
    seen = threading.Event()

    def tell(*_: int) -> None:
        if SignedTransaction.objects.count() == 3 and not seen.is_set():
            seen.set()
            evm.mine(4)

    result = execute(intent.uid, node(), tell)
    forms = list(SignedTransaction.objects.order_by("number"))
    assert [form.number for form in forms][:3] == [0, 1, 2]
    assert result.tx_hash in {form.tx_hash for form in forms[1:]}
    assert all(int(b.tip) * 100 >= int(a.tip) * 110 for a, b in pairwise(forms))
    assert [tx.nonce for tx in evm.transactions(A)] == [0]


def test_a_nonce_that_somebody_else_used_is_given_up_for_a_new_one(evm: EvmChain) -> None:
    intent = accepted()
    stop(intent, "signed")
    evm.rpc("eth_sendRawTransaction", signed(A, 0, B.address, 7))
    evm.mine(3)
    with pytest.raises(NonceUsed):
        go(intent)
    with evm.mining():
        go(intent)
    assert [(tx.nonce, tx.value) for tx in evm.transactions(A)] == [(0, 7), (1, ETHER)]
    assert sorted(ChainTransaction.objects.values_list("nonce", "state")) == [
        (0, "abandoned"),
        (1, "confirmed"),
    ]


def test_a_first_send_that_pays_too_little_is_raised_under_the_same_nonce(evm: EvmChain) -> None:
    intent = accepted(strategy="fast")
    stop(intent, "signed")
    evm.rpc("eth_sendRawTransaction", signed(A, 0, B.address, 7))  # whose place is to be taken
    result = execute(intent.uid, node(), lambda *_: evm.mine())
    forms = list(SignedTransaction.objects.order_by("number"))
    assert [(form.offered_at is None, form.accepted_at is None) for form in forms] == [(True, True)] * (
        len(forms) - 1
    ) + [(False, False)], "only the last form was taken"
    assert len(forms) >= 2
    assert (result.tx_hash, result.tx_hash != forms[0].tx_hash) == (forms[-1].tx_hash, True)
    assert [(tx.nonce, tx.value) for tx in evm.transactions(A)] == [(0, ETHER)]


def test_a_price_above_the_bound_is_waited_for_without_a_nonce(evm: EvmChain) -> None:
    intent = accepted(strategy="fast", max_gas_price=2 * 10**9)
    stop(intent, "signed")
    evm.rpc("eth_sendRawTransaction", signed(A, 0, B.address, 7))
    with pytest.raises(PriceBound) as waiting:
        go(intent)
    assert (waiting.value.delay, ChainTransaction.objects.exists()) == (15, False)
    with evm.mining():
        go(intent)
    assert [(tx.nonce, tx.value) for tx in evm.transactions(A)] == [(0, 7), (1, ETHER)]
    assert int(SignedTransaction.objects.get().max_fee) <= 2 * 10**9


@pytest.mark.parametrize(("mined", "wanted"), [(False, [(0, ETHER)]), (True, [(0, 7), (1, ETHER)])])
def test_a_transaction_that_another_one_replaced_takes_its_place_back_or_a_new_nonce(
    evm: EvmChain, mined: bool, wanted: list[tuple[int, int]]
) -> None:
    intent = accepted(strategy="fast")
    stop(intent, "sent")
    dearer = {"maxFeePerGas": 4 * 10**9, "maxPriorityFeePerGas": 12 * 10**8}
    evm.rpc("eth_sendRawTransaction", signed(A, 0, B.address, 7, **dearer))
    if mined:
        evm.mine(3)
        with pytest.raises(NonceUsed):
            go(intent)
    execute(intent.uid, node(), lambda *_: evm.mine())
    assert [(tx.nonce, tx.value) for tx in evm.transactions(A)] == wanted


def test_no_money_is_told_before_a_nonce_is_given_out(evm: EvmChain) -> None:
    with pytest.raises(InsufficientFunds):
        go(accepted(amount=10_001 * ETHER))
    with pytest.raises(InsufficientFunds, match="may be needed"):
        go(accepted(amount=10_000 * ETHER - 21_000))
    assert not ChainTransaction.objects.exists()


def test_a_sender_without_a_key_fails_for_good_and_takes_no_nonce(evm: EvmChain) -> None:
    stranger = accepted(sender="0x" + "12" * 20, amount=0, kind="call")
    with pytest.raises(Permanent, match="there is no key for 0x1212"):
        go(stranger)
    stranger.refresh_from_db()
    assert (stranger.state, ChainTransaction.objects.count()) == ("failed", 0)


def test_a_call_that_the_contract_refuses_is_not_sent(evm: EvmChain) -> None:
    address = token(evm)
    with pytest.raises(Reverted, match="not enough tokens"):
        go(accepted(kind="token_transfer", sender=B.address, recipient=A.address, token=address, amount=1))
    assert not ChainTransaction.objects.exists()


def test_a_transaction_that_reverts_on_the_chain_says_why(evm: EvmChain) -> None:
    address = token(evm)
    send(evm, A, 1, address, encode_call(artifact("token").abi, "approve", [B.address, 1000]))
    intent = accepted(kind="token_transfer", token=address, amount=1000)
    stop(intent, "signed")
    taken = encode_call(artifact("token").abi, "transferFrom", [A.address, B.address, 1000])
    send(evm, B, 0, address, taken)  # between the estimate and the block
    with evm.mining(), pytest.raises(TransactionReverted, match="execution reverted: not enough tokens"):
        go(intent)
    intent.refresh_from_db()
    assert (intent.state, intent.error.endswith("execution reverted: not enough tokens")) == ("failed", True)


def test_a_transaction_that_runs_out_of_gas_fails_for_good(evm: EvmChain) -> None:
    address = token(evm)
    intent = accepted(kind="token_transfer", token=address, amount=5)
    stop(intent, "nonce")
    ChainTransaction.objects.update(gas=22_500)
    with evm.mining(), pytest.raises(TransactionReverted, match=r"out of gas: all 22,500 were used"):
        go(intent)
    intent.refresh_from_db()
    assert (intent.state, ChainTransaction.objects.get().state) == ("failed", "reverted")
    with pytest.raises(TransactionReverted):
        go(intent)
    assert len(evm.transactions(A)) == 2, "the token, and the one that ran out"


@pytest.mark.django_db(transaction=True)
def test_two_hundred_intents_of_five_senders_leave_no_gap(mining: EvmChain, settings: LazySettings) -> None:
    settings.EVM_POLL_SECONDS = 0.1
    senders = ACCOUNTS[:5]
    intents = [
        accepted(sender=senders[n % 5].address, recipient=ACCOUNTS[5].address, amount=n + 1, strategy="fast")
        for n in range(200)
    ]

    def work(intent: Intent) -> str:
        try:
            return go(intent).tx_hash
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        hashes = list(pool.map(work, intents))
    assert len(set(hashes)) == 200
    for sender in senders:
        assert [tx.nonce for tx in mining.transactions(sender)] == list(range(40))
    paid = sum(tx.value for sender in senders for tx in mining.transactions(sender))
    assert paid == sum(range(1, 201))
    assert not ChainTransaction.objects.exclude(state="confirmed").exists()
