"""Liquidity: can what was bought be sold again?"""

from dataclasses import dataclass
from decimal import Decimal

from analysis.services.risk.parts import Input, Part, part, unknown
from analysis.services.risk.scale import along, along_magnitude

NAME, WEIGHT = "liquidity", 30
_DEPTH = ((1_000, 100), (10_000, 75), (100_000, 40), (1_000_000, 10), (10_000_000, 0))  # dollars in pools
_BACKING = ((0.0, 40), (0.01, 25), (0.05, 10), (0.2, 0))  # liquidity per market value: points that it adds
_TURNOVER = ((0.0, 10), (0.01, 0))  # volume of a day per liquidity: points that a dead market adds


@dataclass(frozen=True)
class LiquidityFacts:
    """Dollars; None where the market does not tell."""

    liquidity: Decimal | None
    volume_24h: Decimal | None
    market_cap: Decimal | None


def liquidity_part(facts: LiquidityFacts) -> Part:
    """Shallow pools, pools that are small beside what the coin is said to be worth, and no trade are risks."""
    if facts.liquidity is None:
        return unknown(NAME, WEIGHT, "No market tells how deep its pools are.")
    depth = float(facts.liquidity)
    points = along_magnitude(depth, _DEPTH)
    inputs = [Input("in the pools", f"${facts.liquidity:,.0f}", depth < 10_000)]
    if facts.market_cap:
        backing = depth / float(facts.market_cap)
        points += along(backing, _BACKING)
        inputs.append(Input("share of the market value", f"{backing:.1%}", backing < 0.01))
    if facts.volume_24h is not None and depth:
        turnover = float(facts.volume_24h) / depth
        points += along(turnover, _TURNOVER)
        inputs.append(Input("traded in 24 hours", f"${facts.volume_24h:,.0f}", turnover < 0.001))
    return part(NAME, WEIGHT, points, inputs)
