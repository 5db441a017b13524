"""Parameters of calls, read or refused in geth's words."""

from typing import Any

from sandbox.evm.errors import INVALID_PARAMS, RpcError

_TAGS = ("latest", "safe", "finalized", "pending")


class Params:
    """The positional parameters of one call."""

    def __init__(self, values: list[Any]) -> None:
        self._values = values

    def get(self, at: int, default: Any = None) -> Any:
        """A parameter as it came."""
        return self._values[at] if len(self._values) > at and self._values[at] is not None else default

    def data(self, at: int, length: int | None = None) -> bytes:
        """Bytes in hex, of a certain length."""
        value = as_bytes(self.get(at), f"argument {at}")
        if length is not None and len(value) != length:
            raise _invalid(f"argument {at}: hex string has length {2 * len(value)}, want {2 * length}")
        return value

    def block(self, at: int) -> int | None:
        """A block's number; None for the newest."""
        value = self.get(at, "latest")
        if value in _TAGS:
            return None
        return 0 if value == "earliest" else as_int(value, f"argument {at}")

    def is_pending(self, at: int) -> bool:
        """Whether the pool is to be counted."""
        return bool(self.get(at, "latest") == "pending")

    def request(self, at: int) -> dict[str, Any]:
        """The object of eth_call and eth_estimateGas."""
        given = self.get(at)
        if not isinstance(given, dict):
            raise _invalid(f"argument {at}: want an object")
        return {
            "from": as_bytes(given.get("from", "0x" + "00" * 20), "from"),
            "to": as_bytes(given.get("to") or "0x", "to"),
            "value": as_int(given.get("value", "0x0"), "value"),
            "data": as_bytes(given.get("input") or given.get("data") or "0x", "input"),
            "gas": as_int(given.get("gas", "0x0"), "gas"),
        }


def as_int(value: Any, name: str) -> int:
    """A quantity in hex."""
    try:
        return int(value, 16)
    except (TypeError, ValueError):
        raise _invalid(f"{name}: cannot unmarshal {value!r} into a quantity") from None


def as_bytes(value: Any, name: str) -> bytes:
    """Bytes in hex."""
    if not isinstance(value, str) or not value.startswith("0x"):
        raise _invalid(f"{name}: hex string without 0x prefix")
    try:
        return bytes.fromhex(value[2:])
    except ValueError:
        raise _invalid(f"{name}: invalid hex string") from None


def _invalid(message: str) -> RpcError:
    return RpcError(INVALID_PARAMS, f"invalid {message}")
