"""How many due times a second: printed, never asserted."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import perf_counter

import pytest

from shared.working_time.due import due_at
from shared.working_time.terms import Term, Unit
from shared.working_time.vietnam import vietnam_calendar

CALLS = 20_000


@pytest.mark.parametrize("unit", [Unit.WORKING_DAY, Unit.WORKING_HOUR])
def test_a_years_due_times_are_computed_in_one_go_and_in_order(
    unit: Unit, capsys: pytest.CaptureFixture[str], record_property: Callable[[str, object], None]
) -> None:
    calendar, term = vietnam_calendar(), Term(Decimal(15), unit)
    first = datetime(2019, 1, 2, tzinfo=UTC)
    starts = [first + timedelta(minutes=26 * n) for n in range(CALLS)]
    began = perf_counter()
    dues = [due_at(start, term, calendar).at for start in starts]
    rate = round(CALLS / (perf_counter() - began))
    record_property("due_at_per_second", rate)
    with capsys.disabled():
        sys.stdout.write(f" due_at, {term.en}: {rate:,}/s ")
    assert dues == sorted(dues)
    assert dues[0] > first
