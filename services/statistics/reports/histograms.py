"""Medians and the like of working minutes, exactly, from how often each number of minutes occurs."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

MEDIAN, MOST = Fraction(1, 2), Fraction(9, 10)


def quantile(counts: Counter[int], share: Fraction) -> int | None:
    """Return the smallest value that at least this share of all values does not exceed; None of nothing."""
    wanted = share * counts.total()
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= wanted:
            return value
    return None
