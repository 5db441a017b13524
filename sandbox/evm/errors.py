"""Errors as geth's JSON-RPC tells them: code, text, and the revert's data."""

from typing import Any

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
REFUSED = -32000  # geth's code for whatever the transaction pool refuses
REVERTED = 3


class RpcError(Exception):
    """A call that fails with this code and text."""

    def __init__(self, code: int, message: str, data: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data

    def as_json(self) -> dict[str, Any]:
        """The `error` member of the answer."""
        told: dict[str, Any] = {"code": self.code, "message": self.message}
        return told if self.data is None else told | {"data": self.data}


def refused(message: str) -> RpcError:
    """What the pool says to a transaction that it does not take."""
    return RpcError(REFUSED, message)
