"""What holds for every pause, cutoff and extension."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.clock import VIETNAM
from shared.working_time.due import due_at
from shared.working_time.elapsed import working_time_between
from shared.working_time.pauses import Pause
from shared.working_time.terms import Term, Unit
from shared.working_time.vietnam import vietnam_calendar

CALENDAR = vietnam_calendar()

# Around 30/04/2019 with its make-up Saturday, and around the swap of 02/01/2026.
starts = st.one_of(
    st.datetimes(datetime(2019, 4, 22), datetime(2019, 5, 8), timezones=st.just(VIETNAM)),  # noqa: DTZ001
    st.datetimes(datetime(2025, 12, 26), datetime(2026, 1, 12), timezones=st.just(VIETNAM)),  # noqa: DTZ001
)
lengths = st.timedeltas(timedelta(), timedelta(days=12))
cutoffs = st.one_of(st.none(), st.sampled_from([time(11), time(15), time(16, 30)]))
SAME_DAY = Term(Decimal(0), Unit.WORKING_DAY)
lasting_terms = st.one_of(
    st.integers(1, 12).map(lambda n: Term(Decimal(n), Unit.WORKING_DAY)),
    st.integers(1, 80).map(lambda n: Term(Decimal(n) / 4, Unit.WORKING_DAY)),
    st.integers(1, 100).map(lambda n: Term(Decimal(n) / 2, Unit.WORKING_HOUR)),
)
worked_terms = st.one_of(st.just(SAME_DAY), lasting_terms)
calendar_terms = st.integers(1, 20).map(lambda n: Term(Decimal(n), Unit.CALENDAR_DAY))
month_terms = st.integers(1, 2).map(lambda n: Term(Decimal(n), Unit.MONTH))
terms = st.one_of(worked_terms, calendar_terms, month_terms)


@st.composite
def pauses_after(draw: st.DrawFn, start: datetime) -> list[Pause]:
    spans = draw(
        st.lists(st.tuples(st.timedeltas(timedelta(days=-2), timedelta(days=15)), lengths), max_size=4)
    )
    return [(start + after, start + after + length) for after, length in spans]


@st.composite
def cases(draw: st.DrawFn, of: st.SearchStrategy[Term] = terms) -> tuple[datetime, Term, list[Pause]]:
    start = draw(starts)
    return start, draw(of), draw(pauses_after(start))


def due(start: datetime, term: Term, pauses: list[Pause], cutoff: time | None = None) -> datetime:
    return due_at(start, term, CALENDAR, cutoff=cutoff, pauses=pauses).at


@settings(deadline=None)
@given(case=cases(), cuts=st.lists(st.floats(0, 1), max_size=5), data=st.data())
def test_a_pause_told_in_any_pieces_gives_the_same_due_time(
    case: tuple[datetime, Term, list[Pause]], cuts: list[float], data: st.DataObject
) -> None:
    start, term, pauses = case
    pieces: list[Pause] = []
    for begun, ended in pauses:
        at = [begun, *sorted(begun + (ended - begun) * cut for cut in cuts), ended]
        pieces += pairwise(at)
    again = data.draw(st.lists(st.sampled_from(pieces), max_size=2)) if pieces else []
    told = data.draw(st.permutations([*pieces, *again]))
    assert due(start, term, told) == due(start, term, pauses)


@settings(deadline=None)
@given(case=cases(), cutoff=cutoffs, data=st.data())
def test_one_more_pause_never_makes_anything_due_earlier(
    case: tuple[datetime, Term, list[Pause]], cutoff: time | None, data: st.DataObject
) -> None:
    start, term, pauses = case
    more = data.draw(pauses_after(start))
    assert due(start, term, pauses, cutoff) <= due(start, term, pauses + more, cutoff)


@settings(deadline=None)
@given(case=cases(), cutoff=cutoffs)
def test_nothing_is_due_before_its_start_or_outside_working_time_for_its_pauses(
    case: tuple[datetime, Term, list[Pause]], cutoff: time | None
) -> None:
    start, term, pauses = case
    result = due(start, term, pauses, cutoff)
    assert result >= start
    assert CALENDAR.clamp(result) == result


@settings(deadline=None)
@given(case=cases(lasting_terms), later=lengths, cutoff=cutoffs)
def test_a_later_start_is_never_due_earlier_whatever_the_pauses(
    case: tuple[datetime, Term, list[Pause]], later: timedelta, cutoff: time | None
) -> None:
    start, term, pauses = case
    assert due(start, term, pauses, cutoff) <= due(start + later, term, pauses, cutoff)


@settings(deadline=None)
@given(start=starts, later=lengths, cutoff=cutoffs, data=st.data())
def test_a_later_start_that_no_pause_preceded_is_never_due_earlier_within_the_day(
    start: datetime, later: timedelta, cutoff: time | None, data: st.DataObject
) -> None:
    pauses = [pause for pause in data.draw(pauses_after(start)) if pause[0] >= start + later]
    assert due(start, SAME_DAY, pauses, cutoff) <= due(start + later, SAME_DAY, pauses, cutoff)


@settings(deadline=None)
@given(case=cases(calendar_terms), later=lengths, cutoff=cutoffs)
def test_a_later_start_is_never_due_on_an_earlier_date_whatever_the_pauses(
    case: tuple[datetime, Term, list[Pause]], later: timedelta, cutoff: time | None
) -> None:
    start, term, pauses = case
    first, second = due(start, term, pauses, cutoff), due(start + later, term, pauses, cutoff)
    assert first.astimezone(VIETNAM).date() <= second.astimezone(VIETNAM).date()


@settings(deadline=None)
@given(start=starts, term=month_terms, later=lengths, cutoff=cutoffs)
def test_a_later_start_without_pauses_is_never_due_on_an_earlier_date_in_months(
    start: datetime, term: Term, later: timedelta, cutoff: time | None
) -> None:
    first, second = due(start, term, [], cutoff), due(start + later, term, [], cutoff)
    assert first.astimezone(VIETNAM).date() <= second.astimezone(VIETNAM).date()


@settings(deadline=None)
@given(start=starts, term=worked_terms, begins=st.floats(0, 0.99), length=lengths)
def test_a_pause_that_begins_in_time_moves_the_end_by_the_working_time_it_took(
    start: datetime, term: Term, begins: float, length: timedelta
) -> None:
    counted = max(start, CALENDAR.clamp(start))
    unpaused = due(start, term, [])
    begun = counted + (unpaused - counted) * begins
    pause = (begun, begun + length)
    moved = working_time_between(unpaused, due(start, term, [pause]), CALENDAR)
    assert moved == (working_time_between(*pause, CALENDAR) if begun < unpaused else timedelta())


@settings(deadline=None)
@given(case=cases(), after=lengths, length=lengths)
def test_a_pause_that_begins_when_the_term_is_over_moves_nothing(
    case: tuple[datetime, Term, list[Pause]], after: timedelta, length: timedelta
) -> None:
    start, term, pauses = case
    before = due(start, term, pauses)
    last = max([before, *(ended for _, ended in pauses)]) + timedelta(microseconds=1)
    assert due(start, term, [*pauses, (last + after, last + after + length)]) == before


@settings(deadline=None)
@given(start=starts, term=terms, cutoff=st.sampled_from([time(11), time(15)]))
def test_a_cutoff_is_the_same_as_coming_at_the_next_opening(
    start: datetime, term: Term, cutoff: time
) -> None:
    day = start.date()
    at = start
    if CALENDAR.is_working_day(day) and start.time() > cutoff:
        following = CALENDAR.nth_working_day_after(day, 1)
        at = datetime.combine(following, CALENDAR.hours.opening, VIETNAM)
    assert due(start, term, [], cutoff) == due(at.astimezone(UTC), term, [])


@settings(deadline=None)
@given(case=cases(worked_terms), extensions=st.lists(worked_terms, max_size=3), cutoff=cutoffs)
def test_one_more_extension_never_makes_anything_due_earlier(
    case: tuple[datetime, Term, list[Pause]], extensions: list[Term], cutoff: time | None
) -> None:
    start, term, pauses = case
    reached = [
        due_at(start, term, CALENDAR, cutoff=cutoff, pauses=pauses, extensions=extensions[:n]).at
        for n in range(len(extensions) + 1)
    ]
    assert reached == sorted(reached)
