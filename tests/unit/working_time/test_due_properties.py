"""What holds for every due time, and two slow and independent ways to the same result."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import holidays
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.clock import VIETNAM
from shared.working_time.due import due_at
from shared.working_time.elapsed import working_time_between
from shared.working_time.office_hours import OfficeHours
from shared.working_time.terms import WHOLE_UNITS, Term, Unit
from shared.working_time.vietnam import vietnam_calendar

CALENDAR = vietnam_calendar()
PACKAGE = holidays.country_holidays("VN", years=range(2017, 2032))
NEITHER_IN_THE_PACKAGE = {date(2026, 1, 2): False, date(2026, 1, 10): True}

starts = st.datetimes(datetime(2018, 11, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
minutes = starts.map(lambda moment: moment.replace(second=0, microsecond=0))
hour_amounts = st.integers(1, 2_000_000).map(lambda n: Decimal(n).scaleb(-4))


@st.composite
def terms(draw: st.DrawFn, unit: Unit | None = None) -> Term:
    unit = unit or draw(st.sampled_from(Unit))
    if unit is Unit.MONTH:
        return Term(Decimal(draw(st.integers(1, 36))), unit)
    if unit in WHOLE_UNITS:
        return Term(Decimal(draw(st.integers(1, 400))), unit)
    return Term(draw(hour_amounts), unit)


def due(start: datetime, amount: Decimal | int, unit: Unit) -> datetime:
    return due_at(start, Term(Decimal(amount), unit), CALENDAR).at


def is_worked(day: date) -> bool:
    """Tell by the package itself and the one swap that it lacks."""
    return NEITHER_IN_THE_PACKAGE.get(day, PACKAGE.is_working_day(day))


def is_open(minute: datetime) -> bool:
    """Tell whether offices work in the minute that starts here (Viet Nam time)."""
    at = minute.time()
    return is_worked(minute.date()) and (time(7) <= at < time(11, 30) or time(13, 30) <= at < time(17))


@settings(deadline=None)
@given(start=starts, term=terms())
def test_nothing_is_due_before_its_start_or_outside_working_time(start: datetime, term: Term) -> None:
    result = due_at(start, term, CALENDAR).at
    assert result > start
    assert CALENDAR.clamp(result) == result


@settings(deadline=None)
@given(
    start=starts,
    later=st.timedeltas(timedelta(), timedelta(days=20)),
    term=st.one_of(terms(Unit.WORKING_DAY), terms(Unit.WORKING_HOUR)),
)
def test_a_later_start_is_never_due_earlier(start: datetime, later: timedelta, term: Term) -> None:
    assert due_at(start, term, CALENDAR).at <= due_at(start + later, term, CALENDAR).at


@settings(deadline=None)
@given(
    start=starts,
    later=st.timedeltas(timedelta(), timedelta(days=20)),
    term=st.one_of(terms(Unit.CALENDAR_DAY), terms(Unit.MONTH)),
)
def test_a_later_start_is_never_due_on_an_earlier_date_in_calendar_terms(
    start: datetime, later: timedelta, term: Term
) -> None:
    first, second = due_at(start, term, CALENDAR).at, due_at(start + later, term, CALENDAR).at
    assert first.astimezone(VIETNAM).date() <= second.astimezone(VIETNAM).date()


@settings(deadline=None)
@given(start=starts, one=terms(), other=terms())
def test_a_larger_amount_is_never_due_earlier(start: datetime, one: Term, other: Term) -> None:
    assume(one.unit is other.unit)
    smaller, larger = sorted((one, other), key=lambda term: term.amount)
    assert due_at(start, smaller, CALENDAR).at <= due_at(start, larger, CALENDAR).at


@settings(deadline=None)
@given(start=starts, parts=st.lists(st.integers(1, 400_000), min_size=1, max_size=6))
def test_hours_in_any_split_end_at_the_same_instant(start: datetime, parts: list[int]) -> None:
    amounts = [Decimal(part).scaleb(-4) for part in parts]
    moment = start
    for amount in amounts:
        moment = due(moment, amount, Unit.WORKING_HOUR)
    assert moment == due(start, sum(amounts, Decimal()), Unit.WORKING_HOUR)
    worked = timedelta(microseconds=sum(parts) * 360_000)
    assert working_time_between(start, moment, CALENDAR) == worked


@settings(deadline=None)
@given(start=starts, eighths=st.integers(1, 7))
def test_a_fraction_of_a_working_day_is_that_fraction_of_eight_hours(start: datetime, eighths: int) -> None:
    fraction = Decimal(eighths) / 8
    assert due(start, fraction, Unit.WORKING_DAY) == due(start, eighths, Unit.WORKING_HOUR)


@settings(deadline=None)
@given(start=starts, days=st.integers(1, 60))
def test_whole_working_days_keep_the_working_time_that_eight_hours_each_take(
    start: datetime, days: int
) -> None:
    elapsed = working_time_between(start, due(start, days, Unit.WORKING_DAY), CALENDAR)
    assert elapsed == days * timedelta(hours=8)


@settings(deadline=None)
@given(start=starts, days=st.integers(1, 120))
def test_working_days_agree_with_counting_them_one_by_one(start: datetime, days: int) -> None:
    at = start.astimezone(VIETNAM)
    day, of_day = at.date(), at.time()
    if of_day > time(17):
        day, of_day = day + timedelta(days=1), time(7)
    while not is_worked(day):
        day, of_day = day + timedelta(days=1), time(7)
    of_day = max(of_day, time(7))
    if time(11, 30) < of_day < time(13, 30):
        of_day = time(13, 30)
    for _ in range(days):
        day += timedelta(days=1)
        while not is_worked(day):
            day += timedelta(days=1)
    assert due(start, days, Unit.WORKING_DAY) == datetime.combine(day, of_day, VIETNAM)


@settings(deadline=None, max_examples=60)
@given(start=minutes, amount=st.integers(1, 30 * 60))
def test_working_hours_agree_with_counting_them_minute_by_minute(start: datetime, amount: int) -> None:
    assume(amount % 3 == 0)  # so that the amount in hours has at most two decimal places
    minute, left = start.astimezone(VIETNAM), amount
    while left:
        left -= is_open(minute)
        minute += timedelta(minutes=1)
    assert due(start, Decimal(amount) / 60, Unit.WORKING_HOUR) == minute


@settings(deadline=None)
@given(
    start=starts,
    cuts=st.sets(st.integers(0, 24 * 60 - 1), min_size=3, max_size=3),
    parts=st.lists(st.integers(1, 300_000), min_size=2, max_size=4),
)
def test_other_office_hours_keep_the_rules_too(start: datetime, cuts: set[int], parts: list[int]) -> None:
    first, second, third = sorted(cuts)
    last = third + 480 - (second - first)
    assume(second - first < 480 and last < 24 * 60)
    first_of, second_of, third_of, last_of = (time(n // 60, n % 60) for n in (first, second, third, last))
    calendar = vietnam_calendar(OfficeHours(((first_of, second_of), (third_of, last_of))))
    moment = start
    for part in parts:
        term = Term(Decimal(part).scaleb(-4), Unit.WORKING_HOUR)
        moment = due_at(moment, term, calendar).at
    whole = Term(Decimal(sum(parts)).scaleb(-4), Unit.WORKING_HOUR)
    assert moment == due_at(start, whole, calendar).at
    assert moment.astimezone(VIETNAM).time() not in {first_of, third_of}
