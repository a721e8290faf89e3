"""In whose hands a dossier was, and whose part its lateness is, worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.statistics.projection.columns import APPOINTMENT, DOSSIER, LEG, PAUSE
from services.statistics.projection.rows import Rows
from services.statistics.projection.rules import project
from services.statistics.reports.case import Case, Course, by_holder, course
from services.statistics.reports.durations import in_words
from services.statistics.reports.timeline import Holder
from shared.contracts.envelope import Message
from tests.builders.statistics import LAND, NEW_LAND, TAX, Province, leg_of, vietnam

DAY = 8 * 60
"""Minutes of working time in a day."""
LAND_HAS, TAX_HAS, NEW_LAND_HAS = (Holder("agency", agency) for agency in (LAND, TAX, NEW_LAND))
APPLICANT, BETWEEN, PROCESS = Holder("applicant"), Holder("in-transit"), Holder("process")


def case_of(messages: Iterable[Message]) -> Case:
    rows = Rows()
    for message in messages:
        project(rows, orjson.loads(message.to_bytes()))
    [dossier] = rows.by_table[DOSSIER].values()
    return Case(dossier, *(list(rows.by_table[table].values()) for table in (LEG, PAUSE, APPOINTMENT)))


def course_of(province: Province, at: datetime | None = None) -> Course:
    found = course(case_of(province.sent), at or vietnam(2019, 12, 31))
    assert found is not None
    return found


def monday(day: int = 0, hour: int = 9) -> datetime:
    """Return a moment so many days after Monday 01/07/2019; the second Monday is 7."""
    return vietnam(2019, 7, 1 + day, hour)


def in_turn(*, closed: tuple[int, int], due: int, late: bool) -> Province:
    """LAND has it from Monday, TAX after it; each leg has three calendar days."""
    province = Province()
    province.receive(0, monday(), monday(due))
    province.open_leg(0, 1, 1, monday())
    province.close_leg(0, 1, 1, monday(closed[0]))
    province.open_leg(0, 2, 1, monday(closed[0]))
    province.close_leg(0, 2, 1, monday(closed[1]))
    province.resolve(0, monday(closed[1]), "late" if late else "on_time")
    return province


def test_whoever_went_over_its_term_made_it_late() -> None:
    # LAND: Monday to the next Monday, due Thursday; TAX: two days of its three.
    found = course_of(in_turn(closed=(7, 9), due=7, late=True))
    assert (found.minutes, found.ended) == (7 * DAY, True)
    assert by_holder(found.shares) == {LAND_HAS: 5 * DAY, TAX_HAS: 2 * DAY}
    assert found.against_due.late
    assert found.against_due.minutes == 2 * DAY
    assert by_holder(found.against_due.parts) == {LAND_HAS: 2 * DAY}
    assert found.against_receipt == found.against_due


def test_a_dossier_on_time_has_no_lateness_to_divide() -> None:
    found = course_of(in_turn(closed=(7, 9), due=9, late=False))
    assert (found.against_due.late, found.against_due.minutes, found.against_due.parts) == (False, 0, {})


def test_where_every_leg_kept_its_term_it_is_the_process_that_is_too_long() -> None:
    # The legs' terms come to more than the dossier's: R6 has twelve days of ten.
    found = course_of(in_turn(closed=(1, 3), due=2, late=True))
    assert found.against_due.minutes == DAY
    assert by_holder(found.against_due.parts) == {PROCESS: DAY}


def test_legs_that_are_open_at_once_share_alike() -> None:
    province = Province()
    province.receive(0, monday(), monday(2))
    province.open_leg(0, 1, 1, monday())
    province.open_leg(0, 2, 1, monday())
    province.close_leg(0, 1, 1, monday(2))
    province.close_leg(0, 2, 1, monday(4))
    province.resolve(0, monday(4), "late")
    found = course_of(province)
    assert by_holder(found.shares) == {LAND_HAS: DAY, TAX_HAS: 3 * DAY}
    # Only TAX went past its leg's term, by a day; the term itself ended a day after the dossier's.
    assert by_holder(found.against_due.parts) == {TAX_HAS: DAY, PROCESS: DAY}


def test_the_applicant_s_wait_counts_against_the_receipt_and_not_against_the_moved_due_time() -> None:
    province = Province()
    province.receive(0, monday(), monday(2))
    province.open_leg(0, 1, 1, monday())
    province.pause(0, "1", monday(1))
    province.resume(0, "1", monday(3), monday(4))
    province.close_leg(0, 1, 1, monday(7))
    province.resolve(0, monday(7), "late")
    found = course_of(province)
    assert by_holder(found.shares) == {LAND_HAS: 3 * DAY, APPLICANT: 2 * DAY}
    assert (found.against_due.minutes, by_holder(found.against_due.parts)) == (DAY, {LAND_HAS: DAY})
    assert found.against_receipt.minutes == 3 * DAY
    # Beyond its term LAND had it for a day, the applicant for two.
    assert by_holder(found.against_receipt.parts) == {APPLICANT: 2 * DAY, LAND_HAS: DAY}


def test_while_the_clock_stands_still_nothing_is_late() -> None:
    province = Province()
    province.receive(0, monday(), monday(2))
    province.open_leg(0, 1, 1, monday())
    province.pause(0, "1", monday(1))
    waiting = course_of(province, monday(10))
    assert (waiting.ended, waiting.against_due.late, waiting.against_receipt.late) == (False, False, True)
    province.resume(0, "1", monday(10), monday(11))
    assert course_of(province, monday(15)).against_due.late


def test_as_of_a_moment_neither_ends_nor_moved_due_times_of_later_count() -> None:
    province = in_turn(closed=(7, 9), due=3, late=True)
    province.extend(0, monday(8), monday(8))
    then = course_of(province, monday(4))
    assert (then.ended, then.reached_at) == (False, monday(4))
    assert (then.against_due.due_at, then.against_due.minutes) == (monday(3), DAY)
    now = course_of(province)
    assert (now.against_due.due_at, now.against_due.minutes, now.against_receipt.minutes) == (
        monday(8),
        DAY,
        4 * DAY,
    )


def test_a_leg_that_changed_hands_is_shared_by_when() -> None:
    province = Province()
    province.receive(0, monday(), monday(2))
    province.open_leg(0, 1, 1, monday())
    province.rehome(0, 1, monday(1), NEW_LAND, LAND)
    province.close_leg(0, 1, 1, monday(4))
    province.resolve(0, monday(4), "late")
    found = course_of(province)
    assert by_holder(found.shares) == {LAND_HAS: DAY, NEW_LAND_HAS: 3 * DAY}
    assert by_holder(found.against_due.parts) == {NEW_LAND_HAS: DAY, PROCESS: DAY}


def test_between_legs_it_is_in_nobody_s_hands() -> None:
    province = Province()
    province.receive(0, monday(), monday(2))
    province.open_leg(0, 1, 1, monday())
    province.close_leg(0, 1, 1, monday(1), "returned")
    province.open_leg(0, 1, 2, monday(3))
    province.close_leg(0, 1, 2, monday(4))
    province.resolve(0, monday(4), "late")
    found = course_of(province)
    assert by_holder(found.shares) == {LAND_HAS: 2 * DAY, BETWEEN: 2 * DAY}
    assert by_holder(found.against_due.parts) == {BETWEEN: 2 * DAY}


def test_what_was_not_received_has_no_course_and_what_has_no_due_time_is_not_late() -> None:
    province = Province()
    province.submit(0, monday())
    assert course(case_of(province.sent), monday(9)) is None
    province.receive(0, monday())
    assert course(case_of(province.sent), monday() - timedelta(seconds=1)) is None
    assert not course_of(province, monday(9)).against_due.late


@pytest.mark.parametrize(
    ("minutes", "vi", "en"),
    [
        (0, "0 phút", "0 minutes"),
        (1, "1 phút", "1 minute"),
        (DAY + 2 * 60 + 5, "1 ngày làm việc 2 giờ 5 phút", "1 working day 2 hours 5 minutes"),
        (3 * DAY, "3 ngày làm việc", "3 working days"),
    ],
)
def test_minutes_in_words(minutes: int, vi: str, en: str) -> None:
    assert in_words(minutes) == {"vi": vi, "en": en}


def test_a_notice_that_hangs_out_is_the_notice_s_and_a_leg_that_waits_is_told_once() -> None:
    province = Province()
    province.receive(0, monday(), monday(2))
    province.open_leg(0, 1, 1, monday())
    province.sent[-1].data["pause"] = "posting"
    province.pause(0, "1", monday(), "posting")
    province.resume(0, "1", monday(4), monday(7), "posting")
    province.close_leg(0, 1, 1, monday(4), "elapsed")
    province.resolve(0, monday(4), "on_time")
    found = course_of(province)
    assert found.shares == {(Holder("posting", LAND), str(leg_of(0, 1, 1))): 4 * DAY}
    assert (found.against_due.late, found.against_receipt.minutes) == (False, 2 * DAY)
    assert by_holder(found.against_receipt.parts) == {Holder("posting", LAND): 2 * DAY}


def test_an_extension_takes_from_everybody_s_part() -> None:
    province = in_turn(closed=(7, 9), due=3, late=True)
    province.extend(0, monday(2), monday(8))
    found = course_of(province)
    assert (found.against_receipt.minutes, found.against_due.minutes) == (4 * DAY, DAY)
    # LAND went two days over; the other two of the receipt's four are the process's.
    assert by_holder(found.against_receipt.parts) == {LAND_HAS: 2 * DAY, PROCESS: 2 * DAY}
    assert by_holder(found.against_due.parts) == {LAND_HAS: DAY}


LEG_LIVES = st.lists(
    st.tuples(st.integers(0, 400), st.none() | st.integers(0, 400), st.booleans()), max_size=5
)
STOPS = st.lists(st.tuples(st.integers(0, 400), st.none() | st.integers(0, 400)), max_size=3)


@settings(max_examples=60, deadline=None)
@given(LEG_LIVES, STOPS, st.integers(0, 100), st.integers(0, 400))
def test_whatever_befell_it_shares_and_parts_add_up(
    legs: list[tuple[int, int | None, bool]],
    stops: list[tuple[int, int | None]],
    due: int,
    asked: int,
) -> None:
    province, hour = Province(), timedelta(hours=1)
    province.receive(0, monday(), monday() + due * hour)
    for attempt, (opened, length, moved) in enumerate(legs, 1):
        province.open_leg(0, 1, attempt, monday() + opened * hour)
        if moved and attempt == 1:
            province.rehome(0, 1, monday() + (opened + 5) * hour, NEW_LAND, LAND)
        if length is not None:
            province.close_leg(0, 1, attempt, monday() + (opened + length) * hour)
    for number, (opened, length) in enumerate(stops):
        province.pause(0, str(number), monday() + opened * hour)
        if length is not None:
            end = monday() + (opened + length) * hour
            province.resume(0, str(number), end, end + hour)
    found = course_of(province, monday() + asked * hour)
    assert sum(found.shares.values()) == found.minutes
    for judged in (found.against_due, found.against_receipt):
        assert sum(judged.parts.values()) == judged.minutes
        assert all(minutes > 0 for minutes in judged.parts.values())
