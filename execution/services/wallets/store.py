"""Writes wallets: keys encrypted, smart accounts once the chain has said that they obey their owner."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat

from analysis.models import Intent
from enrichment.providers.evm.errors import NodeRefused, Reverted
from enrichment.providers.evm.node import Node
from enrichment.providers.evm.records import Call
from execution.models import ChainTransaction, Contract, Wallet
from execution.services.contracts.abi import decode_answer, encode_call
from execution.services.contracts.artifacts import artifact
from execution.services.sending.nonces import OPEN
from execution.services.wallets.keys import address_of, key_of
from jobs import audit
from jobs.encryption import encrypt
from jobs.errors import IllegalMove, NotFound, Permanent, Refused, Snooze, Transient, Unavailable
from jobs.models import Job
from jobs.states import LIVE

_WORD = 2 + 64  # characters of an address as a contract answers with it


def store_key(key: str, label: str = "") -> Wallet:
    """A wallet of a private key; the same key again is the same wallet. Refused when it is none."""
    try:
        address = address_of(key.strip())
    except ValueError as error:
        raise Refused(f"The private key {error}.", {"privateKey": str(error)}) from None
    values = {"kind": Wallet.Kind.KEY, "key": encrypt(key.strip()), "owner": "", "label": label}
    return _stored(address, values)


def store_smart_account(address: str, owner: str, node: Node, label: str = "") -> Wallet:
    """A wallet that is a contract. Refused when it does not obey this owner, or nobody here has the owner's key;
    Unavailable when the chain cannot be asked now."""
    if Wallet.objects.filter(address=address, kind=Wallet.Kind.KEY).exists():
        raise _refused("address", "is the address of a private key that is stored here")
    try:
        key_of(owner)
    except Permanent:
        raise _refused("owner", "is an address whose private key nobody here has") from None
    found = _owner_of(address, node)
    if found != owner:
        raise _refused("owner", f"does not own it: {found} does")
    values = {"kind": Wallet.Kind.SMART_ACCOUNT, "key": None, "owner": owner, "label": label}
    return _stored(address, values)


@transaction.atomic
def remove_wallet(address: str) -> None:
    """Forget a stored wallet, and its key with it. IllegalMove while something of it is under way."""
    row = Wallet.objects.select_for_update().filter(address=address).first()
    if row is None:
        raise NotFound(f"There is no stored sender {address}.")
    if ChainTransaction.objects.filter(sender=address, state__in=OPEN).exists():
        raise IllegalMove(f"Transactions of {address} are under way.")
    if _wishes_under_way(Intent.objects.filter(sender=address), "intent"):
        raise IllegalMove(f"Intents of {address} are under way.")
    if _wishes_under_way(Contract.objects.filter(sender=address), "contract"):
        raise IllegalMove(f"Deployments by {address} are under way.")
    if Wallet.objects.filter(owner=address).exists():
        raise IllegalMove(f"Smart accounts obey {address}: remove them first.")
    row.delete()
    audit.record("remove sender", f"sender {address}", label=row.label)


def _wishes_under_way(rows: QuerySet[Any], kind: str) -> bool:
    """Whether a job works on one of them, or a transaction of one is open: a smart account's is its owner's."""
    working = Job.objects.filter(correlation_id=OuterRef("correlation_id"), state__in=LIVE)
    subject = Concat(Value(f"{kind}:"), OuterRef("uid"))
    sent = ChainTransaction.objects.filter(subject=subject, state__in=OPEN)
    return rows.filter(Exists(working) | Exists(sent)).exists()


def _owner_of(address: str, node: Node) -> str:
    from eth_utils import to_checksum_address

    abi = artifact("smart_account").abi
    try:
        if node.code(address) in {"", "0x"}:
            raise _refused("address", "has no contract on this chain")
        answer = node.call(address, Call(address, data=encode_call(abi, "owner", [])))
    except Reverted:
        raise _refused("address", "is a contract without an owner") from None
    except (Transient, Snooze, NodeRefused) as error:
        raise Unavailable(str(error)) from None
    if len(answer) != _WORD:
        raise _refused("address", "is a contract without an owner")
    return str(to_checksum_address(decode_answer(abi, "owner", 0, answer)[0]))


@transaction.atomic
def _stored(address: str, values: Mapping[str, object]) -> Wallet:
    row, created = Wallet.objects.update_or_create(address=address, defaults=values)
    action = "add sender" if created else "change sender"
    audit.record(action, f"sender {address}", label=row.label, kind=row.kind)
    return row


def _refused(field: str, problem: str) -> Refused:
    return Refused(f"The {field} {problem}.", {field: problem})
