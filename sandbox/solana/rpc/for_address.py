"""getTransactionsForAddress, as Helius offers it: full transactions, token accounts included if wanted.

https://www.helius.dev/docs/rpc/gettransactionsforaddress
"""

from collections.abc import Mapping
from typing import Any

from sandbox.solana.history import Bounds, Strength
from sandbox.solana.node import Node
from sandbox.solana.records import TransactionRecord
from sandbox.solana.rendering import rendered
from sandbox.solana.rpc.errors import invalid
from sandbox.solana.rpc.history import ENCODINGS, check_version, listed
from sandbox.solana.rpc.params import Params, bounded, encoding_of, signature

MOST = 1000
STRENGTHS = {
    "none": Strength.MENTIONED,
    "balanceChanged": Strength.TOKEN_BALANCE,
    "all": Strength.TOKEN_ACCOUNT,
}
COMPARISONS = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<", "eq": "="}
COLUMNS = {"slot": "slot", "blockTime": "block_time"}
STATUSES = {"any": None, "succeeded": False, "failed": True}


def get_transactions_for_address(node: Node, params: Params) -> Any:
    """One page of an address's transactions and the token of the next page, null on the last."""
    address, options = str(params.pubkey(0)), params.options(1)
    details = options.get("transactionDetails") or "signatures"
    if details not in ("signatures", "full"):
        raise invalid(f"Invalid params: unknown variant `{details}`, expected `signatures` or `full`.")
    limit = bounded(options, "limit", MOST, MOST)
    filters = options.get("filters") or {}
    ascending = _choice(options, "sortOrder", {"asc": True, "desc": False}, "desc")
    found = node.history.of_address(
        address,
        limit + 1,
        strength=_choice(filters, "tokenAccounts", STRENGTHS, "none"),
        ascending=ascending,
        bounds=_bounds(filters),
        **_range(node, options, filters, ascending=ascending),
    )
    page = found[:limit]
    encoding = encoding_of(options, "json", ENCODINGS)
    supported = options.get("maxSupportedTransactionVersion")
    data = [_full(record, encoding, supported) if details == "full" else _brief(record) for record in page]
    return {"data": data, "paginationToken": _token(page[-1]) if len(found) > limit else None}


def _full(record: TransactionRecord, encoding: str, supported: Any) -> dict[str, Any]:
    check_version(record, supported)
    return {"transactionIndex": record.position, **rendered(record, encoding)}


def _brief(record: TransactionRecord) -> dict[str, Any]:
    return {**listed(record), "transactionIndex": record.position}


def _token(record: TransactionRecord) -> str:
    return f"{record.slot}:{record.position}"


def _choice(options: Mapping[str, Any], name: str, known: Mapping[str, Any], default: str) -> Any:
    value = options.get(name) or default
    if value not in known:
        expected = ", ".join(f"`{choice}`" for choice in known)
        raise invalid(f"Invalid params: unknown variant `{value}`, expected one of {expected}.")
    return known[value]


def _bounds(filters: Mapping[str, Any]) -> Bounds:
    conditions = []
    for name, column in COLUMNS.items():
        for comparison, value in (filters.get(name) or {}).items():
            if comparison not in COMPARISONS or not isinstance(value, int):
                raise invalid(f"Invalid params: {name} filter takes integers by {', '.join(COMPARISONS)}.")
            conditions.append((column, COMPARISONS[comparison], value))
    return Bounds(tuple(conditions), _choice(filters, "status", STATUSES, "any"))


def _range(
    node: Node, options: Mapping[str, Any], filters: Mapping[str, Any], *, ascending: bool
) -> dict[str, int | None]:
    """Between which transactions the page lies: by the signature filter and the page token."""
    lower, upper = [], []
    for comparison, text in (filters.get("signature") or {}).items():
        number = node.history.number_of(signature(text))
        if comparison not in COMPARISONS or number is None:
            raise invalid("Invalid params: signature filter takes known signatures by gte, gt, lte, lt.")
        if comparison.startswith("g"):
            lower.append(number - (comparison == "gte"))
        else:
            upper.append(number + (comparison == "lte"))
    token = options.get("paginationToken")
    if token is not None:
        (lower if ascending else upper).append(_place(node, token))
    return {"after": max(lower, default=None), "before": min(upper, default=None)}


def _place(node: Node, token: Any) -> int:
    slot, colon, position = str(token).partition(":")
    number = (
        node.history.number_at(int(slot), int(position))
        if colon and slot.isdigit() and position.isdigit()
        else None
    )
    if number is None:
        raise invalid("Invalid params: invalid paginationToken.")
    return number
