"""Hands signed bytes to the node, and understands what it says to them."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from enrichment.providers.evm.errors import (
    AlreadyKnown,
    InsufficientFunds,
    NonceAhead,
    NonceTaken,
    Underpriced,
)
from enrichment.providers.evm.node import Node
from execution.models import ChainTransaction, SignedTransaction
from execution.services.sending.policy import GasPolicy, Offer, next_offer
from execution.services.sending.signing import newest_form, sign
from jobs.errors import Permanent, Snooze, Transient

State = ChainTransaction.State
CHEAPER_IN = 15.0  # seconds until the price of gas is looked at again


class NonceUsed(Transient):
    """Another transaction used the nonce: this one can never be on the chain, and a new one is made."""


class PriceBound(Snooze):
    """The fee that the network asks is above what may be paid; it may fall."""

    def __init__(self, reason: str) -> None:
        super().__init__(CHEAPER_IN, reason)


def send(row: ChainTransaction, form: SignedTransaction, node: Node, policy: GasPolicy) -> SignedTransaction:
    """The form that the node took: this one, or one that pays more where this pays too little.

    Raises PriceBound, InsufficientFunds, and what is wrong with the transaction or the network. Nothing is
    raised when the nonce is taken, or ahead of its turn: waiting finds out by what, or comes again.
    """
    for _ in range(policy.most_bumps + 1):
        try:
            _hand_over(row, form, node)
        except Underpriced:
            form = raised(row, node, policy)
        else:
            return form
    raise PriceBound(f"the node wants more than {policy.most_bumps} raises gave")


def raised(row: ChainTransaction, node: Node, policy: GasPolicy, *, fills: bool = False) -> SignedTransaction:
    """The next form of a transaction, signed and stored: the same nonce, a higher fee. PriceBound beyond the bound."""
    last = newest_form(row)
    if last is None:
        raise ValueError("nothing was signed yet")
    offer = next_offer(Offer(int(last.max_fee), int(last.tip)), node.fees(), policy)
    if offer is None or last.number >= policy.most_bumps:
        raise PriceBound(f"the fee was raised {last.number} times and may not be raised further")
    return sign(row, offer, last.number + 1, fills=fills)


def is_known(row: ChainTransaction, node: Node) -> bool:
    """Whether the node has any signed form of a transaction."""
    return any(node.knows(form.tx_hash) for form in row.signed.all())


def _hand_over(row: ChainTransaction, form: SignedTransaction, node: Node) -> None:
    """A form counts as offered from before the call on: whoever dies in it cannot say what the node has."""
    first, offered = _offered(row, form)
    try:
        node.send(form.raw)
    except AlreadyKnown:
        pass
    except (NonceTaken, NonceAhead):
        return
    except (Underpriced, InsufficientFunds, Permanent):
        if first:  # refused, and never offered before: no node has it, unless somebody offered it meanwhile
            SignedTransaction.objects.filter(pk=form.pk, offered_at=offered).update(offered_at=None)
        raise
    _note_accepted(row, form)


def _offered(row: ChainTransaction, form: SignedTransaction) -> tuple[bool, datetime]:
    """Whether nobody had offered the form before, and the mark of this offer. NonceUsed when its nonce went back."""
    with transaction.atomic():
        if not ChainTransaction.objects.select_for_update().filter(pk=row.pk).exists():
            raise NonceUsed(f"nonce {row.nonce} of {row.sender} was given back by another run")
        form.refresh_from_db(fields=["offered_at"])
        first = form.offered_at is None
        form.offered_at = timezone.now()
        form.save(update_fields=["offered_at"])
    return first, form.offered_at


def _note_accepted(row: ChainTransaction, form: SignedTransaction) -> None:
    form.accepted_at = form.accepted_at or timezone.now()
    form.save(update_fields=["accepted_at"])
    if not form.fills:
        allocated = ChainTransaction.objects.filter(pk=row.pk, state=State.ALLOCATED)
        allocated.update(state=State.SENT, tx_hash=form.tx_hash, updated_at=timezone.now())
    row.refresh_from_db()
