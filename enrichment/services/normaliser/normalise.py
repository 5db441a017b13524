"""The one normaliser behind every source."""

from collections.abc import Collection
from typing import Literal

from enrichment.providers.solana.programs import MONEY
from enrichment.providers.solana.records import RawTransaction
from enrichment.services.normaliser.flows import Flow, WalletView
from enrichment.services.normaliser.meaning import Meaning, Transfer
from enrichment.services.normaliser.pairing import pair


def normalise(transaction: RawTransaction, wallet: str, own: Collection[str] = ()) -> Meaning:
    """What the transaction meant for the wallet. What comes from `own` wallets is never income."""
    view = WalletView(transaction, wallet)
    if transaction.failed:
        return Meaning(failed=True, fee=view.fee, rent=0)
    paired = pair(view.flows(), view.net())
    transfers = tuple(_transfer(flow, own) for flow in paired.loose)
    return Meaning(False, view.fee, view.rent, tuple(paired.legs), transfers)


def _transfer(flow: Flow, own: Collection[str]) -> Transfer:
    incoming = flow.amount > 0
    earned = incoming and flow.mint not in MONEY and flow.counterparty not in own
    kind: Literal["transfer", "income"] = "income" if earned else "transfer"
    return Transfer(kind, incoming, flow.mint, abs(flow.amount), flow.counterparty)
