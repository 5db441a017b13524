"""The three ways to read a wallet's history agree: plain RPC, getTransactionsForAddress, Helius Enhanced."""

from typing import Any

import httpx2
import pytest

from sandbox.solana.chain import Chain
from tests.sandbox.calls import get, rpc, wallet
from tests.sandbox.conftest import Server

FULL = {"transactionDetails": "full", "encoding": "jsonParsed", "maxSupportedTransactionVersion": 0}
NAMES = ["scalper-1", "hopper-1", "wrapped-keeper", "sniper-2", "round-tripper", "dollar-trader"]


def pages(server: Server, address: str, limit: int, **options: Any) -> list[dict[str, Any]]:
    """Everything getTransactionsForAddress gives, page by page."""
    found: list[dict[str, Any]] = []
    token = None
    while True:
        asked = {"limit": limit, **options, **({"paginationToken": token} if token else {})}
        page = rpc(server.url, "getTransactionsForAddress", address, asked)
        found += page["data"]
        token = page["paginationToken"]
        if token is None:
            return found


def helius(server: Server, address: str, **query: Any) -> list[dict[str, Any]]:
    """Everything the enhanced address history gives, page by page."""
    found: list[dict[str, Any]] = []
    while True:
        before = {"before": found[-1]["signature"]} if found else {}
        path = f"/helius/v0/addresses/{address}/transactions"
        page = get(server.url, path, **{"api-key": "any", **query, **before})
        if not page:
            return found
        found += page


@pytest.mark.parametrize("name", NAMES)
def test_the_three_sources_tell_the_same_changes(server: Server, chain: Chain, name: str) -> None:
    address = wallet(chain, name)
    listed = rpc(server.url, "getSignaturesForAddress", address)
    gathered = pages(server, address, 1000, **FULL)
    enhanced = {item["signature"]: item for item in helius(server, address)}
    assert [item["signature"] for item in listed] == [
        item["transaction"]["signatures"][0] for item in gathered
    ]
    assert [item["signature"] for item in listed] == list(enhanced)
    for item in gathered:
        signature = item["transaction"]["signatures"][0]
        keys = [key["pubkey"] for key in item["transaction"]["message"]["accountKeys"]]
        index = keys.index(address)
        native = item["meta"]["postBalances"][index] - item["meta"]["preBalances"][index]
        other = enhanced[signature]
        data = {account["account"]: account for account in other["accountData"]}
        assert data[address]["nativeBalanceChange"] == native
        assert (other["fee"], other["slot"], other["timestamp"]) == (
            item["meta"]["fee"],
            item["slot"],
            item["blockTime"],
        )
        assert token_changes(item["meta"], address) == enhanced_changes(other, address)
        assert other["transactionError"] == item["meta"]["err"]


def token_changes(meta: dict[str, Any], owner: str) -> dict[str, int]:
    changes: dict[str, int] = {}
    for name, sign in (("preTokenBalances", -1), ("postTokenBalances", 1)):
        for balance in meta[name]:
            if balance["owner"] == owner:
                amount = sign * int(balance["uiTokenAmount"]["amount"])
                changes[balance["mint"]] = changes.get(balance["mint"], 0) + amount
    return {mint: change for mint, change in changes.items() if change}


