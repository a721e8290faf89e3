"""Times as text: fixed width, UTC, in order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import VIETNAM, SetClock, SystemClock, from_text, to_text

LAST_DAY = 3_652_057
MOMENTS = st.builds(
    lambda days, microseconds: datetime(1, 1, 2, tzinfo=UTC) + timedelta(days, 0, microseconds),
    st.integers(0, LAST_DAY - 1),
    st.integers(0, 24 * 3600 * 1_000_000 - 1),
)


@given(MOMENTS)
def test_a_moment_comes_back_from_its_text(moment: datetime) -> None:
    assert from_text(to_text(moment)) == moment


@given(MOMENTS, MOMENTS)
def test_texts_stand_in_the_order_of_their_times(one: datetime, other: datetime) -> None:
    assert (to_text(one) < to_text(other)) is (one < other)


@given(MOMENTS)
def test_every_text_is_equally_wide(moment: datetime) -> None:
    assert len(to_text(moment)) == len("2026-03-02T01:00:00.000000Z")


def test_any_offset_is_read_and_turned_into_utc() -> None:
    read = from_text("2026-03-02T08:00:00+07:00")
    assert (read, read.tzinfo) == (datetime(2026, 3, 2, 1, tzinfo=UTC), UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-03-02",
        "2026-03-02T08:00:00",
        "2026-13-02T08:00:00Z",
        "2026-03-02T08:00:60Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_what_is_no_time_with_an_offset_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the kind is what is promised
        from_text(text)


def test_a_set_clock_stands_still_until_it_is_moved() -> None:
    start = datetime(2026, 3, 2, 8, tzinfo=VIETNAM)
    clock = SetClock(start)
    assert clock.now() == clock.now() == start
    clock.advance(timedelta(minutes=1))
    assert clock.now() == start + timedelta(minutes=1)
    clock.set(start)
    assert clock.now() == start


def test_every_clock_speaks_utc() -> None:
    clock = SetClock(datetime(2026, 3, 2, 8, tzinfo=timezone(timedelta(hours=7))))
    assert {SystemClock().now().tzinfo, clock.now().tzinfo} == {UTC}
