"""What went in and out of a wallet in one transaction: by the moves, and by the balances.

The moves tell the order and the other side, which balances cannot: a round trip leaves no trace in them.
The balances tell the sum, which moves may not: some programs shift lamports without an instruction.
"""

from collections import defaultdict
from dataclasses import dataclass

from enrichment.providers.solana.decoding import Act, Closed, NativeMove, Opened, TokenMove, acts_of
from enrichment.providers.solana.programs import SOL_MINT
from enrichment.providers.solana.records import Holding, RawTransaction


@dataclass(frozen=True, slots=True)
class Flow:
    """An amount that came (above zero) or went (below); `counterparty` is "" when only balances tell."""

    mint: str
    amount: int
    counterparty: str


class WalletView:
    """One transaction from one wallet's side."""

    def __init__(self, transaction: RawTransaction, wallet: str) -> None:
        self._transaction = transaction
        self._wallet = wallet
        self._acts = acts_of(transaction)
        self._holdings = _holdings(transaction, self._acts)
        self._opened = {act.account for act in self._acts if isinstance(act, Opened)}
        self.fee = transaction.fee if transaction.fee_payer == wallet else 0
        self.rent = self._rent()

    def flows(self) -> list[Flow]:
        """Every move between the wallet and somebody else, in the order of execution."""
        found = []
        for act in self._acts:
            match act:
                case NativeMove():
                    found += self._native(act)
                case TokenMove():
                    found += self._token(act)
        return [flow for flow in found if flow.amount]

    def net(self) -> dict[str, int]:
        """By how much each asset changed, fee and rent left aside; SOL is native and wrapped together."""
        changes: dict[str, int] = defaultdict(int)
        changes[SOL_MINT] = self._transaction.lamports.get(self._wallet, 0) + self.fee + self.rent
        for change in self._transaction.tokens:
            if change.owner == self._wallet:
                changes[change.mint] += change.change
        return changes

    def _native(self, move: NativeMove) -> list[Flow]:
        if move.target in self._opened:
            return []  # rent, or SOL on its way to be wrapped: see `_rent` and `net`
        source, target = self._owner(move.source), self._owner(move.target)
        return self._flow(SOL_MINT, move.lamports, source, target)

    def _token(self, move: TokenMove) -> list[Flow]:
        source, target = self._holdings.get(move.source), self._holdings.get(move.target)
        known = source or target
        if known is None:
            return []
        giver = source.owner if source else move.authority
        taker = target.owner if target else move.authority
        return self._flow(known.mint, move.amount, giver, taker)

    def _flow(self, mint: str, amount: int, source: str, target: str) -> list[Flow]:
        if source == target or self._wallet not in {source, target}:
            return []
        if source == self._wallet:
            return [Flow(mint, -amount, target)]
        return [Flow(mint, amount, source)]

    def _owner(self, account: str) -> str:
        holding = self._holdings.get(account)
        return holding.owner if holding else account

    def _rent(self) -> int:
        """Lamports that the wallet put into new token accounts, less those it got out of closed ones.

        Whoever's they are: opening an account for the receiver costs the sender. In an account for wrapped
        SOL, what is above its balance is rent.
        """
        closed = {act.account: act.target for act in self._acts if isinstance(act, Closed)}
        wrapped = {one.account: one.change for one in self._transaction.tokens if one.mint == SOL_MINT}
        rent = 0
        for account in self._opened | closed.keys():
            change = self._transaction.lamports.get(account, 0) - wrapped.get(account, 0)
            payer = closed.get(account, "") if change < 0 else self._funder(account)
            rent += change if payer == self._wallet else 0
        return rent

    def _funder(self, account: str) -> str:
        moves = [act for act in self._acts if isinstance(act, NativeMove) and act.target == account]
        creating = [move for move in moves if move.creates] or moves
        return creating[0].source if creating else self._transaction.fee_payer


def _holdings(transaction: RawTransaction, acts: list[Act]) -> dict[str, Holding]:
    """The token accounts of a transaction, those included that it opened and closed again."""
    opened = {act.account: Holding(act.owner, act.mint) for act in acts if isinstance(act, Opened)}
    return opened | transaction.holdings
