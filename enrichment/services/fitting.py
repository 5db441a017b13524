"""Figures that markets tell, as the columns can hold them."""

from decimal import ROUND_HALF_EVEN, Context, Decimal

_WIDE = Context(prec=80)
_LARGEST = Decimal(10) ** 18  # dollars or per cent; beyond, a market is telling nonsense


def fitting(value: Decimal | None, places: int) -> Decimal | None:
    """The figure to so many decimal places; None for one that is unknown, no number, or nonsense."""
    if value is None or not value.is_finite() or abs(value) >= _LARGEST:
        return None
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN, context=_WIDE)
