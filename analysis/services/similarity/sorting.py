"""Which of the addresses can be compared, and why the others cannot."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from enrichment.addresses import checked_address
from enrichment.models import TokenBalance
from enrichment.providers.solana.programs import MONEY


class Reason(StrEnum):
    """Why a wallet is set apart."""

    INVALID = "invalid"
    SYSTEM = "system"
    NEVER_SYNCED = "never synced"
    FAILED = "failed"
    NO_TRADES = "no trades"


@dataclass(frozen=True, slots=True)
class SetApart:
    """A wallet that is not compared, with the reason in a word and in a sentence."""

    address: str
    reason: Reason
    message: str


def split_by_validity(addresses: Sequence[str]) -> tuple[list[str], list[SetApart]]:
    """The addresses that are ones, each once, in their order; and the rest."""
    valid: dict[str, None] = {}
    invalid: dict[str, SetApart] = {}
    for text in addresses:
        try:
            valid[checked_address(text)] = None
        except ValueError as error:
            invalid[text] = SetApart(text, Reason.INVALID, str(error))
    return list(valid), list(invalid.values())


def too_many_tokens(address: str, tokens: int, most: int) -> SetApart:
    """What is said of a system wallet: an exchange, a market, a spammer."""
    return SetApart(address, Reason.SYSTEM, f"has {tokens:,} tokens, more than {most:,}: no person's wallet")


def held_tokens(address: str) -> int:
    """How many tokens the wallet holds, as far as its balances were fetched; money is none."""
    return TokenBalance.objects.filter(wallet__address=address, amount__gt=0).exclude(mint__in=MONEY).count()
