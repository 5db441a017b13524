"""The sandbox as one ASGI application: paths are routed by their prefix, faults are put in between."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sandbox.control import Control
from sandbox.evm.service import EvmService
from sandbox.exchange.api import ExchangeApi
from sandbox.exchange.control import ExchangeControl
from sandbox.exchange.exchange import Exchange
from sandbox.faults import FaultInjector, Faults
from sandbox.http import HttpError, Request, Response, parse_query
from sandbox.market.coingecko import CoinGecko
from sandbox.market.defillama import DefiLlama
from sandbox.market.dexscreener import DexScreener
from sandbox.market.jupiter import Jupiter
from sandbox.market.prices import Market
from sandbox.market.rugcheck import RugCheck
from sandbox.social.routes import social_routes
from sandbox.solana.chain import Chain
from sandbox.solana.helius_api import HeliusApi
from sandbox.solana.rpc.dispatch import RpcService
from sandbox.webhooks.routes import webhook_routes

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Handler = Callable[[Request], Response]

MOST_BYTES = 1_000_000  # of a request's body
HANGING = 120  # seconds an answer that "times out" is kept back
CONTROL = "/sandbox"
SLOW = "/evm"


class SandboxApp:
    """Routes requests to the outsiders that the sandbox stands in for."""

    def __init__(self, routes: Mapping[str, Handler], injector: FaultInjector) -> None:
        self._routes = routes
        self._injector = injector

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            return
        response = await self._answer(scope, receive)
        headers = {"content-type": "application/json", **response.headers}
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": response.status, "headers": raw})
        await send({"type": "http.response.body", "body": response.encoded()})

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        try:
            query = parse_query(scope["query_string"])
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            request = Request(
                scope["method"],
                scope["path"],
                query,
                await _body(receive),
                headers,
                scope["query_string"].decode("latin-1"),
            )
        except HttpError as refusal:
            return Response(refusal.body, refusal.status, refusal.headers)
        if not request.path.startswith(CONTROL):
            failure = await self._fault(request.path)
            if failure is not None:
                return failure
        if request.path.startswith(SLOW):  # computes for long: the others must not wait for it
            return await asyncio.to_thread(self._routed, request)
        return self._routed(request)

    def _routed(self, request: Request) -> Response:
        for prefix, handler in self._routes.items():
            if request.path == prefix or request.path.startswith(f"{prefix}/"):
                try:
                    return handler(replace(request, path=request.path.removeprefix(prefix)))
                except HttpError as refusal:
                    return Response(refusal.body, refusal.status, refusal.headers)
        return Response({"error": f"nothing at {request.path}", "known": list(self._routes)}, 404)

    async def _fault(self, path: str) -> Response | None:
        """Wait as long as the faults say; the failure, if this request is to fail."""
        verdict = self._injector.verdict(path)
        await asyncio.sleep(verdict.latency_ms / 1000)
        if verdict.failure == "timeout":
            await asyncio.sleep(HANGING)
            return Response({"error": "Gateway Timeout"}, 504)
        if verdict.failure == "server_error":
            return Response({"error": "Internal Server Error"}, 500)
        if verdict.failure == "rate_limited":
            return Response(_too_many(path), 429, _wait_headers(path, self._injector.faults.retry_after))
        return None


def build_app(chain: Chain, faults: Faults, folder: Path, evm: EvmService, exchange: Exchange) -> SandboxApp:
    """Every service over one chain and one exchange; what is no part of them is kept in the folder too."""
    node, directory = chain.node, chain.directory
    injector, market = FaultInjector(faults, directory.seed), Market(node, directory)
    rpc = RpcService(node, directory.faucet)
    helius = HeliusApi(node, frozenset(str(pool.address) for pool in directory.all_pools()))

    def json_rpc(request: Request) -> Response:
        if request.method != "POST":
            return Response({"error": "Used HTTP Method is not allowed. POST is required"}, 405)
        return Response(rpc.answer(request.body))

    def helius_or_rpc(request: Request) -> Response:
        return helius.answer(request) if request.path.startswith("/v0/") else json_rpc(request)

    routes: dict[str, Handler] = {
        "/solana": json_rpc,
        "/helius": helius_or_rpc,
        SLOW: evm.answer,
        "/dexscreener": DexScreener(market).answer,
        "/coingecko": CoinGecko(market).answer,
        **webhook_routes(folder),
        f"{CONTROL}/evm/accounts": evm.accounts,
        **social_routes(market),
        "/jupiter": Jupiter(market).answer,
        "/defillama": DefiLlama(market).answer,
        "/rugcheck": RugCheck(market).answer,
        "/exchange": ExchangeApi(exchange).answer,
        f"{CONTROL}/exchange": ExchangeControl(exchange).answer,
        CONTROL: Control(chain, market, injector).answer,
    }
    return SandboxApp(routes, injector)


def _too_many(path: str) -> Any:
    """What each outsider says with its 429."""
    if path.startswith("/coingecko"):
        message = "You've exceeded the Rate Limit. Please visit https://www.coingecko.com/en/api/pricing"
        return {"status": {"error_code": 429, "error_message": message}}
    if path.startswith("/dexscreener"):
        return {"error": "Too Many Requests"}
    if path.startswith(("/reddit", "/telegram", "/feeds")):
        return {"message": "Too Many Requests", "error": 429}
    if path.startswith("/x/"):
        return {
            "title": "Too Many Requests",
            "detail": "Too Many Requests",
            "type": "about:blank",
            "status": 429,
        }
    if path.startswith("/exchange"):
        return {"code": -1003, "msg": "Too many requests; current limit is 6000 request weight per 1 MINUTE."}
    return {"jsonrpc": "2.0", "error": {"code": -32429, "message": "rate limited"}, "id": None}


def _wait_headers(path: str, seconds: int) -> dict[str, str]:
    """How each outsider says when to come back: X names the moment, the others the seconds."""
    if path.startswith("/x/"):
        return {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(int(time.time()) + seconds)}
    return {"retry-after": str(seconds)}


async def _body(receive: Receive) -> bytes:
    """The whole body of a request; raises HttpError 413 beyond the limit."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_BYTES:
            raise HttpError(413, {"error": "Payload Too Large"})
        more = message.get("more_body", False)
    return b"".join(parts)
