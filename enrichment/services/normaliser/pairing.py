"""Joins what a wallet paid with what it got for it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from enrichment.providers.solana.programs import SOL_MINT
from enrichment.services.normaliser.flows import Flow
from enrichment.services.normaliser.meaning import Leg


@dataclass(frozen=True, slots=True)
class Paired:
    """Legs, and the flows that belong to none."""

    legs: list[Leg]
    loose: list[Flow]


def pair(flows: Sequence[Flow], net: Mapping[str, int]) -> Paired:
    """The legs of a transaction; legs and loose flows together come to exactly `net`.

    A payment and the next receipt of another asset from the same party are a leg. What moves do not tell and
    balances do is added to the last leg with that asset, or stands alone. Of what is then left over, one
    asset out and one in are a leg too: the way of routes through several parties.
    """
    legs, loose = _by_party(flows)
    for mint, residue in _untold(flows, net).items():
        if not _absorb(legs, mint, residue):
            loose.append(Flow(mint, residue, ""))
    loose = _merged(loose)
    routed = _route(loose)
    if routed is None:
        return Paired(legs, loose)
    rest = [flow for flow in loose if flow.mint not in {routed.sold_mint, routed.bought_mint}]
    return Paired([*legs, routed], rest)


def _by_party(flows: Sequence[Flow]) -> tuple[list[Leg], list[Flow]]:
    legs: list[Leg] = []
    loose: list[Flow] = []
    paid: dict[str, Flow] = {}
    for flow in flows:
        payment = paid.get(flow.counterparty)
        if flow.amount < 0:
            if payment and payment.mint == flow.mint:
                flow = replace(flow, amount=payment.amount + flow.amount)  # noqa: PLW2901 -- one payment in parts
            elif payment:
                loose.append(payment)
            paid[flow.counterparty] = flow
        elif payment and payment.mint != flow.mint:
            legs.append(Leg(payment.mint, -payment.amount, flow.mint, flow.amount, flow.counterparty))
            del paid[flow.counterparty]
        else:
            loose.append(flow)
    return legs, [*loose, *paid.values()]


def _untold(flows: Sequence[Flow], net: Mapping[str, int]) -> dict[str, int]:
    """What the balances changed beyond the moves."""
    left: dict[str, int] = defaultdict(int, net)
    for flow in flows:
        left[flow.mint] -= flow.amount
    return {mint: amount for mint, amount in left.items() if amount}


def _absorb(legs: list[Leg], mint: str, residue: int) -> bool:
    """Correct the last leg with this asset, say by a token's transfer fee; False when there is none."""
    for index in reversed(range(len(legs))):
        leg = legs[index]
        if leg.bought_mint == mint and leg.bought_amount + residue > 0:
            legs[index] = replace(leg, bought_amount=leg.bought_amount + residue)
            return True
        if leg.sold_mint == mint and leg.sold_amount - residue > 0:
            legs[index] = replace(leg, sold_amount=leg.sold_amount - residue)
            return True
    return False


def _merged(flows: Sequence[Flow]) -> list[Flow]:
    """One flow per asset and party; what was borrowed and given back is gone."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for flow in flows:
        sums[flow.mint, flow.counterparty] += flow.amount
    return [Flow(mint, amount, party) for (mint, party), amount in sums.items() if amount]


def _route(loose: Sequence[Flow]) -> Leg | None:
    """The leg that one asset out and one in make; SOL beside another asset is a tip or a refund."""
    sums: dict[str, int] = defaultdict(int)
    for flow in loose:
        sums[flow.mint] += flow.amount
    sold = _only([mint for mint, amount in sums.items() if amount < 0])
    bought = _only([mint for mint, amount in sums.items() if amount > 0])
    if sold is None or bought is None:
        return None
    taker = next(flow.counterparty for flow in loose if flow.mint == sold)
    return Leg(sold, -sums[sold], bought, sums[bought], taker)


def _only(mints: Sequence[str]) -> str | None:
    others = [mint for mint in mints if mint != SOL_MINT] if len(mints) == 2 else mints
    return others[0] if len(others) == 1 else None
