"""What tokens were worth in SOL, by the wallet's own trades against SOL."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from analysis.services.pnl.exact import ZERO, exactly, share
from analysis.services.wallet_pnl.history import Moment
from enrichment.providers.solana.programs import DOLLARS, SOL_MINT
from enrichment.services.normaliser.meaning import Leg

_SOL_DECIMALS = 9
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Worth:
    """A value in SOL; `estimated` when it is no SOL that changed hands."""

    value: Decimal
    estimated: bool


@dataclass(frozen=True, slots=True)
class _Quote:
    """So many SOL were paid for so many whole units, in the history's n-th transaction."""

    number: int
    quantity: Decimal
    value: Decimal


class WorthBook:
    """Prices of one history; all dollar tokens count as one, and fall back on today's price of SOL."""

    def __init__(
        self, moments: Sequence[Moment], decimals: Mapping[str, int], sol_usd: Decimal | None
    ) -> None:
        self._decimals = {SOL_MINT: _SOL_DECIMALS, **decimals}
        self._today = _Quote(0, sol_usd, _ONE) if sol_usd else None
        self._quotes: dict[str, list[_Quote]] = {}
        for number, moment in enumerate(moments):
            for leg in moment.meaning.legs:
                self._note(number, leg)

    def units(self, mint: str, amount: int) -> Decimal:
        """Base units as whole units; a token without known decimals has none."""
        with exactly():
            return Decimal(amount).scaleb(-self._decimals.get(mint, 0))

    def of_leg(self, number: int, leg: Leg) -> Worth:
        """What either side of a trade in the n-th transaction was worth."""
        for mint, amount in ((leg.sold_mint, leg.sold_amount), (leg.bought_mint, leg.bought_amount)):
            if mint == SOL_MINT:
                return Worth(self.units(mint, amount), estimated=False)
        sides = [(leg.sold_mint, leg.sold_amount), (leg.bought_mint, leg.bought_amount)]
        for mint, amount in sorted(sides, key=lambda side: side[0] not in DOLLARS):
            value = self.of(number, mint, amount)
            if value is not None:
                return Worth(value, estimated=True)
        return Worth(ZERO, estimated=True)

    def of(self, number: int, mint: str, amount: int) -> Decimal | None:
        """What an amount was worth at the nearest trade: the last one until then, else the next one."""
        quotes = self._quotes.get(_key(mint), [])
        index = bisect_right(quotes, number, key=lambda quote: quote.number)
        quote = quotes[index - 1] if index else quotes[0] if quotes else None
        if quote is None and mint in DOLLARS:
            quote = self._today
        if quote is None:
            return None
        with exactly():
            return share(quote.value, self.units(mint, amount), quote.quantity)

    def _note(self, number: int, leg: Leg) -> None:
        sold, bought = (leg.sold_mint, leg.sold_amount), (leg.bought_mint, leg.bought_amount)
        if SOL_MINT not in {sold[0], bought[0]}:
            return
        sol, token = (sold, bought) if sold[0] == SOL_MINT else (bought, sold)
        quote = _Quote(number, self.units(*token), self.units(*sol))
        self._quotes.setdefault(_key(token[0]), []).append(quote)


def _key(mint: str) -> str:
    return "dollars" if mint in DOLLARS else mint
