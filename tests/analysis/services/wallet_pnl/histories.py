"""Histories in few words: one token A with two decimals, SOL with nine."""

from datetime import UTC, datetime, timedelta

from analysis.services.wallet_pnl.history import History, Moment
from enrichment.providers.solana.programs import SOL_MINT, USDC_MINT
from enrichment.services.normaliser.meaning import Leg, Meaning, Transfer

START = datetime(2026, 1, 1, tzinfo=UTC)
SOL = 10**9
DECIMALS = {"A": 2, "B": 0, USDC_MINT: 6}


def bought(mint: str, amount: int, lamports: int, fee: int = 0) -> Meaning:
    """Base units for lamports."""
    return Meaning(False, fee, 0, (Leg(SOL_MINT, lamports, mint, amount, "pool"),))


def sold(mint: str, amount: int, lamports: int, fee: int = 0) -> Meaning:
    """The opposite."""
    return Meaning(False, fee, 0, (Leg(mint, amount, SOL_MINT, lamports, "pool"),))


def swapped(mint: str, amount: int, other: str, got: int) -> Meaning:
    """Without SOL."""
    return Meaning(False, 0, 0, (Leg(mint, amount, other, got, "pool"),))


def moved(mint: str, amount: int, *, incoming: bool, fee: int = 0) -> Meaning:
    """For nothing."""
    return Meaning(False, fee, 0, (), (Transfer("transfer", incoming, mint, amount, "friend"),))


def failed(fee: int) -> Meaning:
    """Nothing but the fee."""
    return Meaning(True, fee, 0)


def history(*meanings: Meaning, complete: bool = True) -> History:
    """One transaction a day."""
    moments = [
        Moment(f"s{number}", START + timedelta(days=number), meaning)
        for number, meaning in enumerate(meanings)
    ]
    return History(moments, DECIMALS, complete)
