"""A dossier (hồ sơ) as the citizen and the one-stop desk see it."""

from __future__ import annotations

from typing import Any, Self
from uuid import UUID

from services.intake.domain.dossier_state import DossierState
from services.intake.domain.status import Status
from services.intake.domain.submission import Submission
from services.intake.problems import WRONG_STATUS
from shared.acts import Act
from shared.errors import RefusedError
from shared.event_sourcing import Aggregate


class Dossier(DossierState, Aggregate):
    """One dossier from filing to the result in the applicant's hands."""

    TOPIC = "intake.dossier"

    class Event(Aggregate.Event):
        """Base of a dossier's events."""

        TOPIC = "intake.dossier.event"

        def apply(self, aggregate: Dossier) -> None:
            """Keep when it happened."""
            aggregate.last_at = self.act["happened_at"]

    class Submitted(Event, Aggregate.Created):
        """Somebody filed it (status 1). `person` is base64 ciphertext."""

        TOPIC = "intake.dossier.submitted"

        procedure: str
        desk: str
        channel: str
        applicant_kind: str
        area: str | None
        foreign_code: str | None
        person: str
        components: list[dict[str, Any]]

        def apply(self, aggregate: Dossier) -> None:
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
            aggregate.code = None
            aggregate.limit = None
            aggregate.due_at = None
            aggregate.procedure_version = None
            aggregate.verdict = None
            aggregate.agencies = []
            aggregate.returned = False

    class Received(Event):
        """The desk accepted it and gave its receipt (status 2, form 01)."""

        TOPIC = "intake.dossier.received"

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

        def apply(self, aggregate: Dossier) -> None:
            """Keep the code, the version in force and the appointment."""
            super().apply(aggregate)
            aggregate.status = Status.RECEIVED
            aggregate.code = self.code
            aggregate.procedure_version = self.procedure_version
            aggregate.limit = self.limit
            aggregate.due_at = self.due_at

    class Refused(Event):
        """The desk did not accept it (status 3, form 03)."""

        TOPIC = "intake.dossier.refused"

        procedure: str
        desk: str
        channel: str
        reason: str

        def apply(self, aggregate: Dossier) -> None:
            """End it."""
            super().apply(aggregate)
            aggregate.status = Status.REFUSED

    class ProcessingStarted(Event):
        """Routing planned its way between agencies (status 4)."""

        TOPIC = "intake.dossier.processing-started"

        agencies: list[str]

        def apply(self, aggregate: Dossier) -> None:
            """Keep which agencies will work on it."""
            super().apply(aggregate)
            aggregate.status = Status.PROCESSING
            aggregate.agencies = self.agencies

    class ReturnedToDesk(Event):
        """The first agency sent it back to the desk (status 2 again)."""

        TOPIC = "intake.dossier.returned-to-desk"

        code: str
        agency: str
        reason: str

        def apply(self, aggregate: Dossier) -> None:
            """Put it back at the desk."""
            super().apply(aggregate)
            aggregate.status = Status.RECEIVED
            aggregate.returned = True

    class SentOn(Event):
        """The desk sent it on its way again (status 4)."""

        TOPIC = "intake.dossier.sent-on"

        code: str
        note: str

        def apply(self, aggregate: Dossier) -> None:
            """Let it go."""
            super().apply(aggregate)
            aggregate.status = Status.PROCESSING
            aggregate.returned = False

    class Stopped(Event):
        """The desk ended it without a result (status 8)."""

        TOPIC = "intake.dossier.stopped"

        code: str
        reason: str

        def apply(self, aggregate: Dossier) -> None:
            """End it."""
            super().apply(aggregate)
            aggregate.status = Status.STOPPED

    class Resolved(Event):
        """Every agency has done its part (status 9); the result lies at the desk."""

        TOPIC = "intake.dossier.resolved"

        code: str
        due_at: str | None
        verdict: str

        def apply(self, aggregate: Dossier) -> None:
            """Keep the verdict."""
            super().apply(aggregate)
            aggregate.status = Status.RESOLVED
            aggregate.verdict = self.verdict

    class HandedBack(Event):
        """The applicant has the result (status 10). `manner` is direct, post or online."""

        TOPIC = "intake.dossier.handed-back"

        code: str
        manner: str

        def apply(self, aggregate: Dossier) -> None:
            """End it."""
            super().apply(aggregate)
            aggregate.status = Status.HANDED_BACK

    class PersonErased(Event):
        """The key of its personal data was destroyed; the ciphertext in its history says nothing now."""

        TOPIC = "intake.dossier.person-erased"

        def apply(self, aggregate: Dossier) -> None:
            """Forget the ciphertext; what the desk does goes on from the same time."""
            aggregate.person = None

    @classmethod
    def submit(cls, dossier_id: UUID, act: Act, submission: Submission, person: str) -> Self:
        """File a dossier; `person` is the ciphertext of the submission's person."""
        return cls.begin(
            cls.Submitted,
            dossier_id,
            act.on(root=dossier_id),
            procedure=submission.procedure,
            desk=submission.desk,
            channel=submission.channel,
            applicant_kind=submission.applicant_kind,
            area=submission.area,
            foreign_code=submission.foreign_code,
            person=person,
            components=[component.state() for component in submission.components],
        )

    def receive(
        self, act: Act, *, code: str, version: int, limit: dict[str, str] | None, due_at: str | None
    ) -> None:
        """Accept it under its code, in a version of its procedure, due at `due_at`."""
        self.check_receive(act)
        self.record(
            self.Received,
            act.on(root=self.id),
            code=code,
            procedure=self.procedure,
            procedure_version=version,
            desk=self.desk,
            channel=self.channel,
            applicant_kind=self.applicant_kind,
            area=self.area,
            foreign_code=self.foreign_code,
            limit=limit,
            due_at=due_at,
        )

    def refuse(self, act: Act, reason: str) -> None:
        """Turn it down before reception."""
        self.check_status("refuse", Status.NEW)
        self.check_not_before(act)
        self.record(
            self.Refused,
            act.on(root=self.id),
            procedure=self.procedure,
            desk=self.desk,
            channel=self.channel,
            reason=reason,
        )

    def start_processing(self, act: Act, agencies: list[str]) -> None:
        """Note that its way is planned; nothing to note for a dossier that is further already."""
        if self.status in {Status.NEW, Status.REFUSED}:
            raise RefusedError(WRONG_STATUS, status=int(self.status), action="start-processing")
        if self.status is Status.RECEIVED and not self.returned:
            self.record(self.ProcessingStarted, act.on(root=self.id), agencies=agencies)

    def resolve(self, act: Act, verdict: str) -> None:
        """Note that every agency has done its part."""
        self.check_with_agencies("resolve")
        self.record(self.Resolved, act.on(root=self.id), code=self.code, due_at=self.due_at, verdict=verdict)

    def return_to_desk(self, act: Act, agency: str, reason: str) -> None:
        """Note that the first agency sent it back."""
        self.check_with_agencies("return-to-desk")
        self.record(self.ReturnedToDesk, act.on(root=self.id), code=self.code, agency=agency, reason=reason)

    def send_on(self, act: Act, note: str) -> None:
        """Send a returned dossier on its way again."""
        self.check_returned("send-on", act)
        self.record(self.SentOn, act.on(root=self.id), code=self.code, note=note)

    def stop(self, act: Act, reason: str) -> None:
        """End a returned dossier without a result."""
        self.check_returned("stop", act)
        self.record(self.Stopped, act.on(root=self.id), code=self.code, reason=reason)

    def hand_back(self, act: Act, manner: str) -> None:
        """Give the result to the applicant."""
        self.check_status("hand-back", Status.RESOLVED)
        self.check_not_before(act)
        self.record(self.HandedBack, act.on(root=self.id), code=self.code, manner=manner)

    def forget_person(self, act: Act) -> None:
        """Note that the personal data is erased."""
        self.check_person()
        self.record(self.PersonErased, act.on(root=self.id))
