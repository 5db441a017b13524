"""Fills gaps: a nonce whose transaction never comes would hold up all that were given out after it.

It is spent on a transfer of nothing, signed as one more form of the transaction that has it. The chain takes
one of the forms, so whoever comes back to that transaction sees which one, and takes a new nonce if need be.
"""

import logging
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from enrichment.providers.evm.node import Node
from execution.models import ChainTransaction, SignedTransaction
from execution.services.sending.nonces import OPEN, State, locked_sender, release
from execution.services.sending.policy import GasPolicy, first_offer
from execution.services.sending.send import PriceBound, is_known, raised, send
from execution.services.sending.signing import NOTHING, newest_form, sign
from jobs.errors import JobError

FILLING = GasPolicy(most_bumps=30)
PATIENCE = 10  # times as long is waited for one whose transaction is with the node
_log = logging.getLogger(__name__)


def fill_gap(row: ChainTransaction, node: Node) -> None:
    """Spend the nonce that `row` waits for, when whoever has it has shown no sign of life for EVM_IDLE_SECONDS.

    What goes wrong here is no fault of `row`: it is logged, and tried again at the next look.
    """
    if (timezone.now() - row.created_at).total_seconds() < settings.EVM_IDLE_SECONDS:
        return
    try:
        missing = node.nonce(row.sender)
        holder = _left(row, missing, node) if missing < row.nonce else None
        if holder is not None:
            _log.warning("nonce %s of %s is spent on nothing: nobody uses it", missing, row.sender)
            fill(holder, node)
    except JobError as error:
        _log.warning("a gap before nonce %s of %s cannot be filled yet: %s", row.nonce, row.sender, error)


def give_up(row: ChainTransaction, node: Node) -> None:
    """The transaction can never be sent: its nonce goes back, or is spent, so that nothing waits for it."""
    if row.state not in OPEN or release(row):
        return
    try:
        fill(row, node)
    except JobError as error:  # whoever waits behind it tries again
        _log.warning("nonce %s of %s cannot be spent yet: %s", row.nonce, row.sender, error)


def fill(row: ChainTransaction, node: Node) -> None:
    """Send a transfer of nothing under the transaction's nonce. Raises what `send` raises."""
    form = _filling_form(row, node)
    with suppress(PriceBound):
        if form is not None:
            send(row, form, node, FILLING)


def _filling_form(row: ChainTransaction, node: Node) -> SignedTransaction | None:
    """The same one again while it is fresh; None when its owner is back and was faster."""
    last = newest_form(row)
    if last is None:
        form = sign(row, first_offer(node.fees(), FILLING), 0, fills=True)
    elif last.fills and (timezone.now() - last.signed_at).total_seconds() < FILLING.bump_after:
        form = last
    else:
        form = raised(row, node, FILLING, fills=True)
    return form if form.fills else None


def _left(row: ChainTransaction, nonce: int, node: Node) -> ChainTransaction | None:
    """The transaction that has a nonce, if nobody works on it; one is made for a nonce that nobody has."""
    same = {"chain_id": row.chain_id, "sender": row.sender, "nonce": nonce}
    holder = ChainTransaction.objects.filter(state__in=OPEN, **same).first()
    if holder is not None:
        idle = (timezone.now() - holder.updated_at).total_seconds()
        patience = settings.EVM_IDLE_SECONDS * (PATIENCE if is_known(holder, node) else 1)
        return holder if idle >= patience else None
    if node.nonce(row.sender, "pending") > nonce:
        return None  # another user of the key has one on its way
    return _spare(same, row)


def _spare(same: dict[str, Any], row: ChainTransaction) -> ChainTransaction:
    values = {"to": row.sender, "value": 0, "gas": NOTHING, "state": State.ABANDONED}
    with transaction.atomic():
        locked_sender(row.chain_id, row.sender)
        subject = f"gap:{row.chain_id}:{row.sender}:{same['nonce']}"
        return ChainTransaction.objects.get_or_create(subject=subject, **same, defaults=values)[0]
