"""Instructions in the form that RPC nodes call jsonParsed, for the programs that this node runs.

Names and fields follow https://github.com/anza-xyz/agave/tree/master/transaction-status/src (parse_*.rs).
"""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from solders.system_program import ID as SYSTEM_PROGRAM
from spl.memo.constants import MEMO_PROGRAM_ID
from spl.token.constants import ASSOCIATED_TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID

from sandbox.solana.encoding import to_base58

Info = dict[str, Any]
PROGRAM_NAMES = {
    str(SYSTEM_PROGRAM): "system",
    str(TOKEN_PROGRAM_ID): "spl-token",
    str(TOKEN_2022_PROGRAM_ID): "spl-token",
    str(ASSOCIATED_TOKEN_PROGRAM_ID): "spl-associated-token-account",
    str(MEMO_PROGRAM_ID): "spl-memo",
}


@dataclass(frozen=True)
class Step:
    """One instruction, outer or inner: whom it calls, with which accounts and data."""

    program: str
    accounts: list[str]
    data: bytes
    stack_height: int | None = None


def parsed(step: Step) -> dict[str, Any]:
    """The step as jsonParsed: with `parsed` when its program is known, with raw data otherwise."""
    found = understood(step)
    if found is None:
        raw = {"programId": step.program, "accounts": step.accounts, "data": to_base58(step.data)}
        return {**raw, "stackHeight": step.stack_height}
    return {
        "program": PROGRAM_NAMES[step.program],
        "programId": step.program,
        "parsed": found,
        "stackHeight": step.stack_height,
    }


def understood(step: Step) -> Any:
    """{"type", "info"} of a step (the text of a memo), or None when it is not understood."""
    name = PROGRAM_NAMES.get(step.program)
    if name == "spl-memo":
        return step.data.decode(errors="replace")
    reader = {"system": _system, "spl-token": _token, "spl-associated-token-account": _associated}.get(
        name or ""
    )
    try:
        found = reader(step.accounts, step.data) if reader else None
    except (IndexError, struct.error):
        return None
    return {"type": found[0], "info": found[1]} if found else None


def _system(accounts: Sequence[str], data: bytes) -> tuple[str, Info] | None:
    kind = struct.unpack_from("<I", data)[0]
    if kind == 0:
        lamports, space = struct.unpack_from("<QQ", data, 4)
        info = {"source": accounts[0], "newAccount": accounts[1], "lamports": lamports, "space": space}
        return "createAccount", {**info, "owner": to_base58(data[20:52])}
    if kind == 2:
        lamports = struct.unpack_from("<Q", data, 4)[0]
        return "transfer", {"source": accounts[0], "destination": accounts[1], "lamports": lamports}
    return None


def _associated(accounts: Sequence[str], data: bytes) -> tuple[str, Info]:
    names = ("source", "account", "wallet", "mint", "systemProgram", "tokenProgram")
    return "createIdempotent" if data[:1] == b"\1" else "create", dict(zip(names, accounts, strict=False))


def _amount(data: bytes) -> int:
    amount: int = struct.unpack_from("<Q", data, 1)[0]
    return amount


def _checked(data: bytes) -> Info:
    return {"tokenAmount": ui_amount(_amount(data), data[9])}


def _key(data: bytes, offset: int) -> str | None:
    """An optional key behind a one-byte tag."""
    return to_base58(data[offset + 1 : offset + 33]) if data[offset : offset + 1] == b"\1" else None


def _mint_info(data: bytes) -> Info:
    info: Info = {"decimals": data[1], "mintAuthority": to_base58(data[2:34])}
    freezer = _key(data, 34)
    return info | ({"freezeAuthority": freezer} if freezer else {})


def _authority_info(data: bytes) -> Info:
    kinds = ("mintTokens", "freezeAccount", "accountOwner", "closeAccount")
    return {"authorityType": kinds[data[1]], "newAuthority": _key(data, 2)}


TokenReader = tuple[str, tuple[str, ...], Callable[[bytes], Info]]
NOTHING: Callable[[bytes], Info] = lambda data: {}  # noqa: E731 -- a table's entry
TOKEN_INSTRUCTIONS: dict[int, TokenReader] = {
    3: ("transfer", ("source", "destination", "authority"), lambda data: {"amount": str(_amount(data))}),
    6: ("setAuthority", ("mint", "authority"), _authority_info),
    7: ("mintTo", ("mint", "account", "mintAuthority"), lambda data: {"amount": str(_amount(data))}),
    8: ("burn", ("account", "mint", "authority"), lambda data: {"amount": str(_amount(data))}),
    9: ("closeAccount", ("account", "destination", "owner"), NOTHING),
    10: ("freezeAccount", ("account", "mint", "freezeAuthority"), NOTHING),
    11: ("thawAccount", ("account", "mint", "freezeAuthority"), NOTHING),
    12: ("transferChecked", ("source", "mint", "destination", "authority"), _checked),
    14: ("mintToChecked", ("mint", "account", "mintAuthority"), _checked),
    15: ("burnChecked", ("account", "mint", "authority"), _checked),
    17: ("syncNative", ("account",), NOTHING),
    18: ("initializeAccount3", ("account", "mint"), lambda data: {"owner": to_base58(data[1:33])}),
    20: ("initializeMint2", ("mint",), _mint_info),
    21: ("getAccountDataSize", ("mint",), lambda data: {"extensionTypes": ["immutableOwner"]}),
    22: ("initializeImmutableOwner", ("account",), NOTHING),
}


def _token(accounts: Sequence[str], data: bytes) -> tuple[str, Info] | None:
    if not data or data[0] not in TOKEN_INSTRUCTIONS:
        return None
    name, roles, read = TOKEN_INSTRUCTIONS[data[0]]
    return name, dict(zip(roles, accounts, strict=False)) | read(data)


def ui_amount(amount: int, decimals: int) -> Info:
    """Base units as RPC nodes show them: exact text, and a float that is not exact."""
    return {
        "amount": str(amount),
        "decimals": decimals,
        "uiAmount": amount / 10**decimals,
        "uiAmountString": _decimal(amount, decimals),
    }


def _decimal(amount: int, decimals: int) -> str:
    whole, part = divmod(amount, 10**decimals)
    digits = str(part).zfill(decimals).rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)
