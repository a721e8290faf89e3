"""The known days of Viet Nam's public-sector calendar, and the calendar's own rules."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.clock import VIETNAM
from shared.errors import RefusedError
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.special_days import SpecialDay
from shared.working_time.vietnam import vietnam_calendar

CALENDAR = vietnam_calendar()


def off(day: date) -> SpecialDay:
    return SpecialDay(day, "off", "nghỉ", "off")


def worked(day: date) -> SpecialDay:
    return SpecialDay(day, "work", "làm bù", "make-up")


@pytest.mark.parametrize(
    ("first", "last", "working_days"),
    [
        (date(2019, 1, 1), date(2019, 7, 20), 136),
        (date(2023, 1, 1), date(2023, 11, 15), 217),
        (date(2023, 7, 1), date(2023, 9, 30), 63),
        # Over the turn of the year: 21 weekdays in December and 23 in January, less 31/12 and 01/01,
        # plus make-up Saturday 05/01.
        (date(2018, 12, 1), date(2019, 1, 31), 21 + 23 - 2 + 1),
        (date(2019, 6, 15), date(2019, 6, 16), 0),
        (date(2019, 6, 17), date(2019, 6, 17), 1),
        (date(2019, 6, 18), date(2019, 6, 17), 0),
    ],
)
def test_working_days_of_a_period_are_counted_with_both_ends(
    first: date, last: date, working_days: int
) -> None:
    assert CALENDAR.working_days_between(first, last) == working_days


def test_tet_2019_is_off_from_its_eve_to_the_fourth_day() -> None:
    # Tết was Tuesday 05/02/2019; offices closed Monday 04/02 to Friday 08/02.
    days = [date(2019, 2, 1) + timedelta(n) for n in range(11)]
    assert [day.day for day in days if CALENDAR.is_working_day(day)] == [1, 11]


@pytest.mark.parametrize(
    ("day_off", "made_up_on"),
    [
        (date(2018, 12, 31), date(2019, 1, 5)),
        (date(2019, 4, 29), date(2019, 5, 4)),
        (date(2024, 4, 29), date(2024, 5, 4)),
        (date(2025, 5, 2), date(2025, 4, 26)),
        (date(2026, 1, 2), date(2026, 1, 10)),  # only in our own table
        (date(2026, 8, 31), date(2026, 8, 22)),
    ],
)
def test_a_swapped_day_is_off_and_the_saturday_that_makes_up_for_it_is_worked(
    day_off: date, made_up_on: date
) -> None:
    assert day_off.weekday() < 5
    assert made_up_on.weekday() == 5
    # A fresh calendar each: whether a day is worked must not hang on which years were asked before.
    assert not vietnam_calendar().is_working_day(day_off)
    assert vietnam_calendar().is_working_day(made_up_on)


def test_a_holiday_on_a_sunday_is_made_good_on_the_next_working_day() -> None:
    # Hùng Kings' day was Sunday 14/04/2019.
    assert not CALENDAR.is_working_day(date(2019, 4, 15))
    assert CALENDAR.is_working_day(date(2019, 4, 16))


def test_an_override_wins_over_the_source_of_holidays_in_both_directions() -> None:
    holiday, saturday, monday = date(2026, 1, 1), date(2026, 1, 3), date(2026, 1, 5)
    calendar = WorkingCalendar(
        lambda _: [off(holiday), worked(saturday)],
        overrides=[worked(holiday), off(saturday), off(monday)],
    )
    assert calendar.is_working_day(holiday)
    assert not calendar.is_working_day(saturday)
    assert not calendar.is_working_day(monday)


def test_a_source_may_name_days_of_other_years_without_effect() -> None:
    calendar = WorkingCalendar(lambda _: [off(date(2027, 1, 4)), off(date(2026, 1, 5))])
    assert calendar.nth_working_day_after(date(2026, 1, 4), 1) == date(2026, 1, 6)
    assert not calendar.is_working_day(date(2027, 1, 4))


def test_only_days_that_depart_from_the_plain_week_are_special() -> None:
    special = CALENDAR.special_days_between(date(2019, 4, 13), date(2019, 5, 5))
    # Not the holiday of Sunday 14/04 itself: no week works on it anyway.
    assert [(it.day, it.kind) for it in special] == [
        (date(2019, 4, 15), "off"),
        (date(2019, 4, 29), "off"),
        (date(2019, 4, 30), "off"),
        (date(2019, 5, 1), "off"),
        (date(2019, 5, 4), "work"),
    ]
    assert special[1].vi == "Ngày nghỉ (thay cho ngày 04/05/2019)"
    assert special[1].en == "Day off (substituted from 04/05/2019)"


def test_special_days_are_found_over_the_turn_of_the_year() -> None:
    special = CALENDAR.special_days_between(date(2018, 12, 31), date(2019, 1, 5))
    assert [it.day for it in special] == [date(2018, 12, 31), date(2019, 1, 1), date(2019, 1, 5)]


@pytest.mark.parametrize("year", [2000, 2100])
def test_the_first_and_the_last_year_have_their_calendar(year: int) -> None:
    assert not CALENDAR.is_working_day(date(year, 4, 30))
    assert CALENDAR.working_days_between(date(year, 1, 1), date(year, 12, 31)) > 245


@pytest.mark.parametrize("year", [1999, 2101])
def test_a_year_without_a_calendar_is_refused_rather_than_guessed(year: int) -> None:
    with pytest.raises(RefusedError) as refused:
        CALENDAR.is_working_day(date(year, 6, 1))
    assert refused.value.code == "calendar-year-unknown"
    assert refused.value.facts["year"] == year


def test_counting_past_the_last_year_is_refused() -> None:
    with pytest.raises(RefusedError, match="calendar-year-unknown"):
        CALENDAR.nth_working_day_after(date(2100, 12, 1), 30)


def test_a_datetime_is_not_taken_for_a_date() -> None:
    with pytest.raises(TypeError, match="datetime"):
        CALENDAR.is_working_day(datetime(2019, 6, 17, 8, tzinfo=VIETNAM))


@pytest.mark.parametrize("n", [0, -1])
def test_the_nth_working_day_needs_an_n_of_at_least_one(n: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        CALENDAR.nth_working_day_after(date(2019, 6, 17), n)


DAYS_AROUND_NEW_YEAR = st.dates(date(2024, 11, 1), date(2025, 2, 28))


@settings(deadline=None)
@given(
    days_off=st.sets(DAYS_AROUND_NEW_YEAR, max_size=60),
    made_up=st.sets(DAYS_AROUND_NEW_YEAR, max_size=20),
    start=DAYS_AROUND_NEW_YEAR,
    n=st.integers(1, 300),
)
def test_any_calendar_counts_like_a_walk_from_day_to_day(
    days_off: set[date], made_up: set[date], start: date, n: int
) -> None:
    calendar = WorkingCalendar(lambda _: map(off, days_off), overrides=map(worked, made_up))
    day, counted = start, 0
    while counted < n:
        day += timedelta(days=1)
        counted += day in made_up or (day.weekday() < 5 and day not in days_off)
    assert calendar.nth_working_day_after(start, n) == day
    assert calendar.working_days_between(start + timedelta(days=1), day) == n
