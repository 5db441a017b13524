"""Hands signed bytes to the node, and understands what it says to them."""

from contextlib import suppress

from django.utils import timezone

from enrichment.providers.evm.errors import AlreadyKnown, InsufficientFunds, NonceTaken, Underpriced
from enrichment.providers.evm.node import Node
from execution.models import ChainTransaction, SignedTransaction
from execution.services.sending.nonces import release
from execution.services.sending.policy import GasPolicy, Offer, next_offer
from execution.services.sending.signing import newest_form, sign
from jobs.errors import Permanent, Transient


class NonceUsed(Transient):
    """Another transaction used the nonce: this one can never be on the chain, and a new one is made."""


class PriceBound(Transient):
    """The fee that the network asks is above what may be paid; it may fall."""


def send(row: ChainTransaction, form: SignedTransaction, node: Node, policy: GasPolicy) -> SignedTransaction:
    """The form that the node took: this one, or one that pays more where this pays too little.

    Raises NonceUsed, PriceBound, InsufficientFunds, and what is wrong with the transaction or the network.
    """
    for _ in range(policy.most_bumps + 1):
        try:
            _hand_over(row, form, node)
        except Underpriced:
            form = raised(row, node, policy)
        else:
            return form
    raise PriceBound(f"the node wants more than {policy.most_bumps} raises gave")


def raised(row: ChainTransaction, node: Node, policy: GasPolicy) -> SignedTransaction:
    """The next form of a transaction, signed and stored: the same nonce, a higher fee. PriceBound beyond the bound."""
    last = newest_form(row)
    if last is None:
        raise ValueError("nothing was signed yet")
    offer = next_offer(Offer(int(last.max_fee), int(last.tip)), node.fees(), policy)
    if offer is None or last.number >= policy.most_bumps:
        raise PriceBound(f"the fee was raised {last.number} times and may not be raised further")
    return sign(row, offer, last.number + 1)


def _hand_over(row: ChainTransaction, form: SignedTransaction, node: Node) -> None:
    try:
        node.send(form.raw)
    except AlreadyKnown:
        pass
    except NonceTaken:
        if not is_known(row, node):
            raise NonceUsed(f"nonce {row.nonce} of {row.sender} was used by another transaction") from None
    except InsufficientFunds:
        release(row)  # nobody behind it has to wait until there is money
        raise
    except Permanent as error:
        if not release(row):
            _fill_gap(row, form, node, str(error))
        raise
    _note_accepted(row, form)


def _fill_gap(row: ChainTransaction, form: SignedTransaction, node: Node, why: str) -> None:
    """Spend the nonce on nothing, so that those given out after it do not wait for ever."""
    ChainTransaction.objects.filter(pk=row.pk).update(
        to=row.sender, value=0, data="0x", gas=21_000, error=why
    )
    row.refresh_from_db()
    empty = sign(row, Offer(int(form.max_fee), int(form.tip)), form.number + 1)
    with suppress(AlreadyKnown, NonceTaken):
        node.send(empty.raw)
    ChainTransaction.objects.filter(pk=row.pk).update(state=ChainTransaction.State.ABANDONED)


def is_known(row: ChainTransaction, node: Node) -> bool:
    """Whether the node has any signed form of a transaction."""
    return any(node.knows(form.tx_hash) for form in row.signed.all())


def _note_accepted(row: ChainTransaction, form: SignedTransaction) -> None:
    form.accepted_at = form.accepted_at or timezone.now()
    form.save(update_fields=["accepted_at"])
    allocated = ChainTransaction.objects.filter(pk=row.pk, state=ChainTransaction.State.ALLOCATED)
    allocated.update(state=ChainTransaction.State.SENT, tx_hash=form.tx_hash, updated_at=timezone.now())
    row.refresh_from_db()
