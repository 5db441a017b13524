"""Addresses as payload types: wrong ones are refused before anything is stored."""

from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError
from solders.pubkey import Pubkey

_SHORTEST, _LONGEST = 32, 44  # characters of 32 bytes in base 58


def checked_address(text: str) -> str:
    """The text itself when it is a Solana address. ValueError says what is wrong with it."""
    address = text.strip()
    if address.lower().startswith("0x"):
        raise ValueError("is an Ethereum address; a Solana address is wanted")
    if not _SHORTEST <= len(address) <= _LONGEST:
        raise ValueError(f"is no Solana address: has {len(address)} characters instead of 32 to 44")
    try:
        return str(Pubkey.from_string(address))
    except ValueError as error:
        reason = "is not 32 bytes" if "size" in str(error) else "is not base 58 (which has no 0, O, I, l)"
        raise ValueError(f"is no Solana address: {reason}") from None


def _validated(text: str) -> str:
    try:
        return checked_address(text)
    except ValueError as error:
        raise PydanticCustomError("solana_address", "{reason}", {"reason": str(error)}) from None


SolanaAddress = Annotated[str, AfterValidator(_validated)]
