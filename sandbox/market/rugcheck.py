"""RugCheck's reports, worked out from the chain. https://api.rugcheck.xyz/swagger/index.html

The score is unbounded there, and so here: the sum of its risks' scores.
"""

from itertools import pairwise
from typing import Any

from solders.pubkey import Pubkey

from sandbox.http import Request, Response
from sandbox.market.history import PriceHistory
from sandbox.market.prices import Market
from sandbox.solana.pools import Asset, Pool
from sandbox.solana.tokens import Mint, TokenAccount

_DAYS = 90  # of prices that are looked at for a rug pull
_PULLED = 0.2  # of an hour's price that is left in the next one when the liquidity was pulled
_SHALLOW = 10_000  # dollars in all pools
_TOP_TEN, _SINGLE = 50.0, 20.0  # per cent of the supply
_WORST = 40_000  # the score that counts as 100 of the normalised one
_NAMES = {
    "mint": ("Mint Authority still enabled", "More tokens can be minted by the owner", 50_000),
    "freeze": ("Freeze Authority still enabled", "Tokens can be frozen and prevented from trading", 7_500),
    "ten": ("Top 10 holders high ownership", "The top 10 users hold more than 50% token supply", 5_000),
    "single": ("Single holder ownership", "One user holds a large amount of the token supply", 2_000),
    "liquidity": ("Low Liquidity", "Low amount of liquidity in the token pool", 3_000),
    "rugged": ("Rugged", "The liquidity was removed at once", 10_000),
}
_DANGERS = {"mint", "freeze", "ten", "rugged"}


class RugCheck:
    """Answers the paths below api.rugcheck.xyz."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._history = PriceHistory(market)
        self._assets = {str(token.asset.mint): token.asset for token in market.directory.tokens}

    def answer(self, request: Request) -> Response:
        """A token's report, or its summary."""
        match request.path.strip("/").split("/"):
            case ["v1", "tokens", mint, "report"]:
                return self._report(mint, whole=True)
            case ["v1", "tokens", mint, "report", "summary"]:
                return self._report(mint, whole=False)
        return Response({"error": "not found"}, 404)

    def _report(self, address: str, *, whole: bool) -> Response:
        asset = self._assets.get(address)
        mint = self._market.node.book.mint(asset.mint) if asset else None
        if asset is None or mint is None:
            return Response({"error": "unable to generate report"}, 400)
        found = self._facts(asset, mint)
        risks = [_risk(name, value) for name, value in found["risks"].items()]
        score = 1 + sum(risk["score"] for risk in risks)
        summary = {
            "tokenProgram": str(asset.program), "tokenType": "", "risks": risks, "score": score,
            "score_normalised": min(100, max(1, round(100 * score / _WORST))), "lpLockedPct": 0.0,
        }  # fmt: skip
        return Response({**summary, **found["whole"]} if whole else summary)

    def _facts(self, asset: Asset, mint: Mint) -> dict[str, Any]:
        """What speaks against the token, and what else a whole report tells."""
        market = self._market
        pools = [pool for pool in market.pools() if asset.mint in (pool.base.mint, pool.quote.mint)]
        holders = self._holders(asset.mint, mint, pools)
        shares = [holder["pct"] for holder in holders]
        depth = sum(2 * _side(market, pool, pool.quote) for pool in pools)
        rugged = self._rugged(asset)
        risks = {
            "mint": "" if mint.mint_authority else None,
            "freeze": "" if mint.freeze_authority else None,
            "ten": f"{sum(shares[:10]):.2f}%" if sum(shares[:10]) > _TOP_TEN else None,
            "single": f"{shares[0]:.2f}%" if shares and shares[0] > _SINGLE else None,
            "liquidity": f"${depth:,.2f}" if depth < _SHALLOW else None,
            "rugged": "" if rugged else None,
        }
        whole = {
            "mint": str(asset.mint), "token": _token(mint), "topHolders": holders, "rugged": rugged,
            "freezeAuthority": _text(mint.freeze_authority), "mintAuthority": _text(mint.mint_authority),
            "totalMarketLiquidity": round(depth, 2), "markets": [_market(market, pool) for pool in pools],
            "transferFee": {"pct": 0, "maxAmount": 0, "authority": str(Pubkey.default())}, "creatorTokens": None,
        }  # fmt: skip
        return {"risks": {name: told for name, told in risks.items() if told is not None}, "whole": whole}

    def _holders(self, asset: Pubkey, mint: Mint, pools: list[Pool]) -> list[dict[str, Any]]:
        """The twenty largest that are no pools."""
        own = {pool.address for pool in pools}
        accounts = [
            (key, held) for key, held in self._market.node.book.holders(asset) if held.owner not in own
        ]
        return [_holder(key, held, mint) for key, held in accounts[:20]]

    def _rugged(self, asset: Asset) -> bool:
        prices = [past.usd for past in self._history.hourly(asset, _DAYS)]
        return any(after < before * _PULLED for before, after in pairwise(prices))


def _risk(name: str, value: str) -> dict[str, Any]:
    title, description, score = _NAMES[name]
    level = "danger" if name in _DANGERS else "warn"
    return {"name": title, "value": value, "description": description, "score": score, "level": level}


def _holder(key: Pubkey, held: TokenAccount, mint: Mint) -> dict[str, Any]:
    return {
        "address": str(key), "amount": held.amount, "decimals": mint.decimals, "owner": str(held.owner),
        "pct": 100 * held.amount / mint.supply if mint.supply else 0.0, "insider": False,
        "uiAmount": held.amount / 10**mint.decimals,
    }  # fmt: skip


def _token(mint: Mint) -> dict[str, Any]:
    return {
        "mintAuthority": _text(mint.mint_authority), "supply": mint.supply, "decimals": mint.decimals,
        "isInitialized": True, "freezeAuthority": _text(mint.freeze_authority),
    }  # fmt: skip


def _market(market: Market, pool: Pool) -> dict[str, Any]:
    """A pool; its authority can empty it at any time, so nothing of it is locked."""
    sides = {"baseUSD": _side(market, pool, pool.base), "quoteUSD": _side(market, pool, pool.quote)}
    return {
        "pubkey": str(pool.address),
        "marketType": "sandbox",
        "lp": {"lpLockedPct": 0.0, "lpLockedUSD": 0.0, **sides},
    }


def _side(market: Market, pool: Pool, asset: Asset) -> float:
    """What one side of a pool is worth, in dollars."""
    return pool.reserve(market.node, asset) / float(10**asset.decimals) * market.usd(asset)


def _text(key: Pubkey | None) -> str | None:
    return str(key) if key else None
