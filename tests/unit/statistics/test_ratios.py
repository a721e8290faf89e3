"""Ratios: of sums, exact, rounded once, and nothing of nothing."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.statistics.reports.ratios import missing, percent, reaches, rounded


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(1, 3, "33.33"), (2, 3, "66.67"), (1, 8, "12.50"), (1, 20000, "0.01"), (0, 5, "0.00"), (0, 0, None)],
)
def test_percentages_are_rounded_half_up_to_two_decimals(part: int, whole: int, said: str | None) -> None:
    assert percent(part, whole) == said


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**9))
def test_rounding_is_that_of_decimal_arithmetic(part: int, whole: int) -> None:
    exact = Decimal(part) / Decimal(whole)
    if Fraction(part, whole) == Fraction(exact):  # else the division itself was rounded
        assert Decimal(rounded(Fraction(part, whole))) == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert abs(Fraction(rounded(Fraction(part, whole))) - Fraction(part, whole)) <= Fraction(1, 200)


def test_a_target_is_compared_exactly() -> None:
    assert reaches(1, 2, "50") is True
    assert reaches(49_999, 100_000, "50") is False, "50.00 when rounded"
    assert percent(49_999, 100_000) == "50.00"
    assert reaches(0, 0, "50") is None


@given(part=st.integers(0, 300), more=st.integers(0, 300), target=st.integers(0, 99))
def test_what_is_missing_is_the_least_that_reaches_the_target(part: int, more: int, target: int) -> None:
    whole = part + more
    needed = missing(part, whole, str(target))
    if whole == 0:
        assert needed is None
        return
    assert needed is not None
    assert reaches(part + needed, whole + needed, str(target))
    assert needed == 0 or not reaches(part + needed - 1, whole + needed - 1, str(target))


def test_all_of_all_cannot_be_made_good() -> None:
    assert missing(9, 10, "100") is None
    assert missing(10, 10, "100") == 0
