"""What is remembered of what was done."""

from execution.models.chain_transaction import ChainTransaction, SenderNonce, SignedTransaction
from execution.models.contract import Contract
from execution.models.notification import AlertRecipient, LetterAlert, Notification
from execution.models.speech import Speech
from execution.models.wallet import Wallet

__all__ = [
    "AlertRecipient",
    "ChainTransaction",
    "Contract",
    "LetterAlert",
    "Notification",
    "SenderNonce",
    "SignedTransaction",
    "Speech",
    "Wallet",
]
