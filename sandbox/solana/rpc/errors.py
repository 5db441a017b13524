"""Errors of the JSON-RPC, with the codes and texts of the real nodes."""

from typing import Any

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
PREFLIGHT_FAILURE, SIGNATURE_FAILURE, UNSUPPORTED_VERSION = -32002, -32003, -32015


class RpcError(Exception):
    """A call is answered with this error."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data

    def as_json(self) -> dict[str, Any]:
        """The `error` member of the answer."""
        body: dict[str, Any] = {"code": self.code, "message": str(self)}
        return body if self.data is None else body | {"data": self.data}


def invalid(message: str) -> RpcError:
    """The parameters are wrong."""
    return RpcError(INVALID_PARAMS, message)
