"""Waits until enough blocks hold a transaction; sends again what was dropped, pays more for what is stuck."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from enrichment.providers.evm.errors import InsufficientFunds
from enrichment.providers.evm.node import Node
from enrichment.providers.evm.records import Receipt
from execution.models import ChainTransaction, SignedTransaction
from execution.services.sending.gaps import fill_gap
from execution.services.sending.policy import GasPolicy
from execution.services.sending.send import NonceUsed, PriceBound, is_known, raised, send
from execution.services.sending.signing import newest_form
from jobs.errors import Snooze, Transient

OnWait = Callable[[int, int], None]  # confirmations so far, and wanted
AT_A_TIME = 20.0  # seconds in the job's slot; then it is given back, and the job comes again


class NotYet(Snooze):
    """The transaction waits for its block or its confirmations."""


PUSH_EVERY = 4  # looks for a receipt between two looks for what else is wrong


@dataclass(frozen=True)
class Wanted:
    """What is waited for."""

    confirmations: int
    policy: GasPolicy


def wait(row: ChainTransaction, node: Node, wanted: Wanted, tell: OnWait) -> Receipt:
    """The receipt, once the block and those after it are `confirmations` in number.

    NotYet when that takes long; NonceUsed when another transaction is in the chain under this nonce;
    InsufficientFunds when it was dropped and there is no money for it any more. Other errors of the node and
    the network are waited out: the transaction is on its way, whatever the node says just now.
    """
    ends = time.monotonic() + AT_A_TIME
    looks = 0
    while True:
        try:
            receipt = _look(row, node, wanted, tell, push=looks % PUSH_EVERY == 0)
        except (InsufficientFunds, NonceUsed):
            raise
        except Transient:
            receipt = None
        if receipt is not None:
            return receipt
        if time.monotonic() >= ends:
            raise NotYet(1.0, f"waiting for {row.tx_hash or row.subject} to be confirmed")
        looks += 1
        time.sleep(settings.EVM_POLL_SECONDS)


def _look(row: ChainTransaction, node: Node, wanted: Wanted, tell: OnWait, *, push: bool) -> Receipt | None:
    form, receipt = mined_form(row, node)
    if receipt is None:
        if push:
            _push(row, node, wanted)
        tell(0, wanted.confirmations)
        return None
    confirmations = node.height() - receipt.block + 1
    tell(min(confirmations, wanted.confirmations), wanted.confirmations)
    if confirmations < wanted.confirmations:
        return None
    if form is not None and form.fills:
        raise NonceUsed(f"nonce {row.nonce} of {row.sender} was spent on nothing, as nobody used it")
    return receipt


def mined_form(row: ChainTransaction, node: Node) -> tuple[SignedTransaction, Receipt] | tuple[None, None]:
    """Whichever signed form is in a block, with its receipt."""
    for form in row.signed.order_by("-number"):
        receipt = node.receipt(form.tx_hash)
        if receipt is not None:
            return form, receipt
    return None, None


def _push(row: ChainTransaction, node: Node, wanted: Wanted) -> None:
    """What a transaction without a block needs: nothing, the same bytes again, or a higher fee; and its turn."""
    _refuse_used(row, node, wanted.confirmations)
    form = newest_form(row)
    if form is None:
        return
    try:
        if not is_known(row, node):
            send(row, form, node, wanted.policy)  # dropped: the same bytes again
        elif (timezone.now() - form.signed_at).total_seconds() >= wanted.policy.bump_after:
            send(row, raised(row, node, wanted.policy), node, wanted.policy)
    except PriceBound:
        pass  # it stays as it is; a block may take it yet
    else:
        _give_sign_of_life(row)
    fill_gap(row, node)


def _give_sign_of_life(row: ChainTransaction) -> None:
    """So that nobody who waits behind it spends its nonce."""
    if (timezone.now() - row.updated_at).total_seconds() > settings.EVM_IDLE_SECONDS / 6:
        ChainTransaction.objects.filter(pk=row.pk).update(updated_at=timezone.now())
        row.refresh_from_db()


def _refuse_used(row: ChainTransaction, node: Node, confirmations: int) -> None:
    """NonceUsed once the nonce is spent as deep as we would believe our own transaction, and two blocks at least:
    a node may know that a nonce is spent a moment before it knows by what."""
    depth = max(0, node.height() - max(2, confirmations) + 1)
    if node.nonce(row.sender, depth) > row.nonce and mined_form(row, node) == (None, None):
        raise NonceUsed(f"nonce {row.nonce} of {row.sender} was used by another transaction")