def enhanced_changes(item: dict[str, Any], owner: str) -> dict[str, int]:
    return {
        change["mint"]: int(change["rawTokenAmount"]["tokenAmount"])
        for account in item["accountData"]
        for change in account["tokenBalanceChanges"]
        if change["userAccount"] == owner
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_swap_events_are_the_trades_of_the_ledger(server: Server, chain: Chain, name: str) -> None:
    address = wallet(chain, name)
    trades = [e for e in chain.node.ledger.of_wallet(address) if e["kind"] in ("buy", "sell")]
    swaps = helius(server, address, type="SWAP")
    assert {item["signature"] for item in swaps} == {trade["signature"] for trade in trades}
    legs = {item["signature"]: len(item["events"]["swap"]["innerSwaps"]) for item in swaps}
    for signature, count in legs.items():
        assert count == sum(trade["signature"] == signature for trade in trades)


def test_a_round_trip_shows_in_the_swap_event_though_balances_hide_it(server: Server, chain: Chain) -> None:
    address = wallet(chain, "round-tripper")
    entries = chain.node.ledger.of_wallet(address)
    buy, sell = [entry for entry in entries if entry["note"] == "round trip"][:2]
    item = httpx2.post(
        f"{server.url}/helius/v0/transactions?api-key=any", json={"transactions": [buy["signature"]]}
    ).json()[0]
    swap = item["events"]["swap"]
    assert swap["nativeInput"] == {"account": address, "amount": str(buy["quote_amount"])}
    assert swap["nativeOutput"] == {"account": address, "amount": str(sell["quote_amount"])}
    assert enhanced_changes(item, address) == {}


def test_token_accounts_are_left_out_or_included_as_asked(server: Server, chain: Chain) -> None:
    address = wallet(chain, "airdropped-2")
    ledger = {entry["signature"] for entry in chain.node.ledger.of_wallet(address)}

    def signatures(choice: str) -> set[str]:
        found = pages(server, address, 1000, filters={"tokenAccounts": choice})
        return {item["signature"] for item in found}

    listed = rpc(server.url, "getSignaturesForAddress", address)
    assert signatures("none") == {item["signature"] for item in listed}
    assert signatures("balanceChanged") == ledger
    assert signatures("all") == ledger
    assert signatures("none") < ledger


def test_pages_in_both_orders_hold_the_same_transactions(server: Server, chain: Chain) -> None:
    address = wallet(chain, "sniper-1")
    down = pages(server, address, 50)
    up = pages(server, address, 37, sortOrder="asc")
    assert [item["signature"] for item in up] == [item["signature"] for item in down][::-1]
    assert len(up) == chain.node.history.count_of(address)


def test_filters_by_status_time_and_slot(server: Server, chain: Chain) -> None:
    address = wallet(chain, "sniper-1")
    everything = pages(server, address, 1000)
    failed = pages(server, address, 1000, filters={"status": "failed"})
    good = pages(server, address, 1000, filters={"status": "succeeded"})
    assert [item for item in everything if item["err"]] == failed
    assert len(failed) + len(good) == len(everything)
    middle = everything[40]
    since = pages(server, address, 1000, filters={"blockTime": {"gte": middle["blockTime"]}})
    assert since == everything[:41]
    older = pages(server, address, 1000, filters={"slot": {"lt": middle["slot"]}})
    assert older == everything[41:]


def test_a_wrong_page_token_or_filter_is_refused(server: Server, chain: Chain) -> None:
    address = wallet(chain, "sniper-1")
    for options in (
        {"paginationToken": "x"},
        {"filters": {"slot": {"near": 5}}},
        {"filters": {"tokenAccounts": "some"}},
        {"sortOrder": "up"},
    ):
        body = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "getTransactionsForAddress",
            "params": [address, options],
        }
        answer = httpx2.post(f"{server.url}/solana", json=body).json()
        assert answer["error"]["code"] == -32602


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v0/addresses/{0}/transactions", 401),
        ("/v0/addresses/{0}/transactions?api-key=any&limit=101", 400),
        ("/v0/addresses/nonsense/transactions?api-key=any", 400),
        ("/v0/addresses/{0}/transactions?api-key=any&before=abc", 400),
        ("/v0/elsewhere?api-key=any", 404),
    ],
)
def test_helius_refuses_what_is_wrong(server: Server, chain: Chain, path: str, status: int) -> None:
    url = f"{server.url}/helius{path.format(wallet(chain, 'sniper-1'))}"
    assert httpx2.get(url).status_code == status
