"""What the instructions of the system, token and associated-token programs do.

Layouts: https://docs.rs/solana-system-interface, https://docs.rs/spl-token-interface,
https://docs.rs/spl-token-2022-interface, https://docs.rs/spl-associated-token-account-interface
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from solders.pubkey import Pubkey

from enrichment.providers.solana.programs import ASSOCIATED_TOKEN, SYSTEM, TOKEN_PROGRAMS
from enrichment.providers.solana.records import Instruction, RawTransaction


@dataclass(frozen=True, slots=True)
class NativeMove:
    """Lamports from one account to another; `creates` when that makes the other one."""

    source: str
    target: str
    lamports: int
    creates: bool = False


@dataclass(frozen=True, slots=True)
class TokenMove:
    """Base units from one token account to another; "" where they are minted or burnt, by `authority`."""

    source: str
    target: str
    amount: int
    authority: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A token account came to be."""

    account: str
    owner: str
    mint: str


@dataclass(frozen=True, slots=True)
class Closed:
    """A token account ended; all its lamports went to `target`."""

    account: str
    target: str
    owner: str


Act = NativeMove | TokenMove | Opened | Closed


def acts_of(transaction: RawTransaction) -> list[Act]:
    """Everything that is understood, in the order of execution; nothing of a failed transaction."""
    if transaction.failed:
        return []
    found = (_decode(instruction) for instruction in transaction.instructions)
    return [act for act in found if act is not None]


def accounts_of(transaction: RawTransaction, owner: str) -> Iterator[str]:
    """The owner's token accounts that held something, or ended, in this transaction."""
    yield from (change.account for change in transaction.tokens if change.owner == owner)
    opened = set()
    for act in acts_of(transaction):
        match act:
            case Opened():
                opened.add(act.account)
            case Closed() if act.owner == owner and act.account not in opened:
                yield act.account


def _decode(instruction: Instruction) -> Act | None:
    try:
        if instruction.program == SYSTEM:
            return _system(instruction)
        if instruction.program in TOKEN_PROGRAMS:
            return _token(instruction)
        if instruction.program == ASSOCIATED_TOKEN and instruction.data[:1] in {b"", b"\0", b"\1"}:
            _, account, owner, mint = instruction.accounts[:4]
            return Opened(account, owner, mint)
    except (IndexError, ValueError):
        return None  # no valid instruction: the program refused it too, or it has a layout of the future
    return None


def _system(instruction: Instruction) -> Act | None:
    data, accounts = instruction.data, instruction.accounts
    match int.from_bytes(data[:4], "little"):
        case 0:
            return NativeMove(accounts[0], accounts[1], _u64(data, 4), creates=True)
        case 2:
            return NativeMove(accounts[0], accounts[1], _u64(data, 4))
        case 3:  # the seed's length and text come first
            return NativeMove(accounts[0], accounts[1], _u64(data, 44 + _u64(data, 36)), creates=True)
        case 11:
            return NativeMove(accounts[0], accounts[2], _u64(data, 4))
    return None


def _token(instruction: Instruction) -> Act | None:
    layout = _TOKEN_LAYOUTS.get(instruction.data[0])
    return layout(instruction.accounts, instruction.data) if layout else None


_Accounts = tuple[str, ...]


def _initialised(accounts: _Accounts, data: bytes) -> Act:
    owner = accounts[2] if data[0] == 1 else str(Pubkey.from_bytes(data[1:33]))
    return Opened(accounts[0], owner, accounts[1])


def _with_fee(accounts: _Accounts, data: bytes) -> Act | None:
    """Of the transfer fee extension, only its transfer: amount, decimals, fee; the fee stays withheld."""
    if data[1] != 1:
        return None
    return TokenMove(accounts[0], accounts[2], _u64(data, 2), accounts[3])


_TOKEN_LAYOUTS: dict[int, Callable[[_Accounts, bytes], Act | None]] = {
    1: _initialised,
    3: lambda accounts, data: TokenMove(accounts[0], accounts[1], _u64(data, 1), accounts[2]),
    7: lambda accounts, data: TokenMove("", accounts[1], _u64(data, 1), accounts[2]),
    8: lambda accounts, data: TokenMove(accounts[0], "", _u64(data, 1), accounts[2]),
    9: lambda accounts, _: Closed(accounts[0], accounts[1], accounts[2]),
    12: lambda accounts, data: TokenMove(accounts[0], accounts[2], _u64(data, 1), accounts[3]),
    14: lambda accounts, data: TokenMove("", accounts[1], _u64(data, 1), accounts[2]),
    15: lambda accounts, data: TokenMove(accounts[0], "", _u64(data, 1), accounts[2]),
    16: _initialised,
    18: _initialised,
    26: _with_fee,
}


def _u64(data: bytes, start: int) -> int:
    part = data[start : start + 8]
    if len(part) != 8:
        raise ValueError("the instruction is too short")
    return int.from_bytes(part, "little")
