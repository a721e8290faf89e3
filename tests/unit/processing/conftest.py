"""Processing's application over a log in memory, with collaborators that only write down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.popo import POPOApplicationRecorder

from services.processing.application import Agency, Ladder, Processing
from services.processing.domain import Work
from services.processing.ports import Notice, Succession
from shared.acts import Act
from shared.working_time.vietnam import vietnam_calendar
from tests.builders.processing import DESK, ENDED, LAND, MORNING, SUCCESSOR, TAX, UNBORN


@dataclass
class Written:
    """What the application asked its collaborators to write."""

    handed_over: list[UUID] = field(default_factory=list)
    answered: list[tuple[str, str]] = field(default_factory=list)
    notices: list[tuple[str, str]] = field(default_factory=list)
    deadlines: dict[UUID, tuple[str, int, datetime]] = field(default_factory=dict)
    shown: dict[UUID, str] = field(default_factory=dict)
    rings: dict[UUID, tuple[int, datetime]] = field(default_factory=dict)
    reminded: list[tuple[str, int, str]] = field(default_factory=list)

    def hand_over(self, work: Work, act: Act, succession: Succession | None = None) -> None:
        self.handed_over.append(work.id)

    def notify(self, work: Work, notice: Notice, act: Act) -> None:
        self.notices.append((notice.agency, notice.state))

    def answer(self, agency: str, message_ids: Sequence[str], by: str) -> None:
        self.answered += [(agency, message_id) for message_id in message_ids]

    def set(self, aggregate_id: UUID, name: str, version: int, fires_at: datetime) -> None:
        self.deadlines[aggregate_id] = (name, version, fires_at)

    def settle(self, aggregate_id: UUID, name: str) -> None:
        self.deadlines.pop(aggregate_id, None)

    def show(self, work: Work) -> None:
        self.shown[work.id] = work.state


@dataclass
class Rings:
    """Deadlines of the ladder, apart from those of terms."""

    written: Written

    def set(self, aggregate_id: UUID, name: str, version: int, fires_at: datetime) -> None:
        self.written.rings[aggregate_id] = (version, fires_at)

    def settle(self, aggregate_id: UUID, name: str) -> None:
        self.written.rings.pop(aggregate_id, None)


@dataclass
class Reminders:
    """Who was reminded."""

    written: Written

    def show(self, work: Work, about: str, rung: int, to: str, at: datetime) -> None:
        self.written.reminded.append((about, rung, to))


class KnownAgencies:
    """Agencies with and without systems of their own; one has ended."""

    KNOWN = (
        Agency(LAND, connected=True, parent="so-tnmt"),
        Agency(TAX, connected=False),
        Agency(DESK, connected=False),
        Agency(SUCCESSOR, connected=True),
        Agency(ENDED, connected=True, ended_at=MORNING, successors=(SUCCESSOR,)),
        Agency(UNBORN, connected=True, begins_at=MORNING + timedelta(days=1)),
    )

    def get(self, agency_id: str) -> Agency | None:
        return next((agency for agency in self.KNOWN if agency.id == agency_id), None)

    def ids(self) -> list[str]:
        return sorted(agency.id for agency in self.KNOWN)


class Desk:
    """Given, when, then: runs each step as a unit of its own and returns the new events' names."""

    def __init__(self) -> None:
        self.written = Written()
        self.recorder = POPOApplicationRecorder()
        self.application = self.another()

    def another(self) -> Processing:
        """A process that knows nothing but the log."""
        written = self.written
        agencies, calendar = KnownAgencies(), vietnam_calendar()
        ladder = Ladder(agencies, Rings(written), Reminders(written), calendar)
        return Processing(self.recorder, agencies, written, written, written, ladder)

    def when(self, method: str, *arguments: Any) -> list[str]:
        before = self.recorder.max_notification_id() or 0
        try:
            getattr(self.application, method)(*arguments)
            self.application.flush()
        except Exception:
            assert self.application.pending() == 0, "a refused step recorded something"
            self.application.abandon_unit()
            raise
        self.application.close_unit()
        new = self.recorder.select_notifications(start=before + 1, limit=100)
        return [notification.topic for notification in new]

    def command(self, name: str, leg: UUID, fields: Mapping[str, Any], act: Act) -> list[str]:
        """Carry out a command of the act's agency; return the new events' names."""
        return self.when("execute", name, {"leg": leg, **fields}, act, act.actor.agency)

    def events(self, leg: UUID) -> list[Any]:
        mapper = self.application.mapper
        return [mapper.to_domain_event(stored) for stored in self.recorder.select_events(leg)]


@pytest.fixture
def desk() -> Desk:
    return Desk()
