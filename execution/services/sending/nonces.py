"""Gives nonces out: one per subject, written before anything is signed, without a gap."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max

from enrichment.providers.evm.node import Node
from enrichment.providers.evm.records import Call
from execution.models import ChainTransaction, SenderNonce

State = ChainTransaction.State
OPEN = (State.ALLOCATED, State.SENT)


@dataclass(frozen=True)
class Prepared:
    """A transaction without a nonce; everything that can be refused beforehand has been looked at."""

    subject: str
    chain_id: int
    sender: str
    call: Call
    gas: int


def transaction_of(subject: str) -> ChainTransaction | None:
    """The transaction that a subject has, if it has one."""
    return ChainTransaction.objects.filter(subject=subject).exclude(state=State.ABANDONED).first()


def allocate(prepared: Prepared, node: Node) -> ChainTransaction:
    """The next nonce of the sender, with its row; a subject that has one keeps it.

    While nothing of ours is under way the chain is believed, so that other users of the key, and a chain that
    began anew, are noticed. Else the row counts, which is never behind what we gave out.
    """
    on_chain = node.nonce(prepared.sender, "pending")
    with transaction.atomic():
        row = locked_sender(prepared.chain_id, prepared.sender)
        known = transaction_of(prepared.subject)
        if known is not None:
            return known
        under_way = _highest_open(prepared.chain_id, prepared.sender)
        nonce = on_chain if under_way is None else max(on_chain, under_way + 1)
        row.next_nonce = nonce + 1
        row.save(update_fields=["next_nonce"])
        return ChainTransaction.objects.create(nonce=nonce, **_fields(prepared))


def release(row: ChainTransaction) -> bool:
    """Give a nonce back, if no node can have any signed form of it and none was given out after it.

    The row is locked: nobody offers a form of it to a node while this looks whether somebody did.
    """
    with transaction.atomic():
        sender = locked_sender(row.chain_id, row.sender)
        if not ChainTransaction.objects.select_for_update().filter(pk=row.pk).exists():
            return True  # somebody else gave it back; it may be another one's by now
        if sender.next_nonce != row.nonce + 1 or row.signed.exclude(offered_at=None).exists():
            return False
        sender.next_nonce = row.nonce
        sender.save(update_fields=["next_nonce"])
        row.delete()
        return True


def abandon(row: ChainTransaction, why: str) -> None:
    """The nonce was spent on something else: the subject is free to take another one."""
    ChainTransaction.objects.filter(pk=row.pk, state__in=OPEN).update(state=State.ABANDONED, error=why)


def locked_sender(chain_id: int, sender: str) -> SenderNonce:
    """The sender's row, locked until the end of the transaction: nonces are given out one after another."""
    SenderNonce.objects.get_or_create(chain_id=chain_id, sender=sender)
    return SenderNonce.objects.select_for_update().get(chain_id=chain_id, sender=sender)


def _highest_open(chain_id: int, sender: str) -> int | None:
    rows = ChainTransaction.objects.filter(chain_id=chain_id, sender=sender, state__in=OPEN)
    highest: int | None = rows.aggregate(highest=Max("nonce"))["highest"]
    return highest


def _fields(prepared: Prepared) -> dict[str, Any]:
    call = prepared.call
    return {
        "subject": prepared.subject,
        "chain_id": prepared.chain_id,
        "sender": prepared.sender,
        "to": call.to,
        "value": call.value,
        "data": call.data,
        "gas": prepared.gas,
    }
