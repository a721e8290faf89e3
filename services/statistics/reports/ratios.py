"""Ratios of sums as people read them: in per cent with two decimals, and nothing where there is nothing."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil

_CENT = Decimal("0.01")


def percent(part: int | Fraction, whole: int) -> str | None:
    """Return `part` of `whole` in per cent, rounded half up to two decimals; None of nothing."""
    return None if whole == 0 else rounded(Fraction(part) * 100 / whole)


def rounded(value: Fraction) -> str:
    """Return a number with two decimals, rounded half up, as text."""
    hundredths = value * 100
    whole, rest = divmod(abs(hundredths.numerator), hundredths.denominator)
    whole += 2 * rest >= hundredths.denominator
    sign = -1 if value < 0 else 1
    return str((Decimal(sign * whole) / 100).quantize(_CENT, ROUND_HALF_UP))


def missing(part: int, whole: int, target: str) -> int | None:
    """Return how many more, all of them counting, `part` of `whole` needs to be so many per cent.

    0 when it is; None of nothing, and where all of them would have to count and some do not.
    """
    if whole == 0:
        return None
    wanted = Fraction(target)
    lacking = wanted * whole - 100 * part
    if lacking <= 0:
        return 0
    return None if wanted == 100 else ceil(lacking / (100 - wanted))  # noqa: PLR2004 - per cent


def reaches(part: int | Fraction, whole: int, target: str) -> bool | None:
    """Tell whether `part` of `whole` is at least so many per cent, exactly; None of nothing."""
    return None if whole == 0 else Fraction(part) * 100 >= Fraction(target) * whole
