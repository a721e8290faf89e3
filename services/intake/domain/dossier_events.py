"""What happens to a dossier at the desk: its events. Topics are durable; `apply` only assigns."""

from __future__ import annotations

from typing import Any

from services.intake.domain import pauses
from services.intake.domain.status import Status
from shared.event_sourcing import Aggregate


class Event(Aggregate.Event):
    """Base of a dossier's events."""

    TOPIC = "intake.dossier.event"

    def apply(self, aggregate: Any) -> None:
        """Keep when it happened."""
        aggregate.last_at = self.act["happened_at"]


class Submitted(Event, Aggregate.Created):
    """Somebody filed it (status 1). `person` is base64 ciphertext."""

    TOPIC = "intake.dossier.submitted"
    class_version = 2

    procedure: str
    desk: str
    channel: str
    applicant_kind: str
    area: str | None
    foreign_code: str | None
    person: str
    components: list[dict[str, Any]]
    facts: dict[str, Any]
    applicant_agency: str | None

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Nothing was asked about the case, and no agency filed in its own name."""
        state.update(facts={}, applicant_agency=None)

    def apply(self, aggregate: Any) -> None:
        """Begin."""
        super().apply(aggregate)
        aggregate.status = Status.NEW
        aggregate.procedure = self.procedure
        aggregate.desk = self.desk
        aggregate.channel = self.channel
        aggregate.applicant_kind = self.applicant_kind
        aggregate.area = self.area
        aggregate.foreign_code = self.foreign_code
        aggregate.person = self.person
        aggregate.components = self.components
        aggregate.facts = self.facts
        aggregate.applicant_agency = self.applicant_agency
        aggregate.code = None
        aggregate.limit = None
        aggregate.due_at = None
        aggregate.procedure_version = None
        aggregate.verdict = None
        aggregate.agencies = []
        aggregate.returned = False
        aggregate.received_at = None
        aggregate.cutoff = None
        aggregate.hours = None
        aggregate.pauses = []
        aggregate.extensions = []
        aggregate.notice = None


class Received(Event):
    """The desk accepted it and gave its receipt (status 2, form 01).

    Holds everything that the appointment was computed from, so that it can be explained for ever.
    """

    TOPIC = "intake.dossier.received"
    class_version = 2

    code: str
    procedure: str
    procedure_version: int
    desk: str
    channel: str
    applicant_kind: str
    area: str | None
    foreign_code: str | None
    limit: dict[str, str] | None
    due_at: str | None
    facts: dict[str, Any]
    applicant_agency: str | None
    remote: bool
    cutoff: str | None
    hours: list[list[str]] | None

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Appointments knew no cutoff, and only the usual office hours."""
        state.update(facts={}, applicant_agency=None, remote=False, cutoff=None, hours=None)

    def apply(self, aggregate: Any) -> None:
        """Keep the code, the version in force and the appointment."""
        super().apply(aggregate)
        aggregate.status = Status.RECEIVED
        aggregate.code = self.code
        aggregate.procedure_version = self.procedure_version
        aggregate.limit = self.limit
        aggregate.due_at = self.due_at
        aggregate.received_at = self.act["happened_at"]
        aggregate.cutoff = self.cutoff
        aggregate.hours = self.hours


class Refused(Event):
    """The desk did not accept it (status 3, form 03)."""

    TOPIC = "intake.dossier.refused"

    procedure: str
    desk: str
    channel: str
    reason: str

    def apply(self, aggregate: Any) -> None:
        """End it."""
        super().apply(aggregate)
        aggregate.status = Status.REFUSED


class ProcessingStarted(Event):
    """Routing planned its way between agencies (status 4)."""

    TOPIC = "intake.dossier.processing-started"

    agencies: list[str]

    def apply(self, aggregate: Any) -> None:
        """Keep which agencies will work on it."""
        super().apply(aggregate)
        aggregate.status = Status.PROCESSING
        aggregate.agencies = self.agencies


class AgencyJoined(Event):
    """An agency that was not planned works on it: by transfer, succession, or a changed way."""

    TOPIC = "intake.dossier.agency-joined"

    agency: str

    def apply(self, aggregate: Any) -> None:
        """Keep the agency; what the desk does goes on from the same time."""
        aggregate.agencies = [*aggregate.agencies, self.agency]


class ReturnedToDesk(Event):
    """The first agency sent it back to the desk (status 2 again)."""

    TOPIC = "intake.dossier.returned-to-desk"

    code: str
    agency: str
    reason: str

    def apply(self, aggregate: Any) -> None:
        """Put it back at the desk."""
        super().apply(aggregate)
        aggregate.status = Status.RECEIVED
        aggregate.returned = True


class SentOn(Event):
    """The desk sent it on its way again (status 4)."""

    TOPIC = "intake.dossier.sent-on"

    code: str
    note: str

    def apply(self, aggregate: Any) -> None:
        """Let it go."""
        super().apply(aggregate)
        aggregate.status = Status.PROCESSING
        aggregate.returned = False


class Stopped(Event):
    """The desk ended it without a result (status 8)."""

    TOPIC = "intake.dossier.stopped"

    code: str
    reason: str

    def apply(self, aggregate: Any) -> None:
        """End it."""
        super().apply(aggregate)
        aggregate.status = Status.STOPPED


class Withdrawn(Event):
    """The applicant took it back (status 7, rút hồ sơ)."""

    TOPIC = "intake.dossier.withdrawn"

    code: str
    reason: str

    def apply(self, aggregate: Any) -> None:
        """End it."""
        super().apply(aggregate)
        aggregate.status = Status.WITHDRAWN


class Resolved(Event):
    """Every agency has done its part (status 9); the result lies at the desk.

    A pause that was still open ends with it, so `due_at` may be later than it was.
    """

    TOPIC = "intake.dossier.resolved"

    code: str
    due_at: str | None
    verdict: str

    def apply(self, aggregate: Any) -> None:
        """Keep the verdict."""
        super().apply(aggregate)
        aggregate.status = Status.RESOLVED
        aggregate.verdict = self.verdict
        aggregate.due_at = self.due_at
        aggregate.pauses = pauses.ended(aggregate.pauses, self.act["happened_at"])


class HandedBack(Event):
    """The applicant has the result (status 10). `manner` is direct, post or online."""

    TOPIC = "intake.dossier.handed-back"

    code: str
    manner: str

    def apply(self, aggregate: Any) -> None:
        """End it."""
        super().apply(aggregate)
        aggregate.status = Status.HANDED_BACK


class PersonErased(Event):
    """The key of its personal data was destroyed; the ciphertext in its history says nothing now."""

    TOPIC = "intake.dossier.person-erased"

    def apply(self, aggregate: Any) -> None:
        """Forget the ciphertext; what the desk does goes on from the same time."""
        aggregate.person = None
