"""A remembered transaction in the forms of getTransaction: json, jsonParsed, base64 and base58."""

from typing import Any

from solders.message import MessageV0

from sandbox.solana.encoding import from_base58, to_base58, to_base64
from sandbox.solana.parsing import Step, parsed, ui_amount
from sandbox.solana.records import InnerInstruction, TokenBalance, TransactionRecord


def rendered(record: TransactionRecord, encoding: str) -> dict[str, Any]:
    """The transaction and its meta, with slot and block time."""
    return {
        "slot": record.slot,
        "blockTime": record.block_time,
        "transaction": _transaction(record, encoding),
        "meta": _meta(record, encoding),
        "version": version_of(record),
    }


def version_of(record: TransactionRecord) -> int | str:
    """0, or "legacy"."""
    return 0 if isinstance(record.transaction.message, MessageV0) else "legacy"


def outer_steps(record: TransactionRecord) -> list[Step]:
    """The instructions of the message."""
    keys = record.addresses
    return [
        Step(keys[item.program_id_index], [keys[index] for index in item.accounts], bytes(item.data), 1)
        for item in record.transaction.message.instructions
    ]


def inner_steps(record: TransactionRecord, outer: int) -> list[Step]:
    """What the outer instruction with this index called."""
    return [_inner_step(record, item) for item in record.effects.inner.get(outer, [])]


def all_steps(record: TransactionRecord) -> list[Step]:
    """Every instruction in the order of execution."""
    steps = []
    for index, step in enumerate(outer_steps(record)):
        steps += [step, *inner_steps(record, index)]
    return steps


def _inner_step(record: TransactionRecord, item: InnerInstruction) -> Step:
    accounts = [record.addresses[index] for index in item.accounts]
    return Step(record.addresses[item.program_index], accounts, from_base58(item.data), item.stack_height)


def _transaction(record: TransactionRecord, encoding: str) -> Any:
    if encoding == "base64":
        return [to_base64(record.raw), "base64"]
    if encoding == "base58":
        return [to_base58(record.raw), "base58"]
    message = record.transaction.message
    body: dict[str, Any] = {"recentBlockhash": str(message.recent_blockhash)}
    if encoding == "jsonParsed":
        body["accountKeys"] = _parsed_keys(record)
        body["instructions"] = [parsed(step) for step in outer_steps(record)]
    else:
        body["accountKeys"] = record.addresses
        body["header"] = _header(record)
        body["instructions"] = [
            _compiled(item.program_id_index, list(item.accounts), to_base58(bytes(item.data)), 1)
            for item in message.instructions
        ]
    if isinstance(message, MessageV0):
        body["addressTableLookups"] = []
    return {"signatures": [str(signature) for signature in record.transaction.signatures], "message": body}


def _header(record: TransactionRecord) -> dict[str, int]:
    header = record.transaction.message.header
    return {
        "numRequiredSignatures": header.num_required_signatures,
        "numReadonlySignedAccounts": header.num_readonly_signed_accounts,
        "numReadonlyUnsignedAccounts": header.num_readonly_unsigned_accounts,
    }


def _parsed_keys(record: TransactionRecord) -> list[dict[str, Any]]:
    header, keys = record.transaction.message.header, record.addresses
    signers = header.num_required_signatures
    writable = set(range(signers - header.num_readonly_signed_accounts))
    writable |= set(range(signers, len(keys) - header.num_readonly_unsigned_accounts))
    return [
        {"pubkey": key, "signer": index < signers, "writable": index in writable, "source": "transaction"}
        for index, key in enumerate(keys)
    ]


def _compiled(program: int, accounts: list[int], data: str, height: int | None) -> dict[str, Any]:
    return {"programIdIndex": program, "accounts": accounts, "data": data, "stackHeight": height}


def _meta(record: TransactionRecord, encoding: str) -> dict[str, Any]:
    effects = record.effects
    return {
        "err": effects.error,
        "status": {"Ok": None} if effects.error is None else {"Err": effects.error},
        "fee": effects.fee,
        "preBalances": effects.pre_lamports,
        "postBalances": effects.post_lamports,
        "preTokenBalances": [_balance(balance) for balance in effects.pre_tokens],
        "postTokenBalances": [_balance(balance) for balance in effects.post_tokens],
        "innerInstructions": _inner(record, encoding),
        "logMessages": effects.logs,
        "rewards": [],
        "loadedAddresses": {"writable": [], "readonly": []},
        "computeUnitsConsumed": effects.compute_units,
    }


def _inner(record: TransactionRecord, encoding: str) -> list[dict[str, Any]]:
    if encoding == "jsonParsed":
        return [
            {"index": index, "instructions": [parsed(step) for step in inner_steps(record, index)]}
            for index in record.effects.inner
        ]
    return [
        {
            "index": index,
            "instructions": [
                _compiled(item.program_index, item.accounts, item.data, item.stack_height) for item in group
            ],
        }
        for index, group in record.effects.inner.items()
    ]


def _balance(balance: TokenBalance) -> dict[str, Any]:
    amount = ui_amount(balance.amount, balance.decimals)
    return {
        "accountIndex": balance.index,
        "mint": balance.mint,
        "owner": balance.owner,
        "programId": balance.program,
        "uiTokenAmount": amount | {"uiAmount": amount["uiAmount"] if balance.amount else None},
    }
