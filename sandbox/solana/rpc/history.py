"""The methods about past transactions."""

import re
from typing import Any

from sandbox.solana.node import Node
from sandbox.solana.records import TransactionRecord
from sandbox.solana.rendering import rendered, version_of
from sandbox.solana.rpc.context import with_context
from sandbox.solana.rpc.errors import UNSUPPORTED_VERSION, RpcError, invalid
from sandbox.solana.rpc.params import Params, bounded, encoding_of, signature

ENCODINGS = ("json", "jsonParsed", "base58", "base64")
MOST_SIGNATURES = 1000
MOST_STATUSES = 256
MEMO = re.compile(r'Program log: Memo \(len (\d+)\): "(.*)"$')


def get_signatures_for_address(node: Node, params: Params) -> Any:
    """Transactions that mention the address itself, newest first; its token accounts do not count."""
    address, options = str(params.pubkey(0)), params.options(1)
    limit = bounded(options, "limit", MOST_SIGNATURES, MOST_SIGNATURES)
    places = {}
    for name in ("before", "until"):
        if options.get(name) is not None:
            places[name] = node.history.number_of(signature(options[name]))
            if places[name] is None and name == "before":
                return []
    found = node.history.of_address(address, limit, before=places.get("before"), after=places.get("until"))
    return [listed(record) for record in found]


def get_transaction(node: Node, params: Params) -> Any:
    """One transaction, or null."""
    options = params.options(1)
    if len(params.values) > 1 and isinstance(params.values[1], str):
        options = {"encoding": params.values[1]}  # the old form, still accepted
    wanted = signature(params.required(0, str))
    encoding = encoding_of(options, "json", ENCODINGS)
    record = node.history.find(wanted)
    if record is None:
        return None
    check_version(record, options.get("maxSupportedTransactionVersion"))
    return rendered(record, encoding)


def get_signature_statuses(node: Node, params: Params) -> Any:
    """How far each transaction is: everything that landed is final at once."""
    wanted = params.required(0, list)
    if len(wanted) > MOST_STATUSES:
        raise invalid(f"Too many inputs provided; max {MOST_STATUSES}")
    found = [node.history.find(signature(item)) for item in wanted]
    return with_context(node, [_status(record) for record in found])


def check_version(record: TransactionRecord, supported: Any) -> None:
    """Refuse a version 0 transaction to a caller that has not said it understands it."""
    version = version_of(record)
    if version != "legacy" and supported is None:
        parameter = f'"maxSupportedTransactionVersion": {version}'
        raise RpcError(
            UNSUPPORTED_VERSION,
            f"Transaction version ({version}) is not supported by the requesting client. Please try the"
            f" request again with the following configuration parameter: {parameter}",
        )


def listed(record: TransactionRecord) -> dict[str, Any]:
    """A transaction as one line of a list."""
    return {
        "signature": record.signature,
        "slot": record.slot,
        "err": record.effects.error,
        "memo": _memo(record.effects.logs),
        "blockTime": record.block_time,
        "confirmationStatus": "finalized",
    }


def _memo(logs: list[str]) -> str | None:
    """The memos of a transaction as lists show them: "[17] claim your reward"."""
    found = [match for match in map(MEMO.match, logs) if match]
    return "; ".join(f"[{match[1]}] {match[2]}" for match in found) or None


def _status(record: TransactionRecord | None) -> Any:
    if record is None:
        return None
    error = record.effects.error
    return {
        "slot": record.slot,
        "confirmations": None,
        "err": error,
        "status": {"Ok": None} if error is None else {"Err": error},
        "confirmationStatus": "finalized",
    }
