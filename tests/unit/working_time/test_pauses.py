"""Cutoffs, same-day terms, extensions and pauses, worked out by hand."""

from datetime import datetime, time
from decimal import Decimal

import pytest

from shared.clock import VIETNAM
from shared.errors import RefusedError
from shared.working_time.due import Due, due_at
from shared.working_time.steps import Rule
from shared.working_time.terms import Term, Unit
from shared.working_time.vietnam import vietnam_calendar

CALENDAR = vietnam_calendar()


def at(text: str) -> datetime:
    """Read `dd/mm/yyyy hh:mm`, Viet Nam time."""
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=VIETNAM)


def term(text: str) -> Term:
    amount, unit = text.split()
    return Term(Decimal(amount), Unit(unit))


def due(start: str, of: str, *pauses: tuple[str, str]) -> Due:
    return due_at(at(start), term(of), CALENDAR, pauses=[(at(begun), at(ended)) for begun, ended in pauses])


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("17/06/2019 08:00", "17/06/2019 17:00"),
        ("17/06/2019 12:00", "17/06/2019 17:00"),
        ("17/06/2019 15:00", "17/06/2019 17:00"),
        ("17/06/2019 15:01", "18/06/2019 17:00"),
        ("17/06/2019 17:01", "18/06/2019 17:00"),
        # Saturday, after 15:00 too: Monday's opening lies before any cutoff.
        ("15/06/2019 16:00", "17/06/2019 17:00"),
        # Friday 26/04 after 15:00: 29/04 to 01/05 are off.
        ("26/04/2019 15:30", "02/05/2019 17:00"),
        # Friday 03/05 after 15:00: make-up Saturday 04/05 is worked.
        ("03/05/2019 16:00", "04/05/2019 17:00"),
        # 02/01/2026 was swapped off; make-up Saturday 10/01/2026 is worked.
        ("31/12/2025 15:30", "05/01/2026 17:00"),
        ("09/01/2026 15:30", "10/01/2026 17:00"),
    ],
)
def test_within_the_working_day_means_by_the_closing_of_the_day_that_counts(
    start: str, expected: str
) -> None:
    assert due_at(at(start), term("0 working_day"), CALENDAR, cutoff=time(15)).at == at(expected)


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        ("1 working_day", "19/06/2019 07:00"),
        ("8 working_hour", "18/06/2019 17:00"),
        ("3 calendar_day", "21/06/2019 07:00"),
        ("1 month", "18/07/2019 07:00"),
    ],
)
def test_what_comes_after_the_cutoff_counts_from_the_next_working_days_opening(
    of: str, expected: str
) -> None:
    # Monday 17/06 at 15:30.
    result = due_at(at("17/06/2019 15:30"), term(of), CALENDAR, cutoff=time(15))
    assert result.at == at(expected)
    assert result.steps[0].rule is Rule.CUTOFF


def test_a_cutoff_after_closing_changes_nothing() -> None:
    late = at("17/06/2019 17:30")
    assert due_at(late, term("1 working_day"), CALENDAR, cutoff=time(17, 15)) == due_at(
        late, term("1 working_day"), CALENDAR
    )


