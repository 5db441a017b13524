"""Signs, and stores what was signed before it is sent: a retry sends the same bytes."""

from django.db import transaction

from enrichment.providers.evm.records import Call
from execution.models import ChainTransaction, SignedTransaction
from execution.services.sending.policy import Offer
from execution.services.wallets.keys import key_of

NOTHING = 21_000  # gas of a transfer of nothing


def newest_form(row: ChainTransaction) -> SignedTransaction | None:
    """The signed form that pays the most; None when nothing was signed yet."""
    return row.signed.order_by("-number").first()


def sign(row: ChainTransaction, offer: Offer, number: int, *, fills: bool = False) -> SignedTransaction:
    """The form with a number; one that was signed before stays as it is. Permanent when there is no key.

    `fills`: a transfer of nothing, that only spends the nonce. What follows such a form is one, too.
    """
    with transaction.atomic():
        ChainTransaction.objects.select_for_update().get(pk=row.pk)
        known = row.signed.filter(number=number).first()
        if known is not None:
            return known
        fills = fills or row.signed.filter(fills=True).exists()
        raw, digest = _signed(row, offer, fills=fills)
        fees = {"max_fee": offer.max_fee, "tip": offer.tip}
        return SignedTransaction.objects.create(
            transaction=row, number=number, raw=raw, tx_hash=digest, fills=fills, **fees
        )


def _signed(row: ChainTransaction, offer: Offer, *, fills: bool) -> tuple[str, str]:
    from eth_account import Account

    call = Call(row.sender) if fills else Call(row.to, int(row.value), row.data)
    fields = {
        "type": 2,
        "chainId": row.chain_id,
        "nonce": row.nonce,
        "to": call.to or b"",
        "value": call.value,
        "data": call.data,
        "gas": NOTHING if fills else row.gas,
        "maxFeePerGas": offer.max_fee,
        "maxPriorityFeePerGas": offer.tip,
    }
    made = Account.sign_transaction(fields, key_of(row.sender))
    return "0x" + bytes(made.raw_transaction).hex(), "0x" + bytes(made.hash).hex()
