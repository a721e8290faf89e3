"""Periods as people say them: months, quarters, half-years, years."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.statistics.papers.labels import period
from services.statistics.papers.numbers import part_of_year
from services.statistics.reports.periods import PARTS, label, parts, spelled, unit_in
from shared.errors import RefusedError

LATER = datetime(2100, 1, 1, tzinfo=UTC)
days = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        ("2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("2023-H1", date(2023, 1, 1), date(2023, 6, 30)),
        ("2023-H2", date(2023, 7, 1), date(2023, 12, 31)),
        ("2023-Q4", date(2023, 10, 1), date(2023, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_a_period_is_its_days(word: str, first: date, last: date) -> None:
    assert spelled(word) == (first, last)


@pytest.mark.parametrize(
    "word", ["", "23", "2023-Q5", "2023-H0", "2023-13", "2023-1", "2023-q4", "0001", "9999", "quý 4"]
)
def test_other_words_are_refused(word: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        spelled(word)
    assert refusal.value.problem.code == "period-unknown"


@given(first=days, length=st.integers(0, 1500), unit=st.sampled_from(sorted(PARTS)))
def test_parts_cover_every_day_once_and_lie_in_one_part_of_the_calendar(
    first: date, length: int, unit: str
) -> None:
    last = first + timedelta(days=length)
    found = parts(first, last, LATER, unit)
    assert [one.label for one in found] == sorted(
        {label(first + timedelta(days=n), unit) for n in range(length + 1)}
    )
    assert all(before.cut_at == after.start_at for before, after in itertools.pairwise(found))
    assert found[-1].cut_at - found[0].start_at == timedelta(days=length + 1)
    for one in found[1:-1]:
        begin, end = spelled(one.label)
        assert one.cut_at - one.start_at == end - begin + timedelta(days=1)


def test_nobody_cuts_twice() -> None:
    assert unit_in(("unit", "quarter")) == "quarter"
    with pytest.raises(RefusedError) as refusal:
        unit_in(("month", "year"))
    assert refusal.value.problem.code == "unknown-dimension"


def test_periods_are_called_as_official_letters_call_them() -> None:
    assert [part_of_year(word)[0] for word in ("2023", "2023-Q4", "2023-H1", "2023-H2", "2023-11")] == [
        "Năm 2023",
        "Quý IV năm 2023",
        "6 tháng đầu năm 2023",
        "6 tháng cuối năm 2023",
        "Tháng 11/2023",
    ]
    assert part_of_year("2023-Q4")[1] == "Quarter 4 of 2023"
    assert period({"from": "2023-10-01", "to": "2023-12-31"}) == (
        "Quý IV năm 2023 (từ ngày 01/10/2023 đến ngày 31/12/2023)"
    )
    assert period({"from": "2023-01-01", "to": "2023-11-15"}) == "Từ ngày 01/01/2023 đến ngày 15/11/2023"
