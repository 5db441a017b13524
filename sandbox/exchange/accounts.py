"""The exchange's accounts: their keys follow from the seed, so that a restart needs no storing of them."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True)
class Sample:
    """An account to try: what it starts with, and how it trades in a word and in a sentence."""

    name: str
    label: str
    style: str
    description: str
    deposits: tuple[tuple[str, str], ...]
    revoked: bool = False


SAMPLES = (
    Sample(
        "swing", "Swing trader", "swing", "Buys and sells five coins over days, mostly with limit orders.",
        (("USDT", "60000"), ("BTC", "0.8"), ("ETH", "6")),
    ),
    Sample(
        "grid", "Grid bot", "grid", "A robot with hundreds of small orders around the price of BTC and SOL.",
        (("USDT", "150000"), ("BTC", "2"), ("SOL", "400")),
    ),
    Sample("newcomer", "Newcomer", "newcomer", "A dozen market orders, and no plan.", (("USDT", "2500"),)),
    Sample("empty", "Fresh account", "empty", "A deposit, and no order yet.", (("USDT", "10000"),)),
    Sample("revoked", "Revoked key", "revoked", "A key that its owner took back.", (), revoked=True),
)  # fmt: skip


@dataclass(frozen=True)
class Keys:
    """An account's API key and its secret."""

    account: str
    key: str
    secret: str
    revoked: bool


def keys_of(seed: int, sample: Sample) -> Keys:
    """The keys of a sample account."""
    key, secret = (_text(f"{seed}:exchange:{sample.name}:{part}") for part in ("key", "secret"))
    return Keys(sample.name, key, secret, sample.revoked)


def deposits_of(sample: Sample) -> list[tuple[str, Decimal]]:
    """(asset, amount) of what a sample account starts with."""
    return [(asset, Decimal(amount)) for asset, amount in sample.deposits]


def _text(name: str) -> str:
    """64 letters and digits, as Binance's keys have."""
    digest = hashlib.shake_256(name.encode()).digest(64)
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest)
