"""Token accounts and mints as the SPL Token programs lay them out in account data.

Layout: https://github.com/solana-program/token (state.rs). Token-2022 accounts begin with the same bytes and
carry extensions after byte 165.
"""

import struct
from dataclasses import dataclass
from functools import lru_cache

from solders.account import Account
from solders.pubkey import Pubkey
from spl.token.constants import ASSOCIATED_TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID

TOKEN_PROGRAMS = (TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID)
ACCOUNT_SIZE = 165
MINT_SIZE = 82
KIND_MINT, KIND_ACCOUNT = 1, 2  # the byte at 165 of a Token-2022 account with extensions


@dataclass(frozen=True)
class TokenAccount:
    """What a token account holds, in base units."""

    mint: Pubkey
    owner: Pubkey
    amount: int
    delegate: Pubkey | None
    state: str  # "initialized" or "frozen"
    native_reserve: int | None  # rent lamports beneath wrapped SOL
    program: Pubkey


@dataclass(frozen=True)
class Mint:
    """A token's supply in base units, and who may still mint or freeze."""

    supply: int
    decimals: int
    mint_authority: Pubkey | None
    freeze_authority: Pubkey | None
    program: Pubkey


def read_token_account(account: Account) -> TokenAccount | None:
    """The token account in this account, or None when it holds something else."""
    data = account.data
    if (
        account.owner not in TOKEN_PROGRAMS
        or not _is_kind(data, ACCOUNT_SIZE, KIND_ACCOUNT)
        or data[108] == 0
    ):
        return None
    amount = int.from_bytes(data[64:72], "little")
    native = struct.unpack_from("<IQ", data, 109)
    return TokenAccount(
        mint=Pubkey(data[:32]),
        owner=Pubkey(data[32:64]),
        amount=amount,
        delegate=_optional_key(data, 72),
        state="frozen" if data[108] == 2 else "initialized",
        native_reserve=native[1] if native[0] else None,
        program=account.owner,
    )


def read_mint(account: Account) -> Mint | None:
    """The mint in this account, or None when it holds something else."""
    data = account.data
    if account.owner not in TOKEN_PROGRAMS or not _is_kind(data, MINT_SIZE, KIND_MINT) or not data[45]:
        return None
    return Mint(
        supply=int.from_bytes(data[36:44], "little"),
        decimals=data[44],
        mint_authority=_optional_key(data, 0),
        freeze_authority=_optional_key(data, 46),
        program=account.owner,
    )


def pack_mint(decimals: int, authority: Pubkey | None) -> bytes:
    """The data of an initialised mint without supply, for accounts that exist from the beginning."""
    key = bytes(authority) if authority else bytes(32)
    return struct.pack("<I32sQBBI32s", bool(authority), key, 0, decimals, 1, 0, bytes(32))


def pack_token_account(mint: Pubkey, owner: Pubkey, amount: int) -> bytes:
    """The data of a plain token account, for accounts that exist from the beginning."""
    head = struct.pack("<32s32sQ", bytes(mint), bytes(owner), amount)
    return head + bytes(36) + b"\x01" + bytes(ACCOUNT_SIZE - 109)


@lru_cache(maxsize=100_000)
def token_address(owner: Pubkey, mint: Pubkey, program: Pubkey = TOKEN_PROGRAM_ID) -> Pubkey:
    """The associated token account of an owner for a mint."""
    seeds = [bytes(owner), bytes(program), bytes(mint)]
    return Pubkey.find_program_address(seeds, ASSOCIATED_TOKEN_PROGRAM_ID)[0]


def _is_kind(data: bytes, size: int, kind: int) -> bool:
    return len(data) == size or (len(data) > ACCOUNT_SIZE and data[ACCOUNT_SIZE] == kind)


def _optional_key(data: bytes, offset: int) -> Pubkey | None:
    """A COption<Pubkey>: four bytes of tag, then the key."""
    return Pubkey(data[offset + 4 : offset + 36]) if data[offset] else None
