"""What an intent means as a call: ERC-20 by hand, as there are only two functions of it."""

from analysis.models import Intent
from enrichment.providers.evm.records import Call

_TRANSFER = "a9059cbb"  # transfer(address,uint256)
_BALANCE_OF = "70a08231"  # balanceOf(address)


def call_of(intent: Intent) -> Call:
    """The call that the sender's account is to make."""
    amount = int(intent.amount)
    if intent.kind == Intent.Kind.TOKEN_TRANSFER:
        return Call(intent.token, 0, f"0x{_TRANSFER}{_word(intent.recipient)}{amount:064x}")
    return Call(intent.recipient, amount, intent.data)


def balance_call(address: str) -> str:
    """The data that asks a token for a balance."""
    return f"0x{_BALANCE_OF}{_word(address)}"


def _word(address: str) -> str:
    return address[2:].lower().rjust(64, "0")
