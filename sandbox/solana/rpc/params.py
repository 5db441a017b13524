"""Reading a call's parameters, with the complaints of the real nodes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from solders.pubkey import Pubkey
from solders.signature import Signature

from sandbox.solana.encoding import from_base58
from sandbox.solana.rpc.errors import invalid


@dataclass(frozen=True)
class Params:
    """The positional parameters of one call; the last may be an object of options."""

    values: Sequence[Any]

    def required(self, position: int, kind: type) -> Any:
        """The parameter at a position, of this type."""
        if position >= len(self.values):
            raise invalid(f"`params` should have at least {position + 1} argument(s)")
        value = self.values[position]
        if not isinstance(value, kind) or isinstance(value, bool):
            raise invalid(f"Invalid params: invalid type: {_name(value)}, expected {_NAMES[kind]}.")
        return value

    def pubkey(self, position: int) -> Pubkey:
        """The address at a position."""
        return pubkey(self.required(position, str))

    def options(self, position: int) -> Mapping[str, Any]:
        """The object of options at a position, empty when absent or null."""
        value = self.values[position] if position < len(self.values) else None
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise invalid(f"Invalid params: invalid type: {_name(value)}, expected struct.")
        return value


_NAMES = {str: "a string", int: "u64", list: "a sequence", dict: "a map"}


def _name(value: Any) -> str:
    if isinstance(value, str):
        return f'string "{value}"'
    if isinstance(value, bool):
        return f"boolean `{str(value).lower()}`"
    if isinstance(value, int):
        return f"integer `{value}`"
    return "sequence" if isinstance(value, list) else "map" if isinstance(value, dict) else "null"


def pubkey(text: Any) -> Pubkey:
    """An address; raises what the real nodes answer to a wrong one."""
    if not isinstance(text, str):
        raise invalid(f"Invalid params: invalid type: {_name(text)}, expected a string.")
    return Pubkey(_exact(text, 32))


def signature(text: Any) -> str:
    """A signature, checked and as text again."""
    if not isinstance(text, str):
        raise invalid(f"Invalid params: invalid type: {_name(text)}, expected a string.")
    return str(Signature(_exact(text, 64)))


def bounded(options: Mapping[str, Any], name: str, default: int, largest: int) -> int:
    """A limit among the options, between 1 and the largest."""
    value = options.get(name)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= largest:
        raise invalid(f"Invalid limit; max {largest}")
    return value


def encoding_of(options: Mapping[str, Any], default: str, allowed: Sequence[str]) -> str:
    """The encoding asked for; raises on one that the method does not know."""
    value = options.get("encoding") or default
    if value not in allowed:
        expected = ", ".join(f"`{name}`" for name in allowed)
        raise invalid(f"Invalid params: unknown variant `{value}`, expected one of {expected}.")
    return str(value)


def _exact(text: str, size: int) -> bytes:
    try:
        data = from_base58(text)
    except ValueError:
        raise invalid("Invalid param: Invalid") from None
    if len(data) != size:
        raise invalid("Invalid param: WrongSize")
    return data
