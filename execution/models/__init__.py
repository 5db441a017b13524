"""What was done, and by whom."""

from execution.models.chain_transaction import ChainTransaction, SenderNonce, SignedTransaction
from execution.models.contract import Contract
from execution.models.wallet import Wallet

__all__ = ["ChainTransaction", "Contract", "SenderNonce", "SignedTransaction", "Wallet"]
