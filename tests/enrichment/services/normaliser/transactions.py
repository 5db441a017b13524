"""Hand-made transactions: an account by its letter, amounts as written."""

from collections.abc import Sequence

from enrichment.providers.solana.programs import ASSOCIATED_TOKEN, SOL_MINT, SYSTEM, TOKEN
from enrichment.providers.solana.records import Holding, Instruction, RawTransaction, TokenChange

RENT = 2_039_280


def transfer(source: str, target: str, lamports: int) -> Instruction:
    """Lamports by the system program."""
    return Instruction(SYSTEM, (source, target), _u32(2) + _u64(lamports))


def create(payer: str, account: str, lamports: int = RENT) -> Instruction:
    """A new account with these lamports."""
    return Instruction(SYSTEM, (payer, account), _u32(0) + _u64(lamports) + bytes(40))


def open_account(payer: str, account: str, owner: str, mint: str) -> list[Instruction]:
    """A new associated token account, with the inner instruction that pays for it."""
    return [Instruction(ASSOCIATED_TOKEN, (payer, account, owner, mint), b"\1"), create(payer, account)]


def close(account: str, target: str, owner: str) -> Instruction:
    """The end of a token account."""
    return Instruction(TOKEN, (account, target, owner), b"\x09")


def send(source: str, target: str, amount: int, authority: str = "?") -> Instruction:
    """Tokens by transferChecked."""
    return Instruction(TOKEN, (source, "mint", target, authority), b"\x0c" + _u64(amount) + b"\6")


def mint_to(account: str, amount: int, authority: str) -> Instruction:
    """New tokens."""
    return Instruction(TOKEN, ("mint", account, authority), b"\7" + _u64(amount))


def made(
    instructions: Sequence[Instruction] = (),
    *,
    lamports: dict[str, int] | None = None,
    tokens: dict[str, int] | None = None,
    accounts: dict[str, tuple[str, str]] | None = None,
    payer: str = "wallet",
    fee: int = 5000,
    failed: bool = False,
) -> RawTransaction:
    """A transaction; `accounts` are token accounts as (owner, mint), `tokens` their changes."""
    holdings = {account: Holding(*holding) for account, holding in (accounts or {}).items()}
    changes = tuple(
        TokenChange(account, holdings[account].owner, holdings[account].mint, change)
        for account, change in (tokens or {}).items()
    )
    return RawTransaction(
        "signature", 1, 0, fee, payer, failed, lamports or {}, changes, holdings, tuple(instructions)
    )


SOL_ACCOUNTS = {"wallet-sol": ("wallet", SOL_MINT), "pool-sol": ("pool", SOL_MINT)}
ACCOUNTS = {
    "wallet-a": ("wallet", "A"),
    "pool-a": ("pool", "A"),
    "wallet-b": ("wallet", "B"),
    "pool-b": ("pool", "B"),
    "friend-a": ("friend", "A"),
}


def _u32(number: int) -> bytes:
    return number.to_bytes(4, "little")


def _u64(number: int) -> bytes:
    return number.to_bytes(8, "little")
