"""The sandbox as a test sees it: its wallets, what they meant to do, its faults."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import httpx2
import pytest
from django.conf import LazySettings
from django.core.cache import cache

from analysis.services.wallet_pnl.history import Moment
from enrichment.services.normaliser.meaning import Leg, Meaning, Transfer
from jobs.fence.connection import REDIS_ERRORS, client
from tests.sandbox_server import Server


@dataclass(frozen=True)
class Outside:
    """A sandbox server that the settings point at."""

    url: str

    def wallets(self) -> dict[str, str]:
        """Addresses of the sample wallets by label."""
        return {row["label"]: row["address"] for row in self._get("/sandbox/wallets")}

    def address(self, label: str) -> str:
        """One sample wallet's address."""
        return self.wallets()[label]

    def ledger(self, address: str) -> list[Moment]:
        """What a wallet meant to do, oldest first, in the words of the normaliser."""
        entries = self._get(f"/sandbox/wallets/{address}/ledger")["entries"]
        return [_moment(list(group)) for _, group in groupby(entries, key=lambda entry: entry["signature"])]

    def tokens(self) -> dict[str, int]:
        """Decimals by mint."""
        return {row["mint"]: row["decimals"] for row in self._get("/sandbox/tokens")}

    def rpc(self, method: str, *params: Any) -> Any:
        """Call the node directly."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        return httpx2.post(f"{self.url}/solana", json=body).json()["result"]

    @contextmanager
    def faults(self, **faults: Any) -> Iterator[None]:
        """Faults for the length of the block; what they made providers ask of everybody ends with it."""
        names = {name.removeprefix("status_"): value for name, value in faults.items()}
        httpx2.put(f"{self.url}/sandbox/faults", json=names).raise_for_status()
        try:
            yield
        finally:
            httpx2.put(f"{self.url}/sandbox/faults", json={}).raise_for_status()
            forget_budgets()

    def _get(self, path: str) -> Any:
        return httpx2.get(f"{self.url}{path}").raise_for_status().json()


@pytest.fixture
def outside(sandbox_server: Server, settings: LazySettings) -> Outside:
    """The sandbox, with the settings pointing at it and at nothing else."""
    return point_at(sandbox_server.url, settings)


def point_at(url: str, settings: LazySettings) -> Outside:
    """Let every provider of this process talk to a server."""
    settings.SANDBOX_URL = url
    for name in (
        "HELIUS_API_KEY", "HELIUS_URL", "SOLANA_RPC_URL", "DEXSCREENER_URL", "COINGECKO_URL", "JUPITER_URL",
        "DEFILLAMA_URL", "RUGCHECK_URL",
    ):  # fmt: skip
        setattr(settings, name, "")
    for name in ("TWITTER_BEARER_TOKEN", "REDDIT_CLIENT_ID", "REDDIT_CLIENT_SECRET"):
        setattr(settings, name, "")
    settings.TELEGRAM_CHANNELS, settings.NEWS_FEEDS = [], []
    cache.clear()
    forget_budgets()
    return Outside(url)


def forget_budgets() -> None:
    """As if no provider had been asked anything, nor asked to wait."""
    with suppress(*REDIS_ERRORS):  # the testing twin has none, and so no budgets
        for key in client().scan_iter("millrace:budget:*"):
            client().delete(key)


def _moment(entries: list[dict[str, Any]]) -> Moment:
    """The entries of one transaction."""
    return Moment(
        entries[0]["signature"],
        datetime.fromtimestamp(entries[0]["time"], UTC),
        Meaning(
            failed=any(entry["kind"] == "failed" for entry in entries),
            fee=sum(entry["fee_lamports"] for entry in entries),
            rent=sum(entry["rent_lamports"] for entry in entries),
            legs=tuple(_leg(entry) for entry in entries if entry["kind"] in {"buy", "sell"}),
            transfers=tuple(_transfer(entry) for entry in entries if entry["kind"] in {"transfer", "income"}),
        ),
    )


def _leg(entry: dict[str, Any]) -> Leg:
    base, quote = (entry["mint"], entry["quantity"]), (entry["quote_mint"], entry["quote_amount"])
    sold, bought = (quote, base) if entry["kind"] == "buy" else (base, quote)
    return Leg(*sold, *bought, entry["counterparty"])


def _transfer(entry: dict[str, Any]) -> Transfer:
    incoming = entry["direction"] == "in"
    return Transfer(entry["kind"], incoming, entry["mint"], entry["quantity"], entry["counterparty"])
