"""Request weights and order counts per client, as Binance keeps them: 429 with Retry-After, then 418.

Pure: the clock is passed in, in seconds.
"""

from dataclasses import dataclass, field

from sandbox.exchange.errors import refusal
from sandbox.http import HttpError

WEIGHT_PER_MINUTE = 6_000
ORDERS_PER_TEN_SECONDS = 100
_PATIENCE = 10  # requests that are sent in spite of a 429 before the address is banned
_BAN = 120  # seconds


@dataclass
class _Client:
    """What one client used in the running windows."""

    minute: int = 0
    weight: int = 0
    defied: int = 0
    banned_until: float = 0.0
    orders: dict[int, int] = field(default_factory=dict)  # by the number of the ten seconds


class Limits:
    """Counts per client; a client is an API key, or everybody without one."""

    def __init__(self, weight: int = WEIGHT_PER_MINUTE, orders: int = ORDERS_PER_TEN_SECONDS) -> None:
        self.weight = weight
        self.orders = orders
        self._clients: dict[str, _Client] = {}

    def charge(self, client: str, weight: int, now: float) -> dict[str, str]:
        """Count a request; answers with the headers that tell so. HttpError 429 or 418 beyond the limit."""
        used = self._client(client, now)
        if used.banned_until > now:
            raise _refused(418, f"Way too much request weight used; IP banned until {int(used.banned_until * 1000)}.",
                           used.banned_until - now)  # fmt: skip
        if used.weight + weight > self.weight:
            used.defied += 1
            if used.defied > _PATIENCE:
                used.banned_until = now + _BAN
            raise _refused(429, f"Too much request weight used; current limit is {self.weight} request weight per"
                           " 1 MINUTE.", 60 - now % 60)  # fmt: skip
        used.weight += weight
        return {"x-mbx-used-weight": str(used.weight), "x-mbx-used-weight-1m": str(used.weight)}

    def charge_order(self, account: str, now: float) -> None:
        """Count an order; HttpError 429 beyond the limit."""
        used, window = self._client(account, now), int(now // 10)
        count = used.orders.get(window, 0)
        if count >= self.orders:
            message = f"Too many new orders; current limit is {self.orders} orders per 10 SECOND."
            raise _refused(429, message, 10 - now % 10, code=-1015)
        used.orders = {window: count + 1}

    def order_headers(self, account: str, now: float) -> dict[str, str]:
        """How many orders were counted in the running ten seconds."""
        return {"x-mbx-order-count-10s": str(self._client(account, now).orders.get(int(now // 10), 0))}

    def _client(self, name: str, now: float) -> _Client:
        used = self._clients.setdefault(name, _Client())
        minute = int(now // 60)
        if used.minute != minute:
            used.minute, used.weight = minute, 0
            used.defied = 0 if used.banned_until <= now else used.defied
        return used


def _refused(status: int, message: str, wait: float, code: int = -1003) -> HttpError:
    error = refusal(code, message, status)
    error.headers = {"retry-after": str(max(1, int(wait + 0.999)))}
    return error
