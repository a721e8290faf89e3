"""How pauses of the clock move the end of a term.

* What counts is the union of the pauses: overlapping and touching ones are one, and the same time told in
  any pieces gives the same due time.
* Nothing before the moment from which the term counts is a pause of it.
* One after the other, a pause counts if it begins before the due time as the pauses before it have left
  it, and then it counts to its end. A pause that begins when the term is over counts nothing: lateness
  that is there stays there. Whether a pause began in time is asked of the united pause, so that a pause
  told in two pieces is not cut off where the old due time lay between them.
* A term in working days or hours moves by the working time of its pauses. A term in calendar days or
  months moves by their real length, from its end as it was before it moved off a day off. An end after
  the closing of a working day then stands at that closing, any other outside working time at the next
  start of work.

So a pause never makes a due time earlier. Source: Decree 61/2018/NĐ-CP and the form of the control sheet
leave the time of supplements and payments out of the limit (second-hand); how to count is practice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from shared.working_time.adding import add_working_time
from shared.working_time.calendar import WorkingCalendar, local
from shared.working_time.elapsed import working_time_between
from shared.working_time.steps import Rule, Step
from shared.working_time.terms import Unit

Pause = tuple[datetime, datetime]
"""When the clock stopped, and when it went on."""

_WORKED = frozenset({Unit.WORKING_DAY, Unit.WORKING_HOUR})


def united(pauses: Iterable[Pause], since: datetime) -> list[Pause]:
    """Return what lies after `since` of the pauses, in Viet Nam time, in order and without overlaps."""
    clipped = [(max(local(begun), since), local(ended)) for begun, ended in pauses]
    result: list[Pause] = []
    for begun, ended in sorted(clipped):
        if ended <= begun:
            continue
        if result and begun <= result[-1][1]:
            result[-1] = (result[-1][0], max(ended, result[-1][1]))
        else:
            result.append((begun, ended))
    return result


def paused(
    pauses: Sequence[Pause],
    since: datetime,
    due: datetime,
    unrolled: datetime,
    unit: Unit,
    calendar: WorkingCalendar,
) -> list[Step]:
    """Return one step for each pause that counts.

    `since` is when the term began to count, `due` when it ends without pauses, `unrolled` the same
    before it moved off a day off; all in Viet Nam time.
    """
    steps: list[Step] = []
    for begun, ended in united(pauses, since):
        if begun >= due:
            break
        if unit in _WORKED:
            stood = working_time_between(begun, ended, calendar)
            after = add_working_time(due, stood, calendar) if stood else due
        else:
            unrolled += ended - begun
            after = max(due, _fitted(unrolled, calendar))
        steps.append(Step(Rule.PAUSED, due, after, calendar, unit=unit, stood=(begun, ended)))
        due = after
    return steps


def _fitted(at: datetime, calendar: WorkingCalendar) -> datetime:
    """Return `at` or, after closing, that day's closing, or else the next start of work."""
    if calendar.is_working_day(at.date()) and at.time() > calendar.hours.closing:
        return datetime.combine(at.date(), calendar.hours.closing, at.tzinfo)
    return calendar.clamp(at)
