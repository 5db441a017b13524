"""Which fees are paid in money: the quote currency that a history is kept in."""

from collections.abc import Iterable

# Currencies that fees are commonly written in. An asset that the history itself trades is never one of them.
_FIAT = """
    USD EUR GBP CHF JPY AUD CAD NZD SEK NOK DKK PLN CZK HUF RON TRY ZAR BRL MXN ARS INR IDR THB PHP VND KRW
    CNY HKD TWD SGD MYR AED SAR ILS UAH NGN RUB
"""
_STABLECOINS = "USDT USDC DAI BUSD TUSD FDUSD PYUSD EURC"
MONEY = frozenset(f"{_FIAT} {_STABLECOINS}".split())


class QuoteError(ValueError):
    """Fees are written in several currencies, so the quote currency must be named."""

    def __init__(self, currencies: list[str]) -> None:
        super().__init__(
            f"fees are in {' and '.join(currencies)}, but money must be in one quote currency: "
            f"name it with --quote; the others are then assets that have to be acquired first"
        )
        self.currencies = currencies


def infer_quote(fee_assets: Iterable[str], traded: Iterable[str]) -> str | None:
    """The one currency of `MONEY` among the fee assets that is not itself traded; None if there is none.

    Raises QuoteError.
    """
    found = sorted({asset.upper() for asset in set(fee_assets) - set(traded)} & MONEY)
    if len(found) > 1:
        raise QuoteError(found)
    return found[0] if found else None
