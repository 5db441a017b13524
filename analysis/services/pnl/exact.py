"""Decimal arithmetic that loses nothing, and the one place where a quotient is rounded.

Sums, differences and products of decimals are always finite, so inside `exactly()` they are exact, and a
result that would have to be rounded raises `decimal.Inexact` instead. Only dividing (the share of a lot's
cost that goes with a part of it) can give a value with no finite form, such as 10 / 3. `share` rounds such
a value to `PLACES` decimal places, half to even. Callers never add rounded shares up: they keep what is
left, and hand out the difference between what was left before and what is left after. So the parts of a
whole always add up to exactly the whole, and no rounding error grows from part to part.
"""

from contextlib import AbstractContextManager
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, Inexact, InvalidOperation, localcontext

ZERO = Decimal(0)
PLACES = 50
_QUANTUM = Decimal(1).scaleb(-PLACES)
_FAULTS = [InvalidOperation, DivisionByZero]
_EXACT = Context(prec=10_000, traps=[*_FAULTS, Inexact])
# 200 digits tell any two unit costs apart whose numbers have up to 60 digits each (see csv_file.MAX_DIGITS).
_GUARD = Context(prec=200, rounding=ROUND_HALF_EVEN, traps=_FAULTS)


def exactly() -> AbstractContextManager[Context]:
    """The context in which the operators of Decimal are exact, or raise `decimal.Inexact`."""
    return localcontext(_EXACT)


def quotient(dividend: Decimal, divisor: Decimal) -> Decimal:
    """The quotient to 200 significant digits: for comparing, and for values that are rounded later."""
    return _GUARD.divide(dividend, divisor)


def rounded(value: Decimal) -> Decimal:
    """The value itself if it has at most `PLACES` decimal places, else rounded to them, half to even."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -PLACES:
        return value
    return value.quantize(_QUANTUM, context=_GUARD)


def share(whole: Decimal, part: Decimal, parts: Decimal) -> Decimal:
    """What `part` out of `parts` is of `whole`; exact if it has a form with at most `PLACES` places."""
    if not part:
        return ZERO
    if part == parts:
        return whole
    return rounded(quotient(whole * part, parts))


def plain(value: Decimal) -> str:
    """All digits of the value, without exponent or trailing zeros: `Decimal("1.50E+3")` is "1500"."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
