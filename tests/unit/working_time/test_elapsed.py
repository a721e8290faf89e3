"""Working time between two moments."""

from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.clock import VIETNAM
from shared.errors import RefusedError
from shared.working_time.elapsed import working_minutes_between, working_time_between
from shared.working_time.vietnam import vietnam_calendar

CALENDAR = vietnam_calendar()
PACKAGE = holidays.country_holidays("VN", years=[2018, 2019, 2020])

moments = st.datetimes(datetime(2018, 12, 1), datetime(2019, 6, 30), timezones=st.just(UTC))  # noqa: DTZ001


def at(text: str) -> datetime:
    """Read `dd/mm/yyyy hh:mm:ss`, Viet Nam time."""
    return datetime.strptime(text, "%d/%m/%Y %H:%M:%S").replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("a", "b", "minutes"),
    [
        ("17/06/2019 08:00:00", "17/06/2019 08:00:00", 0),
        ("17/06/2019 08:00:00", "17/06/2019 09:30:00", 90),
        ("17/06/2019 08:00:00", "17/06/2019 08:00:59", 0),  # full minutes only
        ("17/06/2019 08:00:30", "17/06/2019 08:01:30", 1),
        ("17/06/2019 11:00:00", "17/06/2019 14:00:00", 60),  # over lunch
        ("17/06/2019 11:45:00", "17/06/2019 13:15:00", 0),  # within lunch
        ("17/06/2019 16:00:00", "18/06/2019 08:00:00", 120),  # over night
        ("17/06/2019 05:00:00", "17/06/2019 22:00:00", 480),
        ("14/06/2019 17:00:00", "17/06/2019 07:00:00", 0),  # a weekend
        ("15/06/2019 08:00:00", "16/06/2019 16:00:00", 0),
        ("26/04/2019 16:00:00", "02/05/2019 08:00:00", 120),  # 29/04 to 01/05 off
        ("03/05/2019 17:00:00", "06/05/2019 07:00:00", 480),  # the make-up Saturday
        ("01/02/2019 17:00:00", "11/02/2019 07:00:00", 0),  # Tết
        ("01/01/2019 00:00:00", "20/07/2019 23:59:00", 136 * 480),
    ],
)
def test_minutes_of_work_are_counted_and_their_reverse_is_negative(a: str, b: str, minutes: int) -> None:
    assert working_minutes_between(at(a), at(b), CALENDAR) == minutes
    assert working_minutes_between(at(b), at(a), CALENDAR) == -minutes
    assert working_minutes_between(at(a).astimezone(UTC), at(b), CALENDAR) == minutes


@settings(deadline=None)
@given(a=moments, b=moments, c=moments)
def test_working_time_adds_up_over_any_moment_between(a: datetime, b: datetime, c: datetime) -> None:
    through = working_time_between(a, b, CALENDAR) + working_time_between(b, c, CALENDAR)
    assert through == working_time_between(a, c, CALENDAR)


@settings(deadline=None, max_examples=60)
@given(a=moments, length=st.timedeltas(timedelta(), timedelta(days=15)))
def test_working_time_agrees_with_summing_up_the_intervals_day_by_day(a: datetime, length: timedelta) -> None:
    b = a + length
    day, total = a.astimezone(VIETNAM).date(), timedelta()
    while day <= b.astimezone(VIETNAM).date():
        if PACKAGE.is_working_day(day):
            for opening, closing in intervals(day):
                total += max(timedelta(), min(closing, b) - max(opening, a))
        day += timedelta(days=1)
    assert working_time_between(a, b, CALENDAR) == total


def intervals(day: date) -> list[tuple[datetime, datetime]]:
    midnight = datetime(day.year, day.month, day.day, tzinfo=VIETNAM)
    hours = [(7, 11.5), (13.5, 17)]
    return [(midnight + timedelta(hours=start), midnight + timedelta(hours=end)) for start, end in hours]


def test_times_without_offset_are_refused() -> None:
    naive, aware = datetime(2019, 6, 17, 8), at("17/06/2019 08:00:00")  # noqa: DTZ001
    for a, b in ((naive, aware), (aware, naive)):
        with pytest.raises(RefusedError, match="time-without-offset"):
            working_minutes_between(a, b, CALENDAR)
