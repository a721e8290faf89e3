"""Who had a dossier, and whose lateness it is: worked out by hand, and what always adds up."""

from collections import defaultdict
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.clock import VIETNAM
from shared.errors import RefusedError
from shared.working_time.apportioning import apportioned, equal_parts
from shared.working_time.elapsed import working_time_between
from shared.working_time.shares import IN_TRANSIT, PROCESS, Shares, Stretch, shares
from shared.working_time.vietnam import vietnam_calendar

CALENDAR = vietnam_calendar()
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    """Read `day hh:mm` of June 2019, Viet Nam time; Monday is the 17th."""
    return datetime.strptime(f"2019-06-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=VIETNAM)


def work(holder: str, leg: str, opened: str, closed: str | None, due: str | None = None) -> Stretch:
    return Stretch(holder, leg, at(opened), at(closed) if closed else None, at(due) if due else None)


def wait(leg: str, opened: str, closed: str) -> Stretch:
    return Stretch("applicant", leg, at(opened), at(closed), waiting=True)


def divided(start: str, end: str, due: str | None, *stretches: Stretch) -> Shares:
    return shares(at(start), at(end), at(due) if due else None, stretches, CALENDAR)


def hours(result: Shares, what: str) -> dict[str, float]:
    """Sum up a column by holder, in hours, without what is nothing."""
    column: dict[str, timedelta] = defaultdict(timedelta)
    for row in result.rows:
        column[row.holder] += getattr(row, what)
    return {holder: time / HOUR for holder, time in column.items() if time}


def test_one_leg_after_the_other_and_the_way_between_them() -> None:
    # Monday 08:00-11:30 and 13:30-17:00 are 7 hours, Tuesday from 07:00 to 10:00 are 3. A has the morning,
    # the first hour of the afternoon lies between them, B has 2.5 and 3 hours.
    result = divided(
        "17 08:00",
        "18 10:00",
        None,
        work("A", "1", "17 08:00", "17 11:30"),
        work("B", "2", "17 14:30", "18 10:00"),
    )
    assert result.elapsed == 10 * HOUR
    assert hours(result, "elapsed") == {"A": 3.5, IN_TRANSIT: 1, "B": 5.5}
    assert result.late == timedelta()
    assert hours(result, "part") == {}


def test_side_by_side_every_one_has_an_equal_part() -> None:
    result = divided(
        "17 07:00",
        "17 11:00",
        None,
        work("A", "1", "17 07:00", "17 10:00"),
        work("B", "2", "17 08:00", "17 11:00"),
        work("C", "3", "17 08:00", "17 10:00"),
    )
    assert hours(result, "elapsed") == pytest.approx({"A": 1 + 2 / 3, "B": 1 + 2 / 3, "C": 2 / 3})


def test_the_applicants_wait_counts_against_no_agency() -> None:
    # Due on Tuesday 17:00, done on Thursday 17:00: 16 hours late. All of Tuesday the applicant looked for
    # papers, while the leg stood still; then the agency took until Thursday, a day past its moved due.
    result = divided(
        "17 07:00",
        "20 17:00",
        "18 17:00",
        work("A", "1", "17 07:00", "20 17:00", due="19 17:00"),
        wait("1", "18 07:00", "18 17:00"),
    )
    assert hours(result, "elapsed") == {"A": 24, "applicant": 8}
    assert result.late == 16 * HOUR
    assert hours(result, "part") == {"applicant": 8, "A": 8}
    row = result.rows[0]
    assert (row.holder, row.leg, row.waiting, row.budget, row.overrun) == (
        "A",
        "1",
        False,
        16 * HOUR,
        8 * HOUR,
    )


def test_work_beside_a_wait_has_the_time_but_the_wait_has_the_lateness() -> None:
    # 8 hours late. B worked on in parallel and was 4 hours past due, all while the applicant paid.
    result = divided(
        "17 07:00",
        "18 17:00",
        "17 17:00",
        work("A", "1", "17 07:00", "17 17:00", due="17 17:00"),
        wait("pay", "18 07:00", "18 17:00"),
        work("B", "2", "18 07:00", "18 15:30", due="18 10:00"),
    )
    assert hours(result, "elapsed") == {"A": 8, "B": 6.5, "applicant": 1.5}
    assert hours(result, "overrun") == {"B": 3.5}
    assert hours(result, "part") == {"applicant": 8}


def test_agencies_answer_in_proportion_to_their_delay() -> None:
    # A is 1.5 + 6.5 hours past its due time, B 2.5, and the papers lay an hour between them: 11.5 hours of
    # delay. C was early, so the dossier is late by 1.5 + 3.5 hours only.
    result = divided(
        "17 07:00",
        "19 17:00",
        "19 10:00",
        work("A", "1", "17 07:00", "18 15:30", due="17 15:30"),
        work("B", "2", "18 16:30", "19 11:00", due="19 08:30"),
        work("C", "3", "19 11:00", "19 17:00", due="20 08:00"),
    )
    assert hours(result, "delay") == {"A": 8, "B": 2.5, IN_TRANSIT: 1}
    assert result.late == 5 * HOUR
    assert hours(result, "part") == pytest.approx(
        {"A": 5 * 8 / 11.5, "B": 5 * 2.5 / 11.5, IN_TRANSIT: 5 / 11.5}
    )


def test_past_due_together_is_one_delay_and_lateness_without_delay_is_the_processs() -> None:
    # Both are past due from 15:00 to 17:00: that is one delay of 2 hours. The legs' terms end at 15:00,
    # though the limit ended at 09:00: the other 4 hours of the 6 are the process's.
    result = divided(
        "17 07:00",
        "17 17:00",
        "17 09:00",
        work("A", "1", "17 07:00", "17 17:00", due="17 15:00"),
        work("B", "2", "17 07:00", "17 17:00", due="17 15:00"),
    )
    assert result.late == 6 * HOUR
    assert hours(result, "overrun") == {"A": 2, "B": 2}
    assert hours(result, "part") == {"A": 1, "B": 1, PROCESS: 4}


def test_a_leg_that_changes_hands_keeps_its_due_time_and_each_answers_for_its_time() -> None:
    result = divided(
        "17 07:00",
        "18 11:00",
        "17 17:00",
        work("A", "1", "17 07:00", "18 08:00", due="17 17:00"),
        work("B", "1", "18 08:00", "18 11:00", due="17 17:00"),
    )
    assert hours(result, "part") == {"A": 1, "B": 3}
    assert [row.budget for row in result.rows[:2]] == [8 * HOUR, timedelta()]


def test_what_is_open_counts_until_the_moment_of_asking() -> None:
    result = divided("17 07:00", "17 09:00", "17 08:00", work("A", "1", "17 07:00", None, due="17 08:00"))
    assert hours(result, "part") == {"A": 1}


def test_nights_lunches_and_days_off_are_nobodys() -> None:
    # Friday 17:00 to Monday 07:00 between two agencies.
    result = divided(
        "21 07:00",
        "24 17:00",
        None,
        work("A", "1", "21 07:00", "21 17:00"),
        work("B", "2", "24 07:00", "24 17:00"),
    )
    assert hours(result, "elapsed") == {"A": 8, "B": 8}


def test_an_end_before_the_start_leaves_nothing_to_divide() -> None:
    result = divided("18 07:00", "17 07:00", "17 08:00", work("A", "1", "17 07:00", None))
    assert result.elapsed == timedelta()
    assert hours(result, "elapsed") == {}


def test_times_without_offset_are_refused() -> None:
    naive = datetime(2019, 6, 17, 8)  # noqa: DTZ001
    with pytest.raises(RefusedError, match="time-without-offset"):
        shares(at("17 07:00"), at("18 07:00"), None, [Stretch("A", "1", naive, None)], CALENDAR)


def test_the_names_of_the_rows_without_a_leg_are_durable() -> None:
    rows = divided("17 07:00", "17 08:00", None).rows
    assert [(row.holder, row.leg) for row in rows] == [("in-transit", None), ("process", None)]


START = at("14 07:00")
moments = st.integers(-600, 14 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
stretches = st.builds(
    Stretch,
    holder=st.sampled_from(["A", "B", "C"]),
    leg=st.sampled_from(["1", "2", "3"]),
    opened=moments,
    closed=st.one_of(st.none(), moments),
    due=st.one_of(st.none(), moments),
    waiting=st.booleans(),
)
histories = st.lists(stretches, max_size=6)
ends = st.one_of(moments, moments.map(lambda moment: moment + timedelta(microseconds=7)))
dues = st.one_of(st.none(), moments)


@settings(deadline=None)
@given(end=ends, due=dues, history=histories)
def test_rows_add_up_to_the_microsecond_and_none_is_negative(
    end: datetime, due: datetime | None, history: list[Stretch]
) -> None:
    result = shares(START, end, due, history, CALENDAR)
    total = working_time_between(START, max(START, end), CALENDAR)
    late = max(timedelta(), working_time_between(due, max(START, end), CALENDAR)) if due else timedelta()
    assert sum((row.elapsed for row in result.rows), timedelta()) == result.elapsed == total
    assert sum((row.part for row in result.rows), timedelta()) == result.late == late
    assert len(result.rows) == len(history) + 2
    for row in result.rows:
        assert min(row.elapsed, row.overrun, row.delay, row.part) >= timedelta()
        assert row.part <= row.delay or row.holder == PROCESS
    assert sum((row.delay for row in result.rows), timedelta()) <= total


@settings(deadline=None)
@given(end=ends, due=dues, history=histories, data=st.data())
def test_the_order_in_which_stretches_are_told_changes_nothing(
    end: datetime, due: datetime | None, history: list[Stretch], data: st.DataObject
) -> None:
    other = data.draw(st.permutations(history))
    assert shares(START, end, due, history, CALENDAR) == shares(START, end, due, other, CALENDAR)


@settings(deadline=None)
@given(end=ends, due=moments, history=histories)
def test_no_agency_answers_for_lateness_that_the_waits_explain(
    end: datetime, due: datetime, history: list[Stretch]
) -> None:
    rows = shares(START, end, due, history, CALENDAR).rows
    waited = sum((row.delay for row in rows if row.waiting), timedelta())
    for_waits = sum((row.part for row in rows if row.waiting), timedelta())
    others = sum((row.part for row in rows if not row.waiting), timedelta())
    assert for_waits <= waited
    assert not others or for_waits == waited


@settings(deadline=None, max_examples=30)
@given(
    end=st.integers(0, 4 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes)), history=histories
)
def test_elapsed_agrees_with_asking_every_minute_who_has_the_dossier(
    end: datetime, history: list[Stretch]
) -> None:
    expected: dict[str, Fraction] = defaultdict(Fraction)
    minute = START
    while minute < end:
        after = minute + timedelta(minutes=1)
        if working_time_between(minute, after, CALENDAR):
            has = [it for it in history if it.opened <= minute and (it.closed is None or minute < it.closed)]
            waits = [it for it in has if it.waiting]
            working = [it for it in has if not it.waiting and it.leg not in {each.leg for each in waits}]
            holders = [it.holder for it in working or waits] or [IN_TRANSIT]
            for holder in holders:
                expected[holder] += Fraction(60_000_000, len(holders))
        minute = after
    result = shares(START, end, None, history, CALENDAR)
    for holder in {"A", "B", "C", IN_TRANSIT}:
        counted = sum((row.elapsed for row in result.rows if row.holder == holder), timedelta())
        assert abs(counted // timedelta(microseconds=1) - expected[holder]) <= 2 * len(history) ** 2


@given(total=st.integers(0, 10**12), among=st.integers(1, 20))
def test_equal_parts_add_up_and_differ_by_one_at_most(total: int, among: int) -> None:
    parts = equal_parts(total, among)
    assert sum(parts) == total
    assert parts == sorted(parts, reverse=True)
    assert parts[0] - parts[-1] <= 1


@given(claims=st.lists(st.integers(0, 10**12), max_size=8), share=st.floats(0, 1))
def test_apportioned_parts_add_up_within_one_of_the_exact_quota_and_never_above_the_claim(
    claims: list[int], share: float
) -> None:
    total = int(sum(claims) * Fraction(share))
    parts = apportioned(total, claims)
    assert sum(parts) == total
    for part, claim in zip(parts, claims, strict=True):
        assert 0 <= part <= claim
        assert abs(part - Fraction(total * claim, sum(claims) or 1)) < 1


def test_what_is_left_over_goes_to_the_largest_remainders_and_among_equals_to_the_first() -> None:
    assert apportioned(10, [7, 7, 6]) == [4, 3, 3]  # 3.5, 3.5, 3
    assert apportioned(4, [1, 1, 4]) == [1, 1, 2]  # 0.67, 0.67, 2.67
    assert equal_parts(5, 3) == [2, 2, 1]
