"""Reminding of works that nobody collects, that come due or are overdue: one deadline a work, moved on each time.

Steps are in the working time of the agency that has the work.
"""

from __future__ import annotations

from datetime import datetime

from services.processing.domain import Work
from services.processing.ports import Agencies, Deadlines, ReminderList
from services.processing.rules import OPERATIONS, SUPERIOR, Rung, next_rung
from shared.acts import Act
from shared.errors import RefusedError
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.calendars import Calendars

REMIND = "remind"
"""The name of the deadline at which somebody is to be reminded of a work."""
VERSIONS = 100
"""More than there are rungs: versions of the deadline within one version of the work."""


class Ladder:
    """Sets the deadline at which the next rung is climbed, and climbs it."""

    def __init__(
        self, agencies: Agencies, deadlines: Deadlines, reminders: ReminderList, calendar: WorkingCalendar
    ) -> None:
        self._agencies = agencies
        self._deadlines = deadlines
        self._reminders = reminders
        self._calendars = Calendars(calendar)

    def set(self, work: Work, act: Act) -> None:
        """Wait for the next rung, after the work was laid before an agency or its term has changed."""
        self._wait(work, work.version * VERSIONS, act.recorded_at)

    def settle(self, work: Work) -> None:
        """Remind nobody of the work any more."""
        if not work.historical:
            self._deadlines.settle(work.id, REMIND)

    def climb(self, work: Work, version: int, act: Act) -> None:
        """Remind of all that is due by now, once each, and wait for what comes next."""
        now = act.recorded_at
        while (rung := self._next(work, now)) is not None and rung.at <= now:
            to = self._addressee(work, rung)
            work.remind(rung.about, rung.number, to, rung.key(work), act)
            self._reminders.show(work, rung.about, rung.number, to, now)
        self._wait(work, version + 1, now)

    def _wait(self, work: Work, version: int, now: datetime) -> None:
        rung = self._next(work, now)
        if rung is not None:
            self._deadlines.set(work.id, REMIND, version, rung.at)

    def _next(self, work: Work, now: datetime) -> Rung | None:
        try:
            return next_rung(work, self._calendar_of(work.agency), now)
        except RefusedError:
            return None  # its term ends in years whose holidays nobody knows yet

    def _calendar_of(self, agency_id: str) -> WorkingCalendar:
        agency = self._agencies.get(agency_id)
        try:
            return self._calendars.of(agency.hours if agency else None)
        except RefusedError:
            return self._calendars.of(
                None
            )  # hours that make no day must not keep anybody from being reminded

    def _addressee(self, work: Work, rung: Rung) -> str:
        if rung.to == OPERATIONS:
            return OPERATIONS
        if rung.to != SUPERIOR:
            return work.agency
        agency = self._agencies.get(work.agency)
        return (agency.parent if agency else None) or OPERATIONS
