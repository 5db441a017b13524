"""Sends one transaction for one subject: a sentence of steps, each stored before the next one."""

from dataclasses import dataclass

from django.utils import timezone

from enrichment.providers.evm.errors import Fault, InsufficientFunds, NodeRefused
from enrichment.providers.evm.node import Node
from enrichment.providers.evm.records import Call, Receipt
from execution.models import ChainTransaction
from execution.services.sending import steps
from execution.services.sending.gaps import give_up
from execution.services.sending.nonces import Prepared, abandon, allocate, release, transaction_of
from execution.services.sending.policy import GasPolicy, first_offer, gas_limit
from execution.services.sending.send import NonceUsed, PriceBound, send
from execution.services.sending.signing import newest_form, sign
from execution.services.sending.wait import OnWait, Wanted, wait
from execution.services.wallets.keys import key_of
from execution.services.wallets.kinds import Acting
from jobs.errors import Permanent

State = ChainTransaction.State


class TransactionReverted(Permanent):
    """The transaction is on the chain and its contract refused, or its gas ran out."""


class WrongChain(Permanent):
    """The node is on another chain than the one that was meant."""


@dataclass(frozen=True)
class Request:
    """What is to be on the chain once; without `chain_id` on whichever the node is."""

    subject: str
    wallet: Acting
    call: Call
    confirmations: int
    policy: GasPolicy
    chain_id: int | None = None


def run(request: Request, node: Node, tell: OnWait) -> ChainTransaction:
    """The transaction, confirmed. May be called again after any end: it goes on where the last call ended.

    Raises WrongChain, TransactionReverted, InsufficientFunds, NonceUsed (call again: it takes a new nonce),
    NotYet, PriceBound, and what the node refuses or the network does.
    """
    row = transaction_of(request.subject)
    _check_chain(row.chain_id if row else request.chain_id, node)
    row = row or allocate(_prepared(request, node), node)
    steps.reached(steps.NONCE, request.subject)
    if row.state in {State.CONFIRMED, State.REVERTED}:
        return _ended(row)
    try:
        return _through(row, request, node, tell)
    except NonceUsed as error:
        abandon(row, str(error))
        raise
    except (InsufficientFunds, PriceBound):
        release(row)  # nobody behind it has to wait until there is money, or gas is cheaper
        raise
    except Permanent:
        give_up(row, node)
        raise


def _check_chain(meant: int | None, node: Node) -> None:
    found = node.chain_id()
    if meant not in {None, found}:
        raise WrongChain(f"this is for chain {meant}, but the node is on chain {found}")


def _through(row: ChainTransaction, request: Request, node: Node, tell: OnWait) -> ChainTransaction:
    form = newest_form(row) or sign(row, first_offer(node.fees(), request.policy), 0)
    steps.reached(steps.SIGNED, request.subject)
    if row.state == State.ALLOCATED:
        send(row, form, node, request.policy)
    steps.reached(steps.SENT, request.subject)

    def waiting(confirmations: int, wanted: int) -> None:
        tell(confirmations, wanted)
        steps.reached(steps.WAITING, request.subject)

    receipt = wait(row, node, Wanted(request.confirmations, request.policy), waiting)
    return _ended(_stored(row, receipt, request, node))


def _prepared(request: Request, node: Node) -> Prepared:
    """Everything that can be refused is refused before a nonce is given out. Raises what the node says."""
    sender, call = request.wallet.signer, request.wallet.envelope(request.call)
    key_of(sender)  # without it nothing of this can be done
    gas = gas_limit(node.estimate(sender, call), request.policy)
    needed = call.value + gas * first_offer(node.fees(), request.policy).max_fee
    held = node.balance(sender)
    if held < needed:
        short = f"{sender} has {held} wei, {needed} may be needed"
        raise InsufficientFunds(Fault.INSUFFICIENT_FUNDS, f"insufficient funds: {short}")
    return Prepared(request.subject, node.chain_id(), sender, call, gas)


def _stored(row: ChainTransaction, receipt: Receipt, request: Request, node: Node) -> ChainTransaction:
    row.state = State.CONFIRMED if receipt.succeeded else State.REVERTED
    row.error = "" if receipt.succeeded else _why(row, receipt, node)
    row.block_number, row.tx_hash = receipt.block, receipt.hash
    row.gas_used, row.gas_price = receipt.gas_used, receipt.price
    row.contract_address = receipt.contract if not request.call.to else ""
    row.updated_at = timezone.now()
    row.save()
    return row


def _why(row: ChainTransaction, receipt: Receipt, node: Node) -> str:
    """Why a transaction reverted: out of gas, or what the same call says on the state before its block."""
    if receipt.gas_used >= row.gas:
        return f"out of gas: all {row.gas:,} were used"
    try:
        node.call(row.sender, Call(row.to, int(row.value), row.data), receipt.block - 1)
    except NodeRefused as error:
        return str(error).partition(": ")[2]
    return "reverted; the call alone succeeds, so something before it in the block mattered"


def _ended(row: ChainTransaction) -> ChainTransaction:
    if row.state == State.REVERTED:
        raise TransactionReverted(f"{row.tx_hash} {row.error}")
    return row