@pytest.mark.parametrize(
    ("start", "of", "pauses", "expected"),
    [
        # Due Thursday 20/06 at 08:00; Tuesday 09:00 to Wednesday 09:00 is a working day of 8 hours.
        ("17/06/2019 08:00", "3 working_day", [("18/06/2019 09:00", "19/06/2019 09:00")], "21/06/2019 08:00"),
        # A night, a lunch, a weekend: nothing was missed.
        ("17/06/2019 08:00", "3 working_day", [("18/06/2019 17:00", "19/06/2019 07:00")], "20/06/2019 08:00"),
        (
            "17/06/2019 08:00",
            "3 working_hour",
            [("17/06/2019 11:30", "17/06/2019 13:30")],
            "17/06/2019 11:00",
        ),
        # Over the holidays of 30/04: an hour on Friday 26/04, an hour on Thursday 02/05.
        ("26/04/2019 08:00", "1 working_day", [("26/04/2019 16:00", "02/05/2019 08:00")], "02/05/2019 10:00"),
        # The make-up Saturday stood still for its whole day: Monday 06/05 10:00 becomes Tuesday.
        ("03/05/2019 10:00", "2 working_day", [("04/05/2019 00:00", "05/05/2019 00:00")], "07/05/2019 10:00"),
        # 01/01 and 02/01/2026 were off, make-up Saturday 10/01 stood still: Tuesday 13/01 is the 8th day.
        ("31/12/2025 10:00", "7 working_day", [("10/01/2026 07:00", "10/01/2026 17:00")], "13/01/2026 10:00"),
        ("31/12/2025 10:00", "7 working_day", [("31/12/2025 17:00", "05/01/2026 07:00")], "12/01/2026 10:00"),
        # Two pauses; the second begins after the first due time, but before the one that the first left.
        (
            "17/06/2019 08:00",
            "1 working_day",
            [("18/06/2019 07:00", "18/06/2019 09:00"), ("18/06/2019 09:30", "18/06/2019 10:30")],
            "18/06/2019 11:00",
        ),
        # The same told in pieces, out of order, twice, and with an empty one.
        (
            "17/06/2019 08:00",
            "1 working_day",
            [
                ("18/06/2019 09:30", "18/06/2019 10:30"),
                ("18/06/2019 07:30", "18/06/2019 09:00"),
                ("18/06/2019 07:00", "18/06/2019 08:00"),
                ("18/06/2019 07:00", "18/06/2019 08:00"),
                ("18/06/2019 08:30", "18/06/2019 08:30"),
            ],
            "18/06/2019 11:00",
        ),
        # Begins when the term is over: late stays late.
        ("17/06/2019 08:00", "1 working_day", [("18/06/2019 08:00", "20/06/2019 08:00")], "18/06/2019 08:00"),
        # Begins in time and ends long after: counts to its end.
        ("17/06/2019 08:00", "1 working_day", [("18/06/2019 07:00", "20/06/2019 07:00")], "20/06/2019 08:00"),
        # Before the start nothing counts; here only the hour after it.
        ("17/06/2019 08:00", "1 working_day", [("14/06/2019 08:00", "17/06/2019 09:00")], "18/06/2019 09:00"),
        # Within the day, but waiting from 15:00: two hours of Tuesday.
        ("17/06/2019 08:00", "0 working_day", [("17/06/2019 15:00", "18/06/2019 07:00")], "18/06/2019 09:00"),
        # Calendar days: Thursday 27/06 08:00 and 49 hours is Saturday, so Monday's opening.
        (
            "17/06/2019 08:00",
            "10 calendar_day",
            [("18/06/2019 08:00", "20/06/2019 09:00")],
            "01/07/2019 07:00",
        ),
        # From Saturday 22/06, not from the Monday it moved to: Sunday 23/06 is no later than Monday.
        (
            "17/06/2019 08:00",
            "5 calendar_day",
            [("18/06/2019 08:00", "19/06/2019 08:00")],
            "24/06/2019 08:00",
        ),
        (
            "17/06/2019 08:00",
            "5 calendar_day",
            [("18/06/2019 08:00", "21/06/2019 08:00")],
            "25/06/2019 08:00",
        ),
        # 14 hours more than Thursday 20/06 08:00 is 22:00, so by the closing of that day.
        (
            "17/06/2019 08:00",
            "3 calendar_day",
            [("18/06/2019 08:00", "18/06/2019 22:00")],
            "20/06/2019 17:00",
        ),
        # Fifteen days on the notice board: 17/07 and 15 days is Thursday 01/08.
        ("17/06/2019 08:00", "1 month", [("20/06/2019 08:00", "05/07/2019 08:00")], "01/08/2019 08:00"),
    ],
)
def test_a_pause_moves_the_end_of_a_term(
    start: str, of: str, pauses: list[tuple[str, str]], expected: str
) -> None:
    assert due(start, of, *pauses).at == at(expected)


