"""Every adapter that tells something else than prices keeps the same promises."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from eth_account import Account

from enrichment.providers.addresses import news_feeds, solana
from enrichment.providers.budget import Provider
from enrichment.providers.evm.node import node as evm_node
from enrichment.providers.exchanges.client import open_client
from enrichment.providers.exchanges.records import ApiKeys
from enrichment.providers.rugcheck import report_of
from enrichment.providers.social.feeds import Feed, Feeds, Validators, fetch_feed
from enrichment.providers.social.reddit import Reddit
from enrichment.providers.social.telegram import Telegram
from enrichment.providers.social.x import X
from enrichment.providers.solana import accounts, holders, sources
from enrichment.providers.solana.programs import SOL_MINT
from enrichment.providers.solana.records import TransactionSource
from tests.enrichment.providers.conformance.promises import SECRET, Adapter, Promises, provider

__all__ = ["provider"]

SENDER = Account.from_key("0x" + "11" * 32).address


def searched(source: Any) -> Any:
    """What is said about a word since yesterday."""
    return lambda: source.search(["PEBL"], datetime.now(UTC) - timedelta(days=1), 10)


def first_page(source: TransactionSource) -> Any:
    """The first page of a wallet's history; None when there is none."""
    return next(source.pages(SOL_MINT, before=None, until=None, size=10), None)


def exchange() -> Any:
    """An account at an exchange."""
    return open_client("binance", ApiKeys(f"{SECRET}-key", f"{SECRET}-secret"))


PREVIEW = b'<html><section class="tgme_channel_history"></section></html>'
FEED = b'<rss version="2.0"><channel><title>News</title></channel></rss>'
NO_ACCOUNTS = b'[{"id": 0, "result": {"value": []}}, {"id": 1, "result": {"value": []}}]'
NO_SIGNATURES = b'[{"id": 0, "result": []}]'
MINT_ACCOUNT = b'{"result": {"value": {"owner": "x", "data": {"parsed": {"type": "mint", "info": {}}}}}}'
NODE, HELIUS, EVM = Provider.SOLANA_NODE, Provider.HELIUS, Provider.EVM_NODE
ADAPTERS = {
    "node, balance": Adapter(
        NODE, lambda: accounts.lamports_of(sources.node(), SOL_MINT), (b'{"result": {"value": 0}}',), 0
    ),
    "node, batch": Adapter(
        NODE, lambda: accounts.token_accounts_of(sources.node(), SOL_MINT), (NO_ACCOUNTS,), []
    ),
    "node, mint": Adapter(
        NODE,
        lambda: holders.mint_facts(sources.node(), SOL_MINT),
        (MINT_ACCOUNT,),
        holders.MintFacts(None, None, False, ()),
    ),
    "node, history": Adapter(
        NODE, lambda: first_page(sources.plain_rpc(solana())), (NO_ACCOUNTS, NO_SIGNATURES)
    ),
    "Helius, history": Adapter(
        HELIUS, lambda: first_page(sources.transactions_for_address(solana())), (b'{"result": {"data": []}}',)
    ),
    "Helius enhanced": Adapter(
        NODE, lambda: first_page(sources.helius_enhanced(solana())), (NO_ACCOUNTS, b"[]")
    ),
    "EVM, height": Adapter(EVM, lambda: evm_node().height(), (b'{"result": "0x0"}',), 0),
    "EVM, code": Adapter(EVM, lambda: evm_node().code(SENDER), (b'{"result": "0x"}',), "0x"),
    "EVM, receipt": Adapter(EVM, lambda: evm_node().receipt("0x" + "22" * 32), (b'{"result": null}',)),
    "Reddit": Adapter(
        Provider.REDDIT, searched(Reddit()), (b'{"kind": "Listing", "data": {"children": []}}',), []
    ),
    "X": Adapter(Provider.X, searched(X()), (b'{"meta": {"result_count": 0}}',), []),
    "Telegram": Adapter(Provider.TELEGRAM, searched(Telegram()), (PREVIEW,), []),
    "feeds": Adapter(Provider.FEEDS, searched(Feeds()), (FEED,), []),
    "news feed": Adapter(
        Provider.FEEDS, lambda: fetch_feed(news_feeds()[0]), (FEED,), Feed("News", (), Validators())
    ),
    "RugCheck": Adapter(
        Provider.RUGCHECK, lambda: report_of(SOL_MINT), (b"{}",), absent=frozenset({400, 404})
    ),
    "exchange, balances": Adapter(
        Provider.EXCHANGES, lambda: exchange().balances(), (b'{"balances": []}',), []
    ),
    "exchange, tickers": Adapter(Provider.EXCHANGES, lambda: exchange().tickers(None), (b"[]",), []),
}


@pytest.fixture(params=list(ADAPTERS))
def adapter(request: pytest.FixtureRequest) -> Adapter:
    """One after the other."""
    return ADAPTERS[request.param]


class TestOtherAdapters(Promises):
    """All of the promises."""
