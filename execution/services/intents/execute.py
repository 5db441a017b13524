"""Does what an intent wants, and writes into it what became of it."""

from dataclasses import dataclass

from django.utils import timezone

from analysis.models import Intent
from analysis.services.intents.calls import call_of
from analysis.services.intents.fulfil import intent_named
from enrichment.providers.evm.node import Node
from execution.models import ChainTransaction
from execution.services.sending.nonces import transaction_of
from execution.services.sending.policy import GasPolicy
from execution.services.sending.run import Request, run
from execution.services.sending.wait import OnWait
from execution.services.wallets.kinds import wallet_at
from jobs.errors import Permanent, Transient

State = Intent.State


@dataclass(frozen=True)
class ExecutionResult:
    """Where the transaction is; amounts in wei as text."""

    intent_id: str
    state: str
    tx_hash: str
    block: int
    gas_used: int
    fee: str


def subject_of(uid: str) -> str:
    """What an intent's transaction is known by."""
    return f"intent:{uid}"


def execute(uid: str, node: Node, tell: OnWait) -> ExecutionResult:
    """Bring the intent onto the chain once, and confirm it. May be called again after any end.

    Raises what `sending.run` raises; an intent that can never succeed is marked as failed first.
    """
    intent = intent_named(uid)
    _refuse_unfit(intent)
    try:
        row = run(_request(intent), node, tell)
    except Permanent as error:
        _note_fault(intent, error, state=State.FAILED)
        raise
    except Transient as error:
        _note_fault(intent, error)  # of the last try: the next one may go better
        raise
    return _confirmed(intent, row)


def note_progress(uid: str) -> None:
    """The intent was sent: its row says so, with the hash."""
    row = transaction_of(subject_of(uid))
    if row is not None and row.state == ChainTransaction.State.SENT:
        waiting = Intent.objects.filter(uid=uid, state=State.ACCEPTED)
        waiting.update(state=State.SENT, tx_hash=row.tx_hash, updated_at=timezone.now())


def _refuse_unfit(intent: Intent) -> None:
    if intent.state in {State.RECEIVED, State.INVALID}:
        raise Permanent(f"the intent is {intent.state}: only a valid one is executed")
    late = intent.expires_at is not None and intent.expires_at <= timezone.now()
    if late and intent.state == State.ACCEPTED and transaction_of(subject_of(intent.uid)) is None:
        _write(intent, state=State.FAILED, error="expired before it was sent")
        raise Permanent("the intent expired before it was sent")


def _request(intent: Intent) -> Request:
    strategy = intent.strategy
    most = int(intent.max_gas_price) if intent.max_gas_price is not None else None
    return Request(
        subject_of(intent.uid),
        wallet_at(intent.sender),
        call_of(intent),
        strategy.confirmations,
        GasPolicy.of(strategy.gas, most),
        intent.chain_id,
    )


def _confirmed(intent: Intent, row: ChainTransaction) -> ExecutionResult:
    block, gas, fee = row.block_number or 0, row.gas_used or 0, (row.gas_used or 0) * int(row.gas_price or 0)
    values = {"tx_hash": row.tx_hash, "block_number": block, "gas_used": gas, "fee_paid": fee}
    _write(intent, state=State.CONFIRMED, error="", **values)
    return ExecutionResult(intent.uid, State.CONFIRMED.value, row.tx_hash, block, gas, str(fee))


def _note_fault(intent: Intent, error: Exception, **values: object) -> None:
    """A run that was given up for dead may end after the one that took its place has confirmed the intent."""
    unconfirmed = Intent.objects.filter(pk=intent.pk).exclude(state=State.CONFIRMED)
    unconfirmed.update(updated_at=timezone.now(), error=str(error), **values)


def _write(intent: Intent, **values: object) -> None:
    Intent.objects.filter(pk=intent.pk).update(updated_at=timezone.now(), **values)