@pytest.mark.parametrize(
    ("of", "extensions", "expected"),
    [
        ("1 working_day", ["2 working_day"], "20/06/2019 08:00"),
        ("1 working_day", ["2 working_day", "1 working_hour"], "20/06/2019 09:00"),
        ("1 working_day", ["0 working_day"], "18/06/2019 17:00"),
        # Saturday 22/06 moved to Monday, and two working days on.
        ("5 calendar_day", ["2 working_day"], "26/06/2019 08:00"),
    ],
)
def test_extensions_follow_the_term(of: str, extensions: list[str], expected: str) -> None:
    more = [term(each) for each in extensions]
    result = due_at(at("17/06/2019 08:00"), term(of), CALENDAR, extensions=more)
    assert result.at == at(expected)
    assert [step.rule for step in result.steps if step.rule is Rule.EXTENDED] == [Rule.EXTENDED] * len(more)


def test_a_pause_within_the_time_that_an_extension_gave_counts() -> None:
    result = due_at(
        at("17/06/2019 08:00"),
        term("1 working_day"),
        CALENDAR,
        extensions=[term("2 working_day")],
        pauses=[(at("19/06/2019 08:00"), at("19/06/2019 10:00"))],
    )
    assert result.at == at("20/06/2019 10:00")


def test_before_the_clock_starts_after_the_cutoff_no_pause_counts() -> None:
    pause = (at("17/06/2019 16:00"), at("18/06/2019 08:00"))
    result = due_at(at("17/06/2019 15:30"), term("8 working_hour"), CALENDAR, cutoff=time(15), pauses=[pause])
    assert result.at == at("19/06/2019 08:00")


def test_every_step_says_why_in_both_languages() -> None:
    steps = due_at(
        at("25/04/2019 15:30"),
        term("0 working_day"),
        CALENDAR,
        cutoff=time(15),
        extensions=[term("1 working_day")],
        pauses=[(at("26/04/2019 16:00"), at("02/05/2019 08:15"))],
    ).steps
    assert [step.rule for step in steps] == [Rule.CUTOFF, Rule.SAME_DAY, Rule.EXTENDED, Rule.PAUSED]
    assert [step.en for step in steps[:2]] == [
        (
            "Starts at 15:30 Thursday 25/04/2019, after 15:00: counted from the next working day,"
            " 07:00 Friday 26/04/2019."
        ),
        "Due within the working day: until 17:00 Friday 26/04/2019.",
    ]
    assert steps[2].vi.startswith("Gia hạn thêm 1 ngày làm việc: đến 17:00 thứ Năm 02/05/2019 (có 29/04/2019")
    assert steps[3].vi == (
        "Dừng tính thời hạn từ 16:00 thứ Sáu 26/04/2019 đến 08:15 thứ Năm 02/05/2019"
        " (2 giờ 15 phút làm việc): đến 09:15 thứ Sáu 03/05/2019."
    )
    in_real_time = due("17/06/2019 08:00", "10 calendar_day", ("18/06/2019 08:00", "20/06/2019 09:30"))
    assert "(49 h 30 min)" in in_real_time.steps[-1].en
    assert "(49 giờ 30 phút)" in in_real_time.steps[-1].vi


def test_a_pause_without_offset_is_refused() -> None:
    naive = datetime(2019, 6, 18, 8)  # noqa: DTZ001
    with pytest.raises(RefusedError, match="time-without-offset"):
        due_at(at("17/06/2019 08:00"), term("1 month"), CALENDAR, pauses=[(naive, at("19/06/2019 08:00"))])


def test_the_names_of_the_rules_are_durable() -> None:
    assert {rule.value for rule in Rule} == {
        "within_working_time",
        "moved_into_working_time",
        "after_cutoff",
        "same_day",
        "working_days",
        "working_hours",
        "calendar_days",
        "months",
        "moved_to_next_working_day",
        "extended",
        "paused",
    }
