"""Due times worked out by hand, each with its reasoning."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shared.clock import VIETNAM
from shared.errors import RefusedError
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.due import due_at
from shared.working_time.steps import Rule
from shared.working_time.terms import Term, Unit
from shared.working_time.vietnam import vietnam_calendar

CALENDAR = vietnam_calendar()


def at(text: str) -> datetime:
    """Read `dd/mm/yyyy hh:mm`, Viet Nam time."""
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=VIETNAM)


def due(start: str, amount: str, unit: Unit) -> datetime:
    return due_at(at(start), Term(Decimal(amount), unit), CALENDAR).at


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        # 18-21/06 are 4 days, 24-28/06 make 9, 01-05/07 make 14, Monday 08/07 is the 15th.
        ("17/06/2019 08:00", "15", "08/07/2019 08:00"),
        # Received Monday after closing, so on Tuesday 18/06 at 07:00; the first day is the 19th.
        ("17/06/2019 17:01", "15", "09/07/2019 07:00"),
        # Received on Saturday, so on Monday 17/06 at 07:00.
        ("15/06/2019 10:00", "15", "08/07/2019 07:00"),
        # Received at lunch, so at 13:30; the time of day stays.
        ("17/06/2019 12:00", "1", "18/06/2019 13:30"),
        # Tết 2019: Friday 01/02 is the 1st day; 04-08/02 are off; Monday 11/02 is the 2nd,
        # then 12, 13 and 14/02.
        ("31/01/2019 09:00", "5", "14/02/2019 09:00"),
        # 30/04 with its swap: 29/04, 30/04 and 01/05 are off; Thursday 02/05 and Friday 03/05 are
        # the 1st and 2nd day, make-up Saturday 04/05 is the 3rd, Monday 06/05 the 4th.
        ("26/04/2019 10:00", "3", "04/05/2019 10:00"),
        ("26/04/2019 10:00", "4", "06/05/2019 10:00"),
        # Received on the make-up Saturday itself, in working time: Monday is the first day.
        ("04/05/2019 10:00", "1", "06/05/2019 10:00"),
        # New Year 2026 with the swap of 02/01: 5-9/01 are 5 days, make-up Saturday 10/01 is the
        # 6th, Monday 12/01 the 7th, Tuesday 13/01 the 8th.
        ("31/12/2025 10:00", "5", "09/01/2026 10:00"),
        ("31/12/2025 10:00", "6", "10/01/2026 10:00"),
        ("31/12/2025 10:00", "8", "13/01/2026 10:00"),
        # Tết 2026: 16-20/02 are off; Monday 23/02 and Tuesday 24/02.
        ("13/02/2026 14:00", "2", "24/02/2026 14:00"),
    ],
)
def test_whole_working_days_count_from_the_next_working_day(start: str, amount: str, expected: str) -> None:
    assert due(start, amount, Unit.WORKING_DAY) == at(expected)


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("17/06/2019 07:00", "0.5", "17/06/2019 11:00"),
        # 3 hours until closing, 1 hour on the next day.
        ("17/06/2019 14:00", "0.5", "18/06/2019 08:00"),
        # A quarter is 2 hours: 1.5 until lunch, half an hour after it.
        ("17/06/2019 10:00", "0.25", "17/06/2019 14:00"),
        # Two days on, at 14:00 on Wednesday 19/06, then 4 hours: Thursday at 08:00.
        ("17/06/2019 14:00", "2.5", "20/06/2019 08:00"),
        # Friday 26/04 at 16:00 and one day: Thursday 02/05 at 16:00; an hour there, three on Friday.
        ("26/04/2019 16:00", "1.5", "03/05/2019 10:00"),
    ],
)
def test_the_fraction_of_a_working_day_uses_up_hours_of_work(start: str, amount: str, expected: str) -> None:
    assert due(start, amount, Unit.WORKING_DAY) == at(expected)


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        # A day's work ends at closing, not at the next opening.
        ("17/06/2019 07:00", "8", "17/06/2019 17:00"),
        ("17/06/2019 15:00", "2", "17/06/2019 17:00"),
        ("17/06/2019 07:00", "16", "18/06/2019 17:00"),
        # A morning's work ends at lunch, not after it.
        ("17/06/2019 07:00", "4.5", "17/06/2019 11:30"),
        ("17/06/2019 13:30", "8", "18/06/2019 11:30"),
        # Over lunch, over night, over the holidays.
        ("17/06/2019 10:00", "2", "17/06/2019 14:00"),
        ("17/06/2019 16:00", "2", "18/06/2019 08:00"),
        ("26/04/2019 16:30", "1", "02/05/2019 07:30"),
        # Starting at the end of an interval is starting at the next one's beginning.
        ("17/06/2019 11:30", "1", "17/06/2019 14:30"),
        ("17/06/2019 17:00", "1", "18/06/2019 08:00"),
        # An online filing of Friday night must be answered within 8 working hours: Monday closing.
        ("14/06/2019 22:00", "8", "17/06/2019 17:00"),
    ],
)
def test_working_hours_use_up_hours_of_work(start: str, amount: str, expected: str) -> None:
    assert due(start, amount, Unit.WORKING_HOUR) == at(expected)


@pytest.mark.parametrize(
    ("start", "ends"),
    [
        ("17/06/2019 07:00", ("09:00", "14:00", "16:00", "17:00")),
        ("17/06/2019 15:00", ("17:00", "10:00", "14:00", "15:00")),
    ],
)
def test_legs_of_two_three_two_and_one_hours_end_where_eight_hours_end(
    start: str, ends: tuple[str, ...]
) -> None:
    # The copy from the original register: each leg starts when the one before is due.
    moment, reached = at(start), []
    for hours in (2, 3, 2, 1):
        moment = due_at(moment, Term(Decimal(hours), Unit.WORKING_HOUR), CALENDAR).at
        reached.append(f"{moment.astimezone(VIETNAM):%H:%M}")
    assert tuple(reached) == ends
    assert moment == due(start, "8", Unit.WORKING_HOUR)


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("17/06/2019 08:00", "3", "20/06/2019 08:00"),
        # Saturday 22/06 moves to Monday.
        ("17/06/2019 08:00", "5", "24/06/2019 08:00"),
        # 16/04 + 13 days is 29/04, swapped off; 30/04 and 01/05 are holidays: Thursday 02/05.
        ("16/04/2019 08:00", "13", "02/05/2019 08:00"),
        # The make-up Saturday is worked, so the term ends there.
        ("03/05/2019 08:00", "1", "04/05/2019 08:00"),
        # Received on Saturday, so on Monday 17/06; 15 days on is Tuesday 02/07.
        ("15/06/2019 08:00", "15", "02/07/2019 07:00"),
    ],
)
def test_calendar_days_end_on_a_working_day(start: str, amount: str, expected: str) -> None:
    assert due(start, amount, Unit.CALENDAR_DAY) == at(expected)


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("15/05/2019 08:00", "1", "17/06/2019 08:00"),  # 15/06 is a Saturday
        ("31/01/2019 08:00", "1", "28/02/2019 08:00"),
        ("31/01/2024 08:00", "1", "29/02/2024 08:00"),
        ("30/11/2018 08:00", "3", "28/02/2019 08:00"),
        ("03/12/2018 08:00", "1", "03/01/2019 08:00"),
        ("03/12/2018 08:00", "12", "03/12/2019 08:00"),
        ("29/03/2019 08:00", "1", "02/05/2019 08:00"),  # 29/04 was swapped off
        ("31/01/2019 08:00", "3", "02/05/2019 08:00"),  # no 31/04, and 30/04 is a holiday
    ],
)
def test_months_end_on_the_same_day_of_the_month_or_its_last_or_the_next_working_day(
    start: str, amount: str, expected: str
) -> None:
    assert due(start, amount, Unit.MONTH) == at(expected)


def test_a_due_time_is_given_in_utc_whatever_the_offset_of_the_start() -> None:
    term = Term(Decimal(15), Unit.WORKING_DAY)
    # 23:30 UTC on Sunday is 06:30 on Monday in Viet Nam.
    result = due_at(datetime(2019, 6, 16, 23, 30, tzinfo=UTC), term, CALENDAR).at
    assert result.utcoffset() == UTC.utcoffset(None)
    assert result == at("08/07/2019 07:00")


def test_a_start_without_offset_is_refused() -> None:
    with pytest.raises(RefusedError, match="time-without-offset"):
        due_at(datetime(2019, 6, 17, 8), Term(Decimal(1), Unit.MONTH), CALENDAR)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("start", "unit"),
    [
        (datetime.max.replace(tzinfo=UTC), Unit.WORKING_DAY),
        (datetime.min.replace(tzinfo=UTC), Unit.WORKING_DAY),
        *((datetime(2090, 1, 2, 8, tzinfo=VIETNAM), unit) for unit in Unit if unit != Unit.WORKING_HOUR),
    ],
)
def test_a_term_that_leaves_the_calendar_is_refused(start: datetime, unit: Unit) -> None:
    with pytest.raises(RefusedError, match="calendar-year-unknown"):
        due_at(start, Term(Decimal(9999), unit), CALENDAR)


def test_the_steps_lead_from_the_start_to_the_due_time_and_name_their_rules() -> None:
    term = Term(Decimal("5.5"), Unit.WORKING_DAY)
    result = due_at(at("26/04/2019 18:00"), term, CALENDAR)
    assert [step.rule for step in result.steps] == [Rule.CLAMPED, Rule.WORKING_DAYS, Rule.WORKING_HOURS]
    assert result.steps[0].before == at("26/04/2019 18:00")
    assert [step.after for step in result.steps[:-1]] == [step.before for step in result.steps[1:]]
    assert result.steps[-1].after == result.at == at("08/05/2019 11:00")
    assert [step.vi for step in result.steps] == [
        (
            "Bắt đầu lúc 18:00 thứ Sáu 26/04/2019, ngoài giờ làm việc: tính từ 07:00 thứ Năm 02/05/2019"
            " (có 29/04/2019 Ngày nghỉ (thay cho ngày 04/05/2019); 30/04/2019 Ngày Chiến thắng;"
            " 01/05/2019 Ngày Quốc tế Lao động)."
        ),
        (
            "Cộng 5 ngày làm việc, ngày thứ nhất là ngày làm việc tiếp theo:"
            " đến 07:00 thứ Tư 08/05/2019 (có 04/05/2019 ngày làm bù)."
        ),
        "Cộng 0,5 ngày làm việc: đến 11:00 thứ Tư 08/05/2019.",
    ]


def test_a_term_that_ends_on_a_day_off_says_so_in_its_last_step() -> None:
    result = due_at(at("31/01/2019 08:00"), Term(Decimal(3), Unit.MONTH), CALENDAR)
    assert [step.rule for step in result.steps] == [Rule.WITHIN, Rule.MONTHS, Rule.ROLLED]
    assert [step.en for step in result.steps] == [
        "Starts at 08:00 Thursday 31/01/2019, within working time.",
        "Add 3 months, to the same day of the month or else its last day: 08:00 Tuesday 30/04/2019.",
        (
            "The last day of the term is off: moved to the next working day, 08:00 Thursday 02/05/2019"
            " (with 30/04/2019 Liberation Day/Reunification Day; 01/05/2019 International Labor Day)."
        ),
    ]


def test_a_step_names_only_the_special_days_that_it_passes_over() -> None:
    # The start, make-up Saturday 04/05, is not counted; the way to Monday passes over nothing else.
    result = due_at(at("04/05/2019 10:00"), Term(Decimal(1), Unit.WORKING_DAY), CALENDAR)
    assert [step.special_days() for step in result.steps] == [[], []]


@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize("start", ["17/06/2019 08:00", "15/06/2019 08:00"])
def test_every_step_says_itself_in_both_languages(start: str, unit: Unit) -> None:
    for step in due_at(at(start), Term(Decimal(5), unit), CALENDAR).steps:
        assert step.vi.endswith(".")
        assert step.en.endswith(".")
        assert step.vi != step.en


def test_sentences_cost_nothing_until_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("looked up special days")

    monkeypatch.setattr(WorkingCalendar, "special_days_between", fail)
    result = due_at(at("26/04/2019 10:00"), Term(Decimal(3), Unit.WORKING_DAY), CALENDAR)
    with pytest.raises(AssertionError, match="looked up special days"):
        _ = result.steps[-1].vi
