"""A transaction of `getTransaction` as a RawTransaction.

The encoding asked for is "json", not "jsonParsed": the instructions then come as the chain has them, as they
do from Helius, so one decoder serves all sources, and what is read does not depend on the node's parser.
"""

from typing import Any

from enrichment.providers.solana.base58 import decoded
from enrichment.providers.solana.programs import UNDERSTOOD
from enrichment.providers.solana.records import Holding, Instruction, RawTransaction, TokenChange

OPTIONS = {"encoding": "json", "maxSupportedTransactionVersion": 0, "commitment": "finalized"}


def read_transaction(answer: dict[str, Any]) -> RawTransaction:
    """The transaction in an answer of getTransaction, or in one item of getTransactionsForAddress."""
    meta, message = answer["meta"], answer["transaction"]["message"]
    loaded = meta.get("loadedAddresses") or {}
    keys = [*message["accountKeys"], *loaded.get("writable", ()), *loaded.get("readonly", ())]
    before, after = (_balances(meta.get(side), keys) for side in ("preTokenBalances", "postTokenBalances"))
    return RawTransaction(
        signature=answer["transaction"]["signatures"][0],
        slot=answer["slot"],
        time=answer["blockTime"],
        fee=meta["fee"],
        fee_payer=keys[0],
        failed=meta["err"] is not None,
        lamports={
            key: new - old
            for key, old, new in zip(keys, meta["preBalances"], meta["postBalances"], strict=True)
            if new != old
        },
        tokens=_changes(before, after),
        holdings={account: holding for account, (holding, _) in (before | after).items()},
        instructions=tuple(_instructions(message["instructions"], meta.get("innerInstructions"), keys)),
    )


_Balances = dict[str, tuple[Holding, int]]


def _balances(rows: list[dict[str, Any]] | None, keys: list[str]) -> _Balances:
    return {
        keys[row["accountIndex"]]: (
            Holding(row["owner"], row["mint"]),
            int(row["uiTokenAmount"]["amount"]),
        )
        for row in rows or ()
    }


def _changes(before: _Balances, after: _Balances) -> tuple[TokenChange, ...]:
    found = []
    for account in sorted(before.keys() | after.keys()):
        holding, _ = after.get(account) or before[account]
        new = after[account][1] if account in after else 0
        old = before[account][1] if account in before else 0
        if new != old:
            found.append(TokenChange(account, holding.owner, holding.mint, new - old))
    return tuple(found)


def _instructions(
    outer: list[dict[str, Any]], inner: list[dict[str, Any]] | None, keys: list[str]
) -> list[Instruction]:
    called = {group["index"]: group["instructions"] for group in inner or ()}
    return [
        Instruction(
            keys[item["programIdIndex"]],
            tuple(keys[number] for number in item["accounts"]),
            decoded(item["data"]),
        )
        for index, instruction in enumerate(outer)
        for item in (instruction, *called.get(index, ()))
        if keys[item["programIdIndex"]] in UNDERSTOOD
    ]
