"""`/sandbox/...`: what the sandbox tells about itself, and its switches."""

from typing import Any

from sandbox.faults import BadFaultsError, FaultInjector, faults_from_json
from sandbox.http import HttpError, Request, Response
from sandbox.market.prices import Market
from sandbox.solana.chain import Chain
from sandbox.solana.seeding.wallets import Sample, samples
from sandbox.solana.seeding.world import Token


class Control:
    """Answers the paths below /sandbox; faults never touch them."""

    def __init__(self, chain: Chain, market: Market, injector: FaultInjector) -> None:
        self._chain = chain
        self._market = market
        self._injector = injector
        self._samples = {str(self._address(sample)): sample for sample in samples()}

    def answer(self, request: Request) -> Response:
        """Health, faults, sample wallets with their ledgers, tokens."""
        match (request.method, request.path.strip("/").split("/")):
            case "GET", ["health"]:
                return Response(self._health())
            case "GET", ["faults"]:
                return Response(self._injector.faults.as_json())
            case "PUT", ["faults"]:
                return self._set_faults(request)
            case "GET", ["wallets"]:
                return Response([self._wallet(address) for address in self._samples])
            case "GET", ["wallets", address]:
                return Response(self._wallet(self._known(address)))
            case "GET", ["wallets", address, "ledger"]:
                return Response(self._ledger(self._known(address)))
            case "GET", ["tokens"]:
                return Response([self._token(token) for token in self._chain.directory.tokens])
        return Response({"error": f"nothing at /sandbox{request.path}"}, 404)

    def _health(self) -> dict[str, Any]:
        node, seed = self._chain.node, self._chain.directory.seed
        return {"status": "ok", "seed": seed, "slot": node.clock.slot(), "transactions": node.history.count}

    def _set_faults(self, request: Request) -> Response:
        try:
            self._injector.faults = faults_from_json(request.json())
        except BadFaultsError as error:
            raise HttpError(400, {"error": str(error)}) from error
        return Response(self._injector.faults.as_json())

    def _address(self, sample: Sample) -> str:
        return str(self._chain.directory.key(f"wallet/{sample.name}").pubkey())

    def _known(self, address: str) -> str:
        if address not in self._samples:
            raise HttpError(404, {"error": f"{address} is no sample wallet"})
        return address

    def _wallet(self, address: str) -> dict[str, Any]:
        sample = self._samples[address]
        return {
            "address": address,
            "label": sample.label,
            "style": sample.style,
            "description": sample.description,
            "transactions": self._chain.node.history.count_of(address),
        }

    def _ledger(self, address: str) -> dict[str, Any]:
        """What the wallet meant to do; `genesis` is what it had before the first transaction."""
        entries = self._chain.node.ledger.of_wallet(address)
        return {
            **self._wallet(address),
            "genesis": self._chain.node.ledger.genesis(address),
            "entries": entries,
        }

    def _token(self, token: Token) -> dict[str, Any]:
        asset = token.asset
        mint = self._chain.node.book.mint(asset.mint)
        return {
            "mint": str(asset.mint),
            "symbol": asset.symbol,
            "name": token.name,
            "decimals": asset.decimals,
            "program": str(asset.program),
            "supply": str(mint.supply if mint else 0),
            "mint_authority": str(mint.mint_authority) if mint and mint.mint_authority else None,
            "freeze_authority": str(mint.freeze_authority) if mint and mint.freeze_authority else None,
            "usd": self._market.usd(asset),
            "pools": [
                {"name": pool.name, "address": str(pool.address)}
                for pool in self._market.pools()
                if asset.mint in (pool.base.mint, pool.quote.mint)
            ],
        }
