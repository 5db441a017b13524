"""The two addresses of Helius Enhanced Transactions: of an address, and of given signatures."""

from typing import Any

from sandbox.http import HttpError, Request, Response
from sandbox.solana.helius import enhanced
from sandbox.solana.history import History
from sandbox.solana.node import Node
from sandbox.solana.rpc.errors import RpcError
from sandbox.solana.rpc.params import pubkey, signature

MOST = 100
SCANNED = 500  # transactions read at a time while looking for a type


class HeliusApi:
    """Answers `/v0/...` with one node; any API key will do, but there must be one."""

    def __init__(self, node: Node, pools: frozenset[str]) -> None:
        self._node = node
        self._pools = pools

    def answer(self, request: Request) -> Response:
        """The answer to a request whose path begins at /v0."""
        if not request.query.get("api-key"):
            error = {"code": -32401, "message": "missing api key"}
            return Response({"jsonrpc": "2.0", "error": error}, 401)
        match (request.method, request.path.strip("/").split("/")):
            case "GET", ["v0", "addresses", address, "transactions"]:
                return Response(self._of_address(address, request))
            case "POST", ["v0", "transactions"]:
                return Response(self._of_signatures(request))
        return Response({"error": "Not Found"}, 404)

    def _of_address(self, address: str, request: Request) -> list[dict[str, Any]]:
        try:
            pubkey(address)
        except RpcError:
            raise HttpError(400, {"error": f"invalid address: {address}"}) from None
        limit = _limit(request.query.get("limit"))
        before = request.query.get("before") or request.query.get("before-signature")
        number = _number(self._node.history, before) if before else None
        wanted = {name: request.query[name] for name in ("type", "source") if name in request.query}
        return self._page(address, limit, number, wanted)

    def _page(
        self, address: str, limit: int, before: int | None, wanted: dict[str, str]
    ) -> list[dict[str, Any]]:
        """Newest first; with a wanted type, as many older ones are looked through as needed."""
        page: list[dict[str, Any]] = []
        step = SCANNED if wanted else limit
        while True:
            found = self._node.history.of_address(address, step, before=before)
            for record in found:
                item = enhanced(record, self._pools)
                if all(item[name] == value for name, value in wanted.items()):
                    page.append(item)
                if len(page) == limit:
                    return page
            if len(found) < step:
                return page
            before = found[-1].number

    def _of_signatures(self, request: Request) -> list[dict[str, Any]]:
        body = request.json()
        wanted = body.get("transactions") if isinstance(body, dict) else None
        if not isinstance(wanted, list) or not all(isinstance(item, str) for item in wanted):
            raise HttpError(400, {"error": "transactions must be a list of signatures"})
        if not 1 <= len(wanted) <= MOST:
            raise HttpError(400, {"error": f"transactions must hold 1 to {MOST} signatures"})
        found = [self._node.history.find(item) for item in wanted]
        return [enhanced(record, self._pools) for record in found if record]


def _limit(text: str | None) -> int:
    limit = MOST if text is None else int(text) if text.isdigit() else 0
    if not 1 <= limit <= MOST:
        raise HttpError(400, {"error": f"limit must be between 1 and {MOST}"})
    return limit


def _number(history: History, text: str) -> int:
    try:
        number = history.number_of(signature(text))
    except RpcError:
        number = None
    if number is None:
        raise HttpError(400, {"error": f"failed to find signature: {text}"})
    return number
