"""Dollar prices of tokens from DefiLlama, no key needed. https://api-docs.defillama.com/"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from enrichment.providers.addresses import defillama
from enrichment.providers.budget import Provider
from enrichment.providers.http import Service

_SERVICE = Service("DefiLlama", Provider.DEFILLAMA)
_CHAIN = "solana:"
_AT_ONCE = 50  # mints in one request: they travel in the path


def dollar_prices(mints: Sequence[str]) -> dict[str, Decimal]:
    """Dollars per whole token; unknown ones are left out. Raises RateLimited, Transient, Permanent."""
    found: dict[str, Decimal] = {}
    for start in range(0, len(mints), _AT_ONCE):
        listed = ",".join(f"{_CHAIN}{mint}" for mint in mints[start : start + _AT_ONCE])
        found |= _SERVICE.get(f"{defillama()}/prices/current/{listed}", {}, _prices)
    return found


def _prices(answer: Any) -> dict[str, Decimal]:
    return {
        coin.removeprefix(_CHAIN): Decimal(str(told["price"]))
        for coin, told in answer["coins"].items()
        if told.get("price")
    }
