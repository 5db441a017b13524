"""What nodes say when they refuse, in one table: geth's, anvil's and py-evm's words for the same thing."""

import re
from collections.abc import Callable
from enum import StrEnum

from jobs.errors import JobError, Permanent, RateLimited, Transient


class Fault(StrEnum):
    """Why a node refused."""

    ALREADY_KNOWN = "already known"
    NONCE_TOO_LOW = "nonce too low"
    NONCE_TOO_HIGH = "nonce too high"
    UNDERPRICED = "underpriced"
    INSUFFICIENT_FUNDS = "insufficient funds"
    OUT_OF_GAS = "out of gas"
    REVERTED = "reverted"
    INVALID = "invalid"
    BUSY = "busy"
    RATE_LIMITED = "rate limited"
    UNKNOWN = "unknown"


class NodeRefused(JobError):
    """A node refused a call; `fault` says why, `data` is what a revert gave back, in hex."""

    def __init__(self, fault: Fault, message: str, data: str = "") -> None:
        super().__init__(message)
        self.fault = fault
        self.data = data


class NodeBusy(NodeRefused, Transient):
    """The node cannot answer just now, or nobody knows what it means: later it may."""


class InsufficientFunds(NodeRefused, Transient):
    """The sender cannot pay for the transaction: money may come."""


class NonceTaken(NodeRefused, Transient):
    """The nonce was used, by this transaction or another one."""


class NonceAhead(NodeRefused, Transient):
    """The node wants the nonces before this one first."""


class AlreadyKnown(NodeRefused, Transient):
    """The node has exactly this transaction."""


class Underpriced(NodeRefused, Transient):
    """The fee is too low, for the block or to replace another transaction."""


class Reverted(NodeRefused, Permanent):
    """The contract refused."""


class OutOfGas(NodeRefused, Permanent):
    """The gas does not suffice, or is more than a block has."""


class InvalidTransaction(NodeRefused, Permanent):
    """No node will ever take this transaction."""


def _pyevm_nonce(found: re.Match[str]) -> Fault:
    expected, got = int(found[1]), int(found[2])
    return Fault.NONCE_TOO_LOW if got < expected else Fault.NONCE_TOO_HIGH


Meaning = Fault | Callable[[re.Match[str]], Fault]

# The first that is found counts. Words in lower case.
TABLE: tuple[tuple[str, Meaning], ...] = (
    # geth, erigon · anvil
    (r"already known|known transaction|transaction already imported|already in mempool", Fault.ALREADY_KNOWN),
    (r"nonce too low|nonce has already been used", Fault.NONCE_TOO_LOW),
    (r"nonce too high|nonce gap", Fault.NONCE_TOO_HIGH),
    (r"invalid transaction nonce: expected (\d+), but got (\d+)", _pyevm_nonce),  # py-evm
    (r"replacement transaction underpriced|transaction underpriced|replacement fee too low", Fault.UNDERPRICED),
    (r"max fee per gas less than block base fee|fee cap less than block base fee", Fault.UNDERPRICED),
    (r"max fee per gas \(\d+\) is\s+lower than block's base fee", Fault.UNDERPRICED),  # py-evm
    (r"insufficient funds|insufficient balance", Fault.INSUFFICIENT_FUNDS),
    (r"cannot afford txn gas|does not have enough balance", Fault.INSUFFICIENT_FUNDS),  # py-evm
    (r"intrinsic gas too low|gas required exceeds allowance|exceeds block gas limit", Fault.OUT_OF_GAS),
    (r"out of gas|outofgas|exceeds gas limit|insufficient gas|gas too high|gas floor", Fault.OUT_OF_GAS),
    (r"execution reverted|vm exception while processing|transaction reverted|\brevert\b", Fault.REVERTED),
    (r"invalid opcode|invalid jump|stack underflow|static state change|write protection", Fault.REVERTED),
    (r"max priority fee per gas higher than max fee|chain id|invalid sender|rlp:|failed to decode", Fault.INVALID),
    (r"max initcode size|max code size|oversized data|transaction type not supported", Fault.INVALID),
    (r"only replay-protected|exceeds the configured cap|invalid signature|invalid argument", Fault.INVALID),
    (r"txpool is full|header not found|missing trie node|timeout|timed out|temporar", Fault.BUSY),
    (r"rate limit|too many requests|capacity exceeded|request limit", Fault.RATE_LIMITED),
)  # fmt: skip
_CODES = {3: Fault.REVERTED, 429: Fault.RATE_LIMITED, -32005: Fault.RATE_LIMITED, -32429: Fault.RATE_LIMITED}
_CODES |= {-32600: Fault.INVALID, -32601: Fault.INVALID, -32602: Fault.INVALID, -32603: Fault.BUSY}

_CLASSES: dict[Fault, type[NodeRefused]] = {
    Fault.ALREADY_KNOWN: AlreadyKnown,
    Fault.NONCE_TOO_LOW: NonceTaken,
    Fault.NONCE_TOO_HIGH: NonceAhead,
    Fault.UNDERPRICED: Underpriced,
    Fault.INSUFFICIENT_FUNDS: InsufficientFunds,
    Fault.OUT_OF_GAS: OutOfGas,
    Fault.REVERTED: Reverted,
    Fault.INVALID: InvalidTransaction,
    Fault.BUSY: NodeBusy,
    Fault.UNKNOWN: NodeBusy,
}
_RETRY_IN = 2.0  # seconds, when a node asks to wait and does not say how long


def classify(code: int | None, message: str) -> Fault:
    """Why a node refused, by its words, then by its code."""
    text = message.lower()
    for pattern, meaning in TABLE:
        found = re.search(pattern, text)
        if found:
            return meaning if isinstance(meaning, Fault) else meaning(found)
    return _CODES.get(code or 0, Fault.UNKNOWN)


def refusal(place: str, error: dict[str, object]) -> JobError:
    """The error to raise for the `error` member of an answer."""
    code, message, data = error.get("code"), str(error.get("message", "no reason given")), error.get("data")
    fault = classify(code if isinstance(code, int) else None, message)
    if fault is Fault.RATE_LIMITED:
        return RateLimited(_RETRY_IN, f"{place} asks to wait: {message}")
    return _CLASSES[fault](fault, f"{place}: {message}", data if isinstance(data, str) else "")
