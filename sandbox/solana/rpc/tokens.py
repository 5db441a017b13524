"""The methods about token accounts and mints."""

from typing import Any

from solders.pubkey import Pubkey

from sandbox.solana.node import Node
from sandbox.solana.parsing import ui_amount
from sandbox.solana.rpc.accounts import ENCODINGS, shown
from sandbox.solana.rpc.context import with_context
from sandbox.solana.rpc.errors import invalid
from sandbox.solana.rpc.params import Params, encoding_of, pubkey
from sandbox.solana.tokens import TOKEN_PROGRAMS, Mint

LARGEST = 20


def get_token_accounts_by_owner(node: Node, params: Params) -> Any:
    """An owner's token accounts of one mint or of one token program."""
    owner, wanted, options = params.pubkey(0), params.required(1, dict), params.options(2)
    mint, program = _filter(node, wanted)
    encoding = encoding_of(options, "base64", ENCODINGS)
    found = [
        {"pubkey": str(address), "account": shown(node, node.account(address), encoding)}
        for address, token in node.book.tokens_of(owner)
        if token.mint == mint or token.program == program
    ]
    return with_context(node, found)


def get_token_account_balance(node: Node, params: Params) -> Any:
    """What one token account holds."""
    address = params.pubkey(0)
    if node.account(address) is None:
        raise invalid("Invalid param: could not find account")
    token = node.book.token(address)
    if token is None:
        raise invalid("Invalid param: not a Token account")
    return with_context(node, ui_amount(token.amount, _mint(node, token.mint).decimals))


def get_token_supply(node: Node, params: Params) -> Any:
    """How much of a token there is."""
    mint = _mint(node, params.pubkey(0))
    return with_context(node, ui_amount(mint.supply, mint.decimals))


def get_token_largest_accounts(node: Node, params: Params) -> Any:
    """The twenty accounts that hold most of a token."""
    address = params.pubkey(0)
    decimals = _mint(node, address).decimals
    largest = node.book.holders(address)[:LARGEST]
    return with_context(
        node, [{"address": str(key), **ui_amount(token.amount, decimals)} for key, token in largest]
    )


def _mint(node: Node, address: Pubkey) -> Mint:
    if node.account(address) is None:
        raise invalid("Invalid param: could not find mint")
    mint = node.book.mint(address)
    if mint is None:
        raise invalid("Invalid param: not a Token mint")
    return mint


def _filter(node: Node, wanted: dict[str, Any]) -> tuple[Pubkey | None, Pubkey | None]:
    """The mint or the program that the second parameter names."""
    if "mint" in wanted:
        mint = pubkey(wanted["mint"])
        _mint(node, mint)
        return mint, None
    if "programId" not in wanted:
        raise invalid("Invalid params: expected `mint` or `programId`.")
    program = pubkey(wanted["programId"])
    if program not in TOKEN_PROGRAMS:
        raise invalid("Invalid param: unrecognized Token program id")
    return None, program
