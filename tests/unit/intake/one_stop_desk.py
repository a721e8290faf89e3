"""A one-stop desk to test at: the real use cases, tables and vault over databases of a test's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from services.intake.api import due_of
from services.intake.application import Filing, Intake
from services.intake.domain.dossier import Dossier
from services.intake.domain.submission import Component, Person, Submission
from services.intake.ports import Outside
from services.intake.tables import IntakeTables
from shared.acts import Act, Actor
from shared.clock import SetClock, to_text
from shared.errors import RefusedError
from shared.persistence.database import Database
from shared.persistence.migrations import PLUMBING, MigrationSet, migrate
from shared.persistence.recorder import LogRecorder
from shared.persistence.unit_of_work import UnitOfWork
from shared.privacy import PersonalDataVault
from shared.working_time.vietnam import vietnam_calendar

ROOT = Path(__file__).parents[3]
INTAKE = MigrationSet("intake", ROOT / "services/intake/migrations")
KEYS = MigrationSet("keys", ROOT / "shared/persistence/keys_migrations")
CALENDAR = vietnam_calendar()
MONDAY = datetime(2025, 7, 7, 2, 0, tzinfo=UTC)
"""Monday 07/07/2025, 09:00 in Viet Nam."""

PERSON = Person(
    name="Nguyễn Thị Hương Giang",
    identity_number="064 190 001 234",
    phone="0905 123 456",
    address="12 Lê Lợi, phường Pleiku",
    email="huonggiang@example.vn",
)
PROCEDURE: dict[str, Any] = {
    "name": {"vi": "Đăng ký khai sinh", "en": "Birth registration"},
    "sector": "Hộ tịch",
    "service_level": 4,
    "valid_from": "2025-07-01T00:00:00.000000Z",
    "limit": {"amount": "3", "unit": "working_day"},
    "limit_online": {"amount": "2", "unit": "working_day"},
    "channels": ["direct", "online"],
    "components": [
        {"code": "form", "copies": 1, "required": True},
        {"code": "birth-certificate", "copies": 2, "required": True},
        {"code": "proxy", "copies": 1, "required": False},
    ],
}
COMPLETE = (Component("form"), Component("birth-certificate", copies=2))

Result = TypeVar("Result")


def desk_message(
    agency: str = "pleiku", code: str = "H21.65", area: str | None = "pleiku", **more: Any
) -> dict[str, Any]:
    return {
        "agency": agency,
        "code": code,
        "name": {"vi": "UBND phường Pleiku", "en": "Pleiku ward"},
        "level": "commune",
        "kind": "people_committee",
        "area": area,
        "vertical": False,
        "connected": False,
        "valid_from": "2025-07-01T00:00:00.000000Z",
        **more,
    }


def submission(**changes: Any) -> Submission:
    fields: dict[str, Any] = {
        "procedure": "1.001193",
        "desk": "pleiku",
        "channel": "direct",
        "applicant_kind": "citizen",
        "person": PERSON,
        "components": COMPLETE,
    }
    return Submission(**{**fields, **changes})


@dataclass
class OneStopDesk:
    """Runs use cases, each in a unit of work."""

    database: Database
    keys: Database
    clock: SetClock = field(default_factory=lambda: SetClock(MONDAY))

    def __post_init__(self) -> None:
        self.tables = IntakeTables.over(self.database)
        self.vault = PersonalDataVault(self.keys, bytes(range(32)))
        outside = Outside(
            self.tables.counters, self.tables.agencies, self.tables.lookups, self.vault, CALENDAR
        )
        self.recorder = LogRecorder(self.database)
        self.intake = Intake(self.recorder, outside)
        self.unit = UnitOfWork(self.database, self.intake, [self.tables])

    def prepare(self) -> OneStopDesk:
        """Lay out the tables, make an agency known and publish a procedure."""
        migrate(self.database, [PLUMBING, INTAKE])
        migrate(self.keys, [KEYS])
        self.do(lambda: self.tables.agencies.put(desk_message()))
        self.do(lambda: self.intake.publish_procedure("1.001193", PROCEDURE, self.act("procedure_control")))
        return self

    def do(self, work: Callable[[], Result]) -> Result:
        return self.unit.run(lambda _: work())

    def act(self, role: str = "receiving_officer", agency: str | None = None, **changes: Any) -> Act:
        now = self.clock.now()
        fields: dict[str, Any] = {
            "happened_at": now,
            "received_at": now,
            "recorded_at": now,
            "root": UUID(int=0),
        }
        return Act(Actor(role, "Trần Văn Nam", agency), **{**fields, **changes})

    def submit(self, accept: bool | None = None, act: Act | None = None, **changes: Any) -> Dossier:
        acting = act or self.act()
        return self.do(lambda: self.intake.submit(submission(**changes), acting, accept=accept))

    def submit_many(self, *filings: Filing) -> list[Dossier | RefusedError]:
        return self.do(lambda: self.intake.submit_many(filings))

    def filed(self) -> UUID:
        """Return a dossier with status 1."""
        return self.submit(channel="online", act=self.act("applicant")).id

    def received(self, **changes: Any) -> UUID:
        return self.submit(**changes).id

    def resolved(self) -> UUID:
        dossier_id = self.received()
        self.do(lambda: self.intake.resolve(dossier_id, self.act("system")))
        return dossier_id

    def returned(self) -> UUID:
        dossier_id = self.received()
        self.do(
            lambda: self.intake.returned_to_desk(dossier_id, "police", "Thiếu chữ ký", self.act("system"))
        )
        return dossier_id

    def pause(self, dossier_id: UUID, kind: str = "supplement", pause: str = "p1") -> None:
        """Let routing say that the dossier waits."""
        self.do(lambda: self.intake.pause(dossier_id, pause, kind, "Thiếu bản vẽ", self.act("system")))

    def paused(self) -> UUID:
        """Return a dossier that waits for papers of its applicant (status 5)."""
        dossier_id = self.received()
        self.pause(dossier_id)
        return dossier_id

    def withdrawn(self) -> UUID:
        dossier_id = self.received()
        self.do(lambda: self.intake.withdraw(dossier_id, "Không còn nhu cầu", self.act()))
        return dossier_id

    def know(self, *agencies: dict[str, Any]) -> None:
        """Let routing register agencies."""
        for agency in agencies:
            self.do(partial(self.tables.agencies.put, agency))

    def end(self, agency: str, *successors: tuple[str, list[str] | None], at: datetime = MONDAY) -> None:
        """Let routing say that an agency ended, and who succeeds it."""
        told = {
            "agency": agency,
            "ended_at": to_text(at),
            "change": "split",
            "successors": [{"agency": heir, "areas": areas} for heir, areas in successors],
            "basis": "Nghị quyết 1657/NQ-UBTVQH15",
        }
        self.do(lambda: self.tables.agencies.end(told))

    def live(self, dossier_id: UUID) -> Dossier:
        """Return the dossier as it lives in this process."""
        dossier = self.intake.find(dossier_id)
        assert isinstance(dossier, Dossier)
        return dossier

    def explained(self, dossier_id: UUID) -> str | None:
        """Return when the steps of the dossier's explanation end, from its stored events alone."""
        steps = due_of(self.replayed(dossier_id), self.intake.calendars)["steps"]
        return steps[-1]["until"] if steps else None

    def events(self, aggregate_id: UUID) -> list[str]:
        """Return the topics of what is stored of an aggregate."""
        return [event.topic for event in self.recorder.select_events(aggregate_id)]

    def replayed(self, dossier_id: UUID) -> Dossier:
        """Return the dossier as its stored events make it."""
        dossier: Dossier = OneStopDesk(self.database, self.keys, self.clock).intake.dossier(dossier_id)
        return dossier
