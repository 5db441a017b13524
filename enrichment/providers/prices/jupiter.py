"""Dollar prices of tokens from Jupiter, version 3. https://dev.jup.ag/docs/price/v3"""

from collections.abc import Sequence
from decimal import Decimal

from django.conf import settings

from enrichment.providers.addresses import jupiter
from enrichment.providers.budget import Budget
from enrichment.providers.http import Service

_SERVICE = Service("Jupiter", budget=Budget("jupiter"))
_AT_ONCE = 50  # mints in one request


def dollar_prices(mints: Sequence[str]) -> dict[str, Decimal]:
    """Dollars per whole token; one that Jupiter does not rely on is left out.

    Raises RateLimited, Transient, Permanent.
    """
    key = settings.JUPITER_API_KEY
    headers = {"x-api-key": key} if key else {}
    found: dict[str, Decimal] = {}
    for start in range(0, len(mints), _AT_ONCE):
        listed = ",".join(mints[start : start + _AT_ONCE])
        answer = _SERVICE.get(f"{jupiter()}/price/v3", {"ids": listed}, headers)
        for mint, told in answer.items() if isinstance(answer, dict) else ():
            if told and told.get("usdPrice"):
                found[mint] = Decimal(str(told["usdPrice"]))
    return found
