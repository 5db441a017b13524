"""The methods about accounts and balances."""

from typing import Any

from solders.account import Account
from solders.pubkey import Pubkey

from sandbox.solana.encoding import to_base58, to_base64
from sandbox.solana.node import Node
from sandbox.solana.parsing import ui_amount
from sandbox.solana.rpc.context import with_context
from sandbox.solana.rpc.errors import invalid
from sandbox.solana.rpc.params import Params, encoding_of, pubkey
from sandbox.solana.tokens import TokenAccount, read_mint, read_token_account

ENCODINGS = ("base58", "base64", "jsonParsed")
MOST_ACCOUNTS = 100
RENT_EPOCH = 2**64 - 1


def get_balance(node: Node, params: Params) -> Any:
    """The lamports of an address."""
    return with_context(node, node.lamports(params.pubkey(0)))


def get_account_info(node: Node, params: Params) -> Any:
    """An account, or null."""
    options = params.options(1)
    address = params.pubkey(0)
    encoding = encoding_of(options, "base58", ENCODINGS)
    return with_context(node, shown(node, node.account(address), encoding, options.get("dataSlice")))


def get_multiple_accounts(node: Node, params: Params) -> Any:
    """Up to 100 accounts, null for those that do not exist."""
    addresses = params.required(0, list)
    options = params.options(1)
    if len(addresses) > MOST_ACCOUNTS:
        raise invalid(f"Too many inputs provided; max {MOST_ACCOUNTS}")
    encoding = encoding_of(options, "base64", ENCODINGS)
    found = [node.account(pubkey(address)) for address in addresses]
    return with_context(node, [shown(node, account, encoding, options.get("dataSlice")) for account in found])


def get_minimum_balance_for_rent_exemption(node: Node, params: Params) -> Any:
    """What an account of so many bytes must hold."""
    return node.svm.minimum_balance_for_rent_exemption(params.required(0, int))


def shown(node: Node, account: Account | None, encoding: str, piece: Any = None) -> Any:
    """An account as the RPC shows it; `piece` is the dataSlice option."""
    if account is None:
        return None
    data = account.data
    body: Any = parsed_data(node, account) if encoding == "jsonParsed" else None
    if body is None:
        part = data[piece["offset"] : piece["offset"] + piece["length"]] if piece else data
        body = _encoded(part, encoding)
    return {
        "lamports": account.lamports,
        "data": body,
        "owner": str(account.owner),
        "executable": account.executable,
        "rentEpoch": RENT_EPOCH,
        "space": len(data),
    }


def parsed_data(node: Node, account: Account) -> Any:
    """A token account or a mint in words; None for any other account."""
    token = read_token_account(account)
    mint = None if token else read_mint(account)
    if token:
        kind, info = "account", _token_info(node, token)
    elif mint:
        kind = "mint"
        info = {
            "mintAuthority": _text(mint.mint_authority),
            "supply": str(mint.supply),
            "decimals": mint.decimals,
            "isInitialized": True,
            "freezeAuthority": _text(mint.freeze_authority),
        }
    else:
        return None
    program = "spl-token-2022" if str(account.owner).startswith("Tokenz") else "spl-token"
    return {"program": program, "parsed": {"type": kind, "info": info}, "space": len(account.data)}


def _token_info(node: Node, token: TokenAccount) -> dict[str, Any]:
    mint = node.book.mint(token.mint)
    decimals = mint.decimals if mint else 0
    info = {
        "isNative": token.native_reserve is not None,
        "mint": str(token.mint),
        "owner": str(token.owner),
        "state": token.state,
        "tokenAmount": ui_amount(token.amount, decimals),
    }
    if token.native_reserve is not None:
        info["rentExemptReserve"] = ui_amount(token.native_reserve, decimals)
    return info | ({"delegate": str(token.delegate)} if token.delegate else {})


def _text(key: Pubkey | None) -> str | None:
    return str(key) if key else None


def _encoded(data: bytes, encoding: str) -> Any:
    if encoding == "base58":
        if len(data) > 128:
            raise invalid(
                "Encoded binary (base 58) data should be less than 128 bytes, please use Base64 encoding."
            )
        return to_base58(data)
    return [to_base64(data), "base64"]
