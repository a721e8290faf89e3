"""Early, on time, late: by the date in Viet Nam, or by the minute for limits in hours."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.clock import VIETNAM
from shared.errors import RefusedError
from shared.working_time.terms import Unit
from shared.working_time.verdict import Verdict, late_from, verdict

DUE = datetime(2019, 7, 8, 10, 0, tzinfo=VIETNAM)
BY_DATE = [Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.MONTH, None]


@pytest.mark.parametrize("unit", BY_DATE)
@pytest.mark.parametrize(
    ("resolved_at", "expected"),
    [
        # Midnight in Viet Nam is 17:00 UTC of the day before.
        (datetime(2019, 7, 7, 16, 59, 59, 999999, tzinfo=UTC), Verdict.EARLY),
        (datetime(2019, 7, 7, 17, 0, tzinfo=UTC), Verdict.ON_TIME),
        (datetime(2019, 7, 8, 9, 59, tzinfo=VIETNAM), Verdict.ON_TIME),
        (datetime(2019, 7, 8, 16, 0, tzinfo=VIETNAM), Verdict.ON_TIME),
        (datetime(2019, 7, 8, 16, 59, 59, 999999, tzinfo=UTC), Verdict.ON_TIME),
        (datetime(2019, 7, 8, 17, 0, tzinfo=UTC), Verdict.LATE),
    ],
)
def test_limits_in_days_and_months_are_judged_by_the_date_in_viet_nam(
    resolved_at: datetime, expected: Verdict, unit: Unit | None
) -> None:
    assert verdict(resolved_at, DUE, unit) is expected
    assert verdict(resolved_at, DUE.astimezone(UTC), unit) is expected


def test_a_due_time_after_midnight_in_viet_nam_belongs_to_the_new_day() -> None:
    due = datetime(2019, 7, 7, 17, 30, tzinfo=UTC)  # 00:30 on 08/07 in Viet Nam
    assert verdict(datetime(2019, 7, 8, 16, 0, tzinfo=UTC), due, Unit.WORKING_DAY) is Verdict.ON_TIME
    assert verdict(datetime(2019, 7, 7, 16, 0, tzinfo=UTC), due, Unit.WORKING_DAY) is Verdict.EARLY


@pytest.mark.parametrize(
    ("resolved_at", "expected"),
    [
        (datetime(2019, 7, 8, 9, 59, 59, tzinfo=VIETNAM), Verdict.EARLY),
        (datetime(2019, 7, 8, 10, 0, tzinfo=VIETNAM), Verdict.ON_TIME),
        (datetime(2019, 7, 8, 3, 0, 59, tzinfo=UTC), Verdict.ON_TIME),
        (datetime(2019, 7, 8, 10, 0, 0, 1, tzinfo=VIETNAM), Verdict.ON_TIME),
        (datetime(2019, 7, 8, 10, 1, tzinfo=VIETNAM), Verdict.LATE),
        (datetime(2019, 7, 9, 9, 0, tzinfo=VIETNAM), Verdict.LATE),
    ],
)
def test_limits_in_hours_are_judged_by_the_minute(resolved_at: datetime, expected: Verdict) -> None:
    assert verdict(resolved_at, DUE, Unit.WORKING_HOUR) is expected


@pytest.mark.parametrize("unit", [*Unit, None])
def test_without_a_due_time_there_is_no_verdict(unit: Unit | None) -> None:
    assert verdict(DUE, None, unit) is Verdict.NONE


@pytest.mark.parametrize("unit", [*Unit, None])
def test_times_without_offset_are_refused(unit: Unit | None) -> None:
    naive = datetime(2019, 7, 8, 10)  # noqa: DTZ001
    for resolved_at, due_at in ((naive, DUE), (DUE, naive)):
        with pytest.raises(RefusedError, match="time-without-offset"):
            verdict(resolved_at, due_at, unit)


def test_the_names_of_the_verdicts_are_durable() -> None:
    assert [it.value for it in Verdict] == ["early", "on_time", "late", "none"]


@pytest.mark.parametrize("unit", list(Unit))
def test_late_begins_exactly_where_the_verdict_turns_late(unit: Unit) -> None:
    due_at = datetime(2019, 4, 26, 10, 15, 30, tzinfo=VIETNAM)

    first_late = late_from(due_at, unit)

    assert verdict(first_late, due_at, unit) is Verdict.LATE
    assert verdict(first_late - timedelta(microseconds=1), due_at, unit) is Verdict.ON_TIME
