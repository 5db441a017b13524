"""Signs, and stores what was signed before it is sent: a retry sends the same bytes."""

from django.db import transaction

from execution.models import ChainTransaction, SignedTransaction
from execution.services.sending.policy import Offer
from execution.services.wallets.keys import key_of


def newest_form(row: ChainTransaction) -> SignedTransaction | None:
    """The signed form that pays the most; None when nothing was signed yet."""
    return row.signed.order_by("-number").first()


def sign(row: ChainTransaction, offer: Offer, number: int) -> SignedTransaction:
    """The form with a number; one that was signed before stays as it is. Permanent when there is no key."""
    with transaction.atomic():
        ChainTransaction.objects.select_for_update().get(pk=row.pk)
        known = row.signed.filter(number=number).first()
        if known is not None:
            return known
        raw, digest = _signed(row, offer)
        return SignedTransaction.objects.create(
            transaction=row, number=number, raw=raw, tx_hash=digest, max_fee=offer.max_fee, tip=offer.tip
        )


def _signed(row: ChainTransaction, offer: Offer) -> tuple[str, str]:
    from eth_account import Account

    fields = {
        "type": 2,
        "chainId": row.chain_id,
        "nonce": row.nonce,
        "to": row.to or b"",
        "value": int(row.value),
        "data": row.data,
        "gas": row.gas,
        "maxFeePerGas": offer.max_fee,
        "maxPriorityFeePerGas": offer.tip,
    }
    made = Account.sign_transaction(fields, key_of(row.sender))
    return "0x" + bytes(made.raw_transaction).hex(), "0x" + bytes(made.hash).hex()
