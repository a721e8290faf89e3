"""Figures as people in Viet Nam read them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from services.statistics.papers.numbers import day, month, number, per_cent, shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (999, "999"),
        (46_735, "46.735"),
        (1_234_567, "1.234.567"),
        (-2_926, "−2.926"),
        ("26.77", "26,77 %"),
        ("100", "100,00 %"),
        ("-0.5", "−0,50 %"),
        (None, "Không có số liệu"),
        (True, "Có"),
        (False, "Không"),
    ],
)
def test_values(value: int | str | None, text: str) -> None:
    assert shown(Decimal(value) if isinstance(value, str) else value) == text


def test_words_days_and_months() -> None:
    assert shown("1.001193") == "1.001193"
    assert (day("2019-07-20"), month("2019-07")) == ("20/07/2019", "07/2019")
    assert per_cent(None) == "Không có số liệu"
    assert number(Decimal("1234.5")) == "1.234,5"
