"""Office hours: what is within them, and what counts as hours at all."""

from datetime import UTC, datetime, time, timedelta

import pytest

from shared.clock import VIETNAM
from shared.errors import RefusedError
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.calendars import Calendars
from shared.working_time.office_hours import DEFAULT_HOURS, OfficeHours
from shared.working_time.special_days import SpecialDay
from shared.working_time.vietnam import vietnam_calendar

CALENDAR = vietnam_calendar()
MONDAY = (2019, 6, 17)
TUESDAY = (2019, 6, 18)


@pytest.mark.parametrize(
    ("received", "counted_from"),
    [
        ((*MONDAY, 0, 0), (*MONDAY, 7, 0)),
        ((*MONDAY, 6, 59), (*MONDAY, 7, 0)),
        ((*MONDAY, 7, 0), (*MONDAY, 7, 0)),
        ((*MONDAY, 9, 17, 33), (*MONDAY, 9, 17, 33)),
        ((*MONDAY, 11, 30), (*MONDAY, 11, 30)),
        ((*MONDAY, 11, 30, 1), (*MONDAY, 13, 30)),
        ((*MONDAY, 13, 29), (*MONDAY, 13, 30)),
        ((*MONDAY, 13, 30), (*MONDAY, 13, 30)),
        ((*MONDAY, 17, 0), (*MONDAY, 17, 0)),
        ((*MONDAY, 17, 0, 1), (*TUESDAY, 7, 0)),
        ((*MONDAY, 23, 59), (*TUESDAY, 7, 0)),
        ((2019, 6, 15, 9, 0), (*MONDAY, 7, 0)),  # a Saturday
        ((2019, 5, 4, 9, 0), (2019, 5, 4, 9, 0)),  # a make-up Saturday
        ((2019, 4, 26, 17, 1), (2019, 5, 2, 7, 0)),  # Friday evening before 29/04 to 01/05
        ((2018, 12, 28, 18, 0), (2019, 1, 2, 7, 0)),  # 31/12/2018 was swapped for 05/01/2019
    ],
)
def test_a_start_outside_working_time_moves_to_the_next_start_of_work(
    received: tuple[int, ...], counted_from: tuple[int, ...]
) -> None:
    at = datetime(*received, tzinfo=VIETNAM)  # type: ignore[arg-type,misc]
    expected = datetime(*counted_from, tzinfo=VIETNAM)  # type: ignore[arg-type,misc]
    assert CALENDAR.clamp(at) == expected
    assert CALENDAR.clamp(at.astimezone(UTC)) == expected


@pytest.mark.parametrize(
    ("worked", "reached"),
    [
        (timedelta(microseconds=1), time(7, 0, 0, 1)),
        (timedelta(hours=4, minutes=30), time(11, 30)),
        (timedelta(hours=4, minutes=30, seconds=1), time(13, 30, 1)),
        (timedelta(hours=8), time(17)),
    ],
)
def test_an_amount_of_work_is_reached_at_the_end_of_an_interval(worked: timedelta, reached: time) -> None:
    assert DEFAULT_HOURS.reached(worked) == reached
    assert DEFAULT_HOURS.worked_until(reached) == worked


@pytest.mark.parametrize(
    ("at", "worked"),
    [(time(0), 0), (time(7), 0), (time(12, 15), 270), (time(13, 30), 270), (time(23, 59), 480)],
)
def test_time_outside_working_time_adds_no_work(at: time, worked: int) -> None:
    assert DEFAULT_HOURS.worked_until(at) == timedelta(minutes=worked)


@pytest.mark.parametrize(
    "intervals",
    [
        (),
        ((time(7), time(11, 30)), (time(13, 30), time(16, 30))),  # 7.5 hours
        ((time(7), time(12)), (time(11), time(14))),  # 8 hours, overlapping
        ((time(13), time(17)), (time(7), time(11))),  # 8 hours, out of order
        ((time(7), time(7)), (time(8), time(16))),  # one interval empty
        ((time(17), time(9)),),  # ends before it starts
        ((time(8, tzinfo=UTC), time(16, tzinfo=UTC)),),  # with a zone
    ],
)
def test_hours_that_are_no_working_day_of_eight_hours_are_refused(
    intervals: tuple[tuple[time, time], ...],
) -> None:
    with pytest.raises(RefusedError) as refused:
        OfficeHours(intervals)
    assert refused.value.code == "office-hours-invalid"


def test_another_agencys_hours_of_eight_hours_are_taken() -> None:
    hours = OfficeHours(((time(7, 30), time(11, 30)), (time(13), time(17))))
    assert vietnam_calendar(hours).clamp(datetime(*MONDAY, 7, 10, tzinfo=VIETNAM)).time() == time(7, 30)
    assert str(hours) == "07:30-11:30, 13:00-17:00"


def test_hours_survive_their_way_through_plain_lists() -> None:
    plain = [["07:30", "11:30"], ["13:00", "17:00"]]
    hours = OfficeHours.parse(plain)
    assert hours == OfficeHours(((time(7, 30), time(11, 30)), (time(13), time(17))))
    assert hours.dump() == plain
    assert (hours.opening, hours.closing) == (time(7, 30), time(17))


@pytest.mark.parametrize(
    "value",
    [
        None,
        "07:00-17:00",
        {"07:00": "15:00"},
        [],
        ["07:00", "15:00"],
        [["07:00"]],
        [["07:00", "11:00", "15:00"]],
        [["07:00", None]],
        [[7, 15]],
        [["7:00", "15:00"]],
        [["07:00", "24:00"]],
        [["07:00:00", "15:00"]],
        [["07:00+07:00", "15:00+07:00"]],
        [["٠٧:00", "15:00"]],
        [["07:00", "14:00"]],  # 7 hours
    ],
)
def test_what_is_no_list_of_hours_is_refused(value: object) -> None:
    with pytest.raises(RefusedError) as refused:
        OfficeHours.parse(value)
    assert refused.value.code == "office-hours-invalid"
    assert refused.value.details()["title"] != refused.value.details()["title_vi"]


def test_a_calendar_with_other_hours_shares_its_days_but_not_its_hours() -> None:
    asked: list[int] = []

    def nothing_special(year: int) -> list[SpecialDay]:
        asked.append(year)
        return []

    usual = WorkingCalendar(nothing_special)
    other = usual.with_hours(OfficeHours.parse([["08:00", "12:00"], ["13:00", "17:00"]]))
    early = datetime(*MONDAY, 6, tzinfo=VIETNAM)
    assert usual.clamp(early).time() == time(7)
    assert other.clamp(early).time() == time(8)
    assert asked == [2019]


def test_offices_of_the_same_hours_share_a_calendar() -> None:
    usual = WorkingCalendar(lambda _: [])
    calendars = Calendars(usual)
    longer = [["08:00", "12:00"], ["13:00", "17:00"]]

    assert calendars.of(None) is calendars.of([]) is usual
    assert calendars.of(longer) is calendars.of([list(part) for part in longer])
    assert calendars.of(longer).hours == OfficeHours.parse(longer)
    with pytest.raises(RefusedError, match="office-hours-invalid"):
        calendars.of([["08:00", "12:00"]])
