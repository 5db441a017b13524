"""The sandbox's exchange as a test sees it: its sample accounts, signed requests of one's own."""

import hashlib
import hmac
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx2

from enrichment.models import ExchangeAccount
from enrichment.providers.exchanges.records import ApiKeys
from enrichment.services.exchanges.accounts import NewAccount, add_account


@dataclass(frozen=True)
class Trader:
    """A sample account of a running sandbox."""

    url: str
    name: str
    key: str
    secret: str

    @property
    def keys(self) -> ApiKeys:
        """Its keys, as the product takes them."""
        return ApiKeys(self.key, self.secret)

    def send(self, method: str, path: str, **given: Any) -> httpx2.Response:
        """A signed request to a path below /api/v3."""
        query = urlencode({"timestamp": int(time.time() * 1000), **given})
        signature = hmac.new(self.secret.encode(), query.encode(), hashlib.sha256).hexdigest()
        return httpx2.request(
            method, f"{self.url}/exchange/api/v3/{path}?{query}&signature={signature}",
            headers={"X-MBX-APIKEY": self.key}, timeout=10,
        )  # fmt: skip

    def ask(self, method: str, path: str, **given: Any) -> Any:
        """The body of a successful request."""
        return self.send(method, path, **given).raise_for_status().json()

    def added_by(self, user: Any, **changes: Any) -> ExchangeAccount:
        """The account, added for a user."""
        return add_account(user, NewAccount("binance", self.name, self.keys, **changes))


def trader(url: str, name: str) -> Trader:
    """A sample account by its name."""
    rows = httpx2.get(f"{url}/sandbox/exchange/accounts").raise_for_status().json()
    found = next(row for row in rows if row["name"] == name)
    return Trader(url, name, found["api_key"], found["api_secret"])
