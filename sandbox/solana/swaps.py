"""Instructions of a swap: the trader pays the pool, the pool pays the trader, in one transaction."""

from collections.abc import Iterable, Sequence

from solders.instruction import Instruction
from solders.pubkey import Pubkey
from solders.system_program import TransferParams, transfer
from spl.token.constants import TOKEN_PROGRAM_ID, WRAPPED_SOL_MINT
from spl.token.instructions import (
    close_account,
    create_idempotent_associated_token_account,
    sync_native,
    transfer_checked,
)
from spl.token.models import CloseAccountParams, SyncNativeParams, TransferCheckedParams

from sandbox.solana.pools import WRAPPED_SOL, Asset, Leg
from sandbox.solana.tokens import token_address


def move(asset: Asset, source: Pubkey, target: Pubkey, amount: int) -> Instruction:
    """Send an asset from one owner's account to another's."""
    if asset.native:
        return transfer(TransferParams(from_pubkey=source, to_pubkey=target, lamports=amount))
    return transfer_checked(
        TransferCheckedParams(
            program_id=asset.program,
            source=asset.vault_of(source),
            mint=asset.mint,
            dest=asset.vault_of(target),
            owner=source,
            amount=amount,
            decimals=asset.decimals,
            signers=[],
        )
    )


def open_account(payer: Pubkey, owner: Pubkey, asset: Asset) -> Instruction:
    """Create an owner's account for an asset unless it exists."""
    return create_idempotent_associated_token_account(payer, owner, asset.mint, asset.program)


def swap_instructions(trader: Pubkey, legs: Iterable[Leg]) -> list[Instruction]:
    """Both moves of every leg, in order."""
    return [
        instruction
        for leg in legs
        for instruction in (
            move(leg.paying, trader, leg.pool.address, leg.amount_in),
            move(leg.receiving, leg.pool.address, trader, leg.amount_out),
        )
    ]


def wrap(trader: Pubkey, lamports: int) -> list[Instruction]:
    """Turn SOL into wrapped SOL; with 0 only make sure that there is an account for it."""
    account = token_address(trader, WRAPPED_SOL_MINT)
    opening = [open_account(trader, trader, WRAPPED_SOL)]
    if not lamports:
        return opening
    return [
        *opening,
        transfer(TransferParams(from_pubkey=trader, to_pubkey=account, lamports=lamports)),
        sync_native(SyncNativeParams(program_id=TOKEN_PROGRAM_ID, account=account)),
    ]


def unwrap(trader: Pubkey) -> Instruction:
    """Turn all wrapped SOL, and the rent beneath it, back into SOL."""
    account = token_address(trader, WRAPPED_SOL_MINT)
    return close_account(
        CloseAccountParams(
            program_id=TOKEN_PROGRAM_ID, account=account, dest=trader, owner=trader, signers=[]
        )
    )


def wrapping_needed(legs: Sequence[Leg]) -> int | None:
    """How much SOL the legs need wrapped beforehand; None when no leg touches wrapped SOL."""
    held = lowest = 0
    touched = False
    for leg in legs:
        for asset, change in ((leg.paying, -leg.amount_in), (leg.receiving, leg.amount_out)):
            if asset is WRAPPED_SOL:
                touched = True
                held += change
                lowest = min(lowest, held)
    return -lowest if touched else None
