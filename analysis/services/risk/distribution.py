"""Distribution: how much may a few holders throw on the market at once?

Pools and other programs hold for many and sell by rule; they are set apart, and shares are of what is left.
"""

from collections.abc import Collection

from analysis.services.risk.concentration import gini, hhi, share_of_largest
from analysis.services.risk.parts import Input, Part, part, unknown
from analysis.services.risk.scale import along
from enrichment.providers.solana.holders import Holders

NAME, WEIGHT = "holders", 30
_TOP = ((0.1, 0), (0.3, 35), (0.5, 65), (0.8, 100))  # share of the ten largest
_HHI = ((0.0, 0), (0.01, 10), (0.1, 50), (0.25, 100))
_GINI = ((0.3, 0), (0.9, 100))
_SHARES = (0.6, 0.25, 0.15)  # of the three in the part


def distribution_part(holders: Holders, pools: Collection[str]) -> Part:
    """The share of the ten largest counts most; HHI tells one giant from ten; Gini the slope among them.

    Among one there is no slope: who is alone stands for the steepest.
    """
    people = [one.amount for one in holders.holders if not one.is_program and one.owner not in pools]
    apart = sum(one.amount for one in holders.holders) - sum(people)
    circulating = holders.supply - apart
    if circulating <= 0 or not people:
        return unknown(NAME, WEIGHT, "The node lists no holder but pools.")
    top, index = float(share_of_largest(people, circulating)), float(hhi(people, circulating))
    slope = float(gini(people))
    figures = (along(top, _TOP), along(index, _HHI), along(slope, _GINI) if len(people) > 1 else 100.0)
    points = sum(share * figure for share, figure in zip(_SHARES, figures, strict=True))
    return part(
        NAME,
        WEIGHT,
        points,
        [
            Input("ten largest hold", f"{top:.1%}", top > 0.5),
            Input("largest holds", f"{float(share_of_largest(people, circulating, 1)):.1%}"),
            Input("Herfindahl-Hirschman index", f"{index * 10_000:,.0f} of 10,000", index > 0.25),
            Input("Gini coefficient", f"{slope:.2f}", slope > 0.9),
            Input("in pools and programs", f"{apart / holders.supply:.1%}"),
        ],
        "" if holders.complete else f"Over the {len(people)} largest holders that the node lists.",
    )
