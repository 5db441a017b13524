"""Helius Enhanced Transactions: a transaction in plain terms.

https://www.helius.dev/docs/enhanced-transactions (legacy, in maintenance, still widely used)
"""

from typing import Any

from sandbox.solana.encoding import to_base58
from sandbox.solana.movements import Movement, movements
from sandbox.solana.parsing import Step
from sandbox.solana.records import TokenBalance, TransactionRecord
from sandbox.solana.rendering import inner_steps, outer_steps

SWAP_SOURCE = "SANDBOX_POOL"


def enhanced(record: TransactionRecord, pools: frozenset[str]) -> dict[str, Any]:
    """One transaction; `pools` are the addresses whose trades make it a swap."""
    found = movements(record)
    payer = record.addresses[0]
    legs = swap_legs(found, payer, pools)
    kind = kind_of(found, legs)
    return {
        "description": _description(kind, payer, found),
        "type": kind,
        "source": _source(kind, found),
        "fee": record.effects.fee,
        "feePayer": payer,
        "signature": record.signature,
        "slot": record.slot,
        "timestamp": record.block_time,
        "nativeTransfers": [_native(item) for item in found if item.native],
        "tokenTransfers": [_token(item) for item in found if not item.native],
        "accountData": _account_data(record),
        "transactionError": record.effects.error,
        "instructions": [_instruction(record, index, step) for index, step in enumerate(outer_steps(record))],
        "events": {"swap": _swap(record, payer, legs)} if legs else {},
    }


def kind_of(found: list[Movement], legs: list[tuple[Movement, Movement]]) -> str:
    """Helius's name for what happened."""
    if legs:
        return "SWAP"
    real = [item for item in found if not item.rent]
    if any(not item.sender for item in real):
        return "TOKEN_MINT"
    return "TRANSFER" if real else "UNKNOWN"


def swap_legs(found: list[Movement], payer: str, pools: frozenset[str]) -> list[tuple[Movement, Movement]]:
    """The payer's trades with pools: each a payment and the answer to it."""
    legs, paid = [], None
    for item in found:
        if item.sender == payer and item.receiver in pools:
            paid = item
        elif paid and item.receiver == payer and item.sender == paid.receiver:
            legs.append((paid, item))
            paid = None
    return legs


def _description(kind: str, payer: str, found: list[Movement]) -> str:
    if kind != "TRANSFER":
        return f"{payer}: {kind.lower().replace('_', ' ')}" if kind != "UNKNOWN" else ""
    item = next(item for item in found if not item.rent)
    unit = "SOL" if item.native else item.mint
    return f"{item.sender} transferred {item.amount / 10**item.decimals} {unit} to {item.receiver}."


def _source(kind: str, found: list[Movement]) -> str:
    if kind == "SWAP":
        return SWAP_SOURCE
    if not found:
        return "UNKNOWN"
    return "SYSTEM_PROGRAM" if all(item.native for item in found) else "SOLANA_PROGRAM_LIBRARY"


def _native(item: Movement) -> dict[str, Any]:
    return {"fromUserAccount": item.sender, "toUserAccount": item.receiver, "amount": item.amount}


def _token(item: Movement) -> dict[str, Any]:
    return {
        "fromTokenAccount": item.source,
        "toTokenAccount": item.target,
        "fromUserAccount": item.sender,
        "toUserAccount": item.receiver,
        "tokenAmount": item.amount / 10**item.decimals,
        "mint": item.mint,
        "tokenStandard": "Fungible",
    }


def _account_data(record: TransactionRecord) -> list[dict[str, Any]]:
    effects, changes = record.effects, record.token_changes()
    return [
        {
            "account": address,
            "nativeBalanceChange": effects.post_lamports[index] - effects.pre_lamports[index],
            "tokenBalanceChanges": [
                _token_change(address, *change)
                for change in ([changes[index]] if index in changes else [])
                if change[1]
            ],
        }
        for index, address in enumerate(record.addresses)
    ]


def _token_change(account: str, balance: TokenBalance, change: int) -> dict[str, Any]:
    return {
        "userAccount": balance.owner,
        "tokenAccount": account,
        "mint": balance.mint,
        "rawTokenAmount": {"tokenAmount": str(change), "decimals": balance.decimals},
    }


def _instruction(record: TransactionRecord, index: int, step: Step) -> dict[str, Any]:
    return {
        **_bare(step),
        "innerInstructions": [_bare(inner) for inner in inner_steps(record, index)],
    }


def _bare(step: Step) -> dict[str, Any]:
    return {"accounts": step.accounts, "data": to_base58(step.data), "programId": step.program}


def _swap(record: TransactionRecord, payer: str, legs: list[tuple[Movement, Movement]]) -> dict[str, Any]:
    """The swap event: what the first leg took and the last one gave, and each leg on its own."""
    kept = {record.addresses[balance.index] for balance in record.effects.post_tokens}
    paid, got = legs[0][0], legs[-1][1]
    return {
        **_side("Input", paid, payer, paid.source, native=paid.native or paid.source not in kept),
        **_side("Output", got, payer, got.target, native=got.native or got.target not in kept),
        "tokenFees": [],
        "nativeFees": [],
        "innerSwaps": [
            {
                "tokenInputs": [_token(one)],
                "tokenOutputs": [_token(two)],
                "tokenFees": [],
                "nativeFees": [],
                "programInfo": {"source": SWAP_SOURCE, "account": one.receiver},
            }
            for one, two in legs
        ],
    }


def _side(name: str, item: Movement, user: str, account: str, *, native: bool) -> dict[str, Any]:
    """One side of a swap. Wrapped SOL whose account did not outlive the transaction counts as native."""
    if native and item.decimals == 9 and (item.native or item.mint.startswith("So1111")):
        return {f"native{name}": {"account": user, "amount": str(item.amount)}, f"token{name}s": []}
    raw = {"tokenAmount": str(item.amount), "decimals": item.decimals}
    token = {"userAccount": user, "tokenAccount": account, "mint": item.mint, "rawTokenAmount": raw}
    return {f"native{name}": None, f"token{name}s": [token]}
