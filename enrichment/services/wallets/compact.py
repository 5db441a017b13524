"""A raw transaction in few bytes, for keeping: what was read from it can be read again."""

import json
import zlib
from base64 import b64decode, b64encode

from enrichment.providers.solana.records import Holding, Instruction, RawTransaction, TokenChange


def pack(transaction: RawTransaction) -> bytes:
    """The transaction as compressed JSON."""
    plain = {
        "signature": transaction.signature,
        "slot": transaction.slot,
        "time": transaction.time,
        "fee": transaction.fee,
        "fee_payer": transaction.fee_payer,
        "failed": transaction.failed,
        "lamports": transaction.lamports,
        "tokens": [[one.account, one.owner, one.mint, one.change] for one in transaction.tokens],
        "holdings": {account: [one.owner, one.mint] for account, one in transaction.holdings.items()},
        "instructions": [
            [one.program, one.accounts, b64encode(one.data).decode()] for one in transaction.instructions
        ],
    }
    return zlib.compress(json.dumps(plain, separators=(",", ":")).encode())


def unpack(data: bytes | memoryview) -> RawTransaction:
    """The opposite of `pack`."""
    plain = json.loads(zlib.decompress(data))
    plain["tokens"] = tuple(TokenChange(*one) for one in plain["tokens"])
    plain["holdings"] = {account: Holding(*one) for account, one in plain["holdings"].items()}
    plain["instructions"] = tuple(
        Instruction(program, tuple(accounts), b64decode(data))
        for program, accounts, data in plain["instructions"]
    )
    return RawTransaction(**plain)
