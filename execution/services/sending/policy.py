"""What a transaction pays, and when it pays more. Pure; amounts in wei per gas."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from enrichment.providers.evm.records import Fees


@dataclass(frozen=True)
class GasPolicy:
    """`headroom` per cent of gas above the estimate; `bump` per cent more after `bump_after` seconds without a
    block, `most_bumps` times; `most_price` bounds what is paid per gas (0: no bound)."""

    headroom: int = 20
    bump: int = 15
    bump_after: float = 30.0
    most_bumps: int = 6
    most_price: int = 0

    @classmethod
    def of(cls, given: Mapping[str, Any], most_price: int | None = None) -> "GasPolicy":
        """A policy with some parameters of its own; of two bounds the lower one holds."""
        known = {field.name for field in fields(cls)}
        policy = {name: value for name, value in given.items() if name in known}
        bounds = [bound for bound in (policy.get("most_price"), most_price) if bound]
        return cls(**policy | {"most_price": min(bounds, default=0)})


@dataclass(frozen=True)
class Offer:
    """What a transaction offers (EIP-1559)."""

    max_fee: int
    tip: int


def gas_limit(estimate: int, policy: GasPolicy) -> int:
    """The gas a transaction may use."""
    return estimate if estimate == 21_000 else estimate * (100 + policy.headroom) // 100


def first_offer(fees: Fees, policy: GasPolicy) -> Offer:
    """Enough for a base fee that doubles: some six full blocks."""
    return _bounded(Offer(2 * fees.base + fees.tip, fees.tip), policy)


def next_offer(last: Offer, fees: Fees, policy: GasPolicy) -> Offer | None:
    """More than the last one, and at least what a new one would offer; None when the bound is reached.

    Nodes replace a transaction only when both fees grow by a tenth.
    """
    fresh = first_offer(fees, policy)
    raised = Offer(max(_more(last.max_fee, policy), fresh.max_fee), max(_more(last.tip, policy), fresh.tip))
    return None if policy.most_price and raised.max_fee > policy.most_price else raised


def _more(fee: int, policy: GasPolicy) -> int:
    return -(-fee * (100 + max(10, policy.bump)) // 100)  # rounded up


def _bounded(offer: Offer, policy: GasPolicy) -> Offer:
    if not policy.most_price:
        return offer
    most = min(offer.max_fee, policy.most_price)
    return Offer(most, min(offer.tip, most))
