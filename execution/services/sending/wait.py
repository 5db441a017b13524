"""Waits until enough blocks hold a transaction; sends again what was dropped, pays more for what is stuck."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from enrichment.providers.evm.errors import NodeRefused
from enrichment.providers.evm.node import Node
from enrichment.providers.evm.records import Receipt
from execution.models import ChainTransaction
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

    NotYet when that takes long; NonceUsed when another transaction is in the chain under this nonce. A
    network error is waited out: the transaction is on its way, whatever the node says just now.
    """
    ends = time.monotonic() + AT_A_TIME
    looks = 0
    while True:
        try:
            receipt = _look(row, node, wanted, tell, push=looks % PUSH_EVERY == 0)
        except (NodeRefused, NonceUsed):
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
    receipt = receipt_of(row, node)
    if receipt is None:
        if push:
            _push(row, node, wanted)
        tell(0, wanted.confirmations)
        return None
    confirmations = node.height() - receipt.block + 1
    tell(min(confirmations, wanted.confirmations), wanted.confirmations)
    return receipt if confirmations >= wanted.confirmations else None


def receipt_of(row: ChainTransaction, node: Node) -> Receipt | None:
    """The receipt of whichever signed form is in a block."""
    forms = row.signed.order_by("-number")
    return next((found for form in forms if (found := node.receipt(form.tx_hash)) is not None), None)


def _push(row: ChainTransaction, node: Node, wanted: Wanted) -> None:
    """What a transaction without a block needs: nothing, the same bytes again, or a higher fee."""
    _refuse_used(row, node, wanted.confirmations)
    form = newest_form(row)
    if form is None:
        return
    if not is_known(row, node):
        send(row, form, node, wanted.policy)  # dropped: the same bytes again
    elif (timezone.now() - form.signed_at).total_seconds() >= wanted.policy.bump_after:
        try:
            send(row, raised(row, node, wanted.policy), node, wanted.policy)
        except PriceBound:
            return  # it stays as it is; a block may take it yet


def _refuse_used(row: ChainTransaction, node: Node, confirmations: int) -> None:
    """NonceUsed once the nonce is spent as deep as we would believe our own transaction."""
    depth = max(0, node.height() - confirmations + 1)
    if node.nonce(row.sender, depth) > row.nonce and receipt_of(row, node) is None:
        raise NonceUsed(f"nonce {row.nonce} of {row.sender} was used by another transaction")
