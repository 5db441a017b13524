"""Who has how much: free to use, or locked by open orders. Exact, and nothing ever comes from nowhere."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from sandbox.exchange.orders import ZERO

FEES = "fees"  # the account that fees go to


class InsufficientError(Exception):
    """The account has not that much free."""


@dataclass
class Holding:
    """What an account has of one asset."""

    free: Decimal = ZERO
    locked: Decimal = ZERO


class Ledger:
    """Holdings by account and asset; `changed` names those that are not stored yet."""

    def __init__(self) -> None:
        self._accounts: dict[str, dict[str, Holding]] = defaultdict(dict)
        self.changed: set[tuple[str, str]] = set()

    def of(self, account: str, asset: str) -> Holding:
        """One holding; it may be changed by this class alone."""
        return self._accounts[account].setdefault(asset, Holding())

    def all_of(self, account: str) -> dict[str, Holding]:
        """An account's holdings by asset."""
        return self._accounts[account]

    def total(self, asset: str) -> Decimal:
        """What all accounts have of an asset together."""
        return sum(
            (
                held.free + held.locked
                for own in self._accounts.values()
                for a, held in own.items()
                if a == asset
            ),
            ZERO,
        )

    def restore(self, account: str, asset: str, free: Decimal, locked: Decimal) -> None:
        """Put back what was stored."""
        self._accounts[account][asset] = Holding(free, locked)

    def deposit(self, account: str, asset: str, amount: Decimal) -> None:
        """The one way in."""
        self._change(account, asset, free=amount)

    def lock(self, account: str, asset: str, amount: Decimal) -> None:
        """Set free money aside for an order. InsufficientError when there is not enough."""
        if self.of(account, asset).free < amount:
            raise InsufficientError
        self._change(account, asset, free=-amount, locked=amount)

    def unlock(self, account: str, asset: str, amount: Decimal) -> None:
        """Give locked money free again."""
        self._change(account, asset, free=amount, locked=-amount)

    def pay(self, payer: str, payee: str, asset: str, amount: Decimal, fee: Decimal) -> None:
        """Move locked money to another account; the fee is kept back from what arrives."""
        self._change(payer, asset, locked=-amount)
        self._change(payee, asset, free=amount - fee)
        if fee:
            self._change(FEES, asset, free=fee)

    def _change(self, account: str, asset: str, free: Decimal = ZERO, locked: Decimal = ZERO) -> None:
        held = self.of(account, asset)
        held.free += free
        held.locked += locked
        self.changed.add((account, asset))
