"""When something is due, and why: the computation step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from shared.working_time.adding import added
from shared.working_time.calendar import WorkingCalendar, local
from shared.working_time.pauses import Pause, paused
from shared.working_time.steps import Rule, Step
from shared.working_time.terms import Term


@dataclass(frozen=True, slots=True)
class Due:
    """When a term ends (UTC), and the steps that lead there."""

    at: datetime
    steps: tuple[Step, ...]


def due_at(
    start: datetime,
    term: Term,
    calendar: WorkingCalendar,
    *,
    cutoff: time | None = None,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Term] = (),
) -> Due:
    """Return when a `term` that starts at `start` (any offset) ends.

    1. A start outside working time counts from the next start of work: before opening from the
       opening, at lunch from the afternoon's opening, after closing or on a day off from the next
       working day's opening. Source: practice of production one-stop systems.
       With a `cutoff`, a start after that time of a working day (15:00:01, not 15:00:00) counts from
       the next working day's opening. Source: the rule "sau 15 giờ" of civil-status procedures such as
       2.000908 and of birth registration; Decree 61/2018/NĐ-CP art. 18 for handing over in general,
       second-hand and not checked against the gazette.
    2. Whole working days move the date by so many working days, the first being the next working
       day; the time of day stays. Source: Civil Code 2015 art. 147(2), (3): the day of the event
       does not count; that only working days count is the meaning of the unit. None at all (0) is
       "trong ngày làm việc": due at the closing of the day from which rule 1 counts.
    3. Working hours, and the fraction of a working day at 8 hours a day, use up working time from
       the very moment on, and end at the end of an interval of work rather than at the start of the
       next one. Source: Civil Code 2015 art. 147(1): a term in hours starts at its moment; 8 hours
       a day: practice.
    4. Calendar days move the date by so many days, months to the same day of the month or, where
       there is none, its last day; an end on a day off moves to the next working day; the time of
       day stays. Source: Civil Code 2015 art. 147(2), 148(3), 148(5). Code and articles: quoted
       second-hand and from memory, not checked against the gazette.
    5. `extensions` follow in their order, each counted like a term from the due time before it.
    6. `pauses` come last and move the end by how long the clock stood still: see
       `shared.working_time.pauses`.

    Never before `start`. Never earlier for a larger amount, one more pause or, in working time, one more
    extension. Never earlier for a later start, except that in rule 4 this holds for the date, not for
    the time of day; and that terms whose ends meet (0 working days, or months from the 28th to the 31st)
    end earlier for a later start that a pause of the earlier one had preceded.
    Refuses a time without offset (`time-without-offset`) and dates outside the calendar
    (`calendar-year-unknown`).
    """
    begun = _begun(local(start), cutoff, calendar)
    steps = [begun, *added(begun.after, term, calendar)]
    unrolled = _unrolled(steps[-1])
    for extension in extensions:
        before = steps[-1].after
        last = added(before, extension, calendar)[-1]
        steps.append(Step(Rule.EXTENDED, before, last.after, calendar, extension.amount, extension.unit))
        unrolled = _unrolled(last)
    if pauses:
        steps += paused(pauses, begun.after, steps[-1].after, unrolled, term.unit, calendar)
    return Due(steps[-1].after.astimezone(UTC), tuple(steps))


def _begun(before: datetime, cutoff: time | None, calendar: WorkingCalendar) -> Step:
    after = calendar.clamp(before)
    if cutoff and before.time() > cutoff and after.date() == before.date():
        following = calendar.nth_working_day_after(before.date(), 1)
        opening = datetime.combine(following, calendar.hours.opening, before.tzinfo)
        return Step(Rule.CUTOFF, before, opening, calendar, cutoff=cutoff)
    return Step(Rule.WITHIN if before == after else Rule.CLAMPED, before, after, calendar)


def _unrolled(step: Step) -> datetime:
    """Return the end of a term before it moved off a day off."""
    return step.before if step.rule is Rule.ROLLED else step.after
