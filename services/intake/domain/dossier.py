"""A dossier (hồ sơ) as the citizen and the one-stop desk see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from services.intake.domain import clock_events
from services.intake.domain import dossier_events as events
from services.intake.domain.dossier_state import DossierState
from services.intake.domain.status import RUNNING, Status
from services.intake.domain.submission import Submission
from services.intake.problems import WRONG_STATUS
from shared.acts import Act
from shared.clock import to_text
from shared.errors import RefusedError
from shared.event_sourcing import Aggregate


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the desk states with a reception beside the code: the appointment, and what it comes from."""

    version: int
    limit: dict[str, str] | None
    due_at: str | None
    remote: bool = False
    cutoff: str | None = None
    hours: list[list[str]] | None = None


class Dossier(DossierState, Aggregate):
    """One dossier from filing to the result in the applicant's hands."""

    TOPIC = "intake.dossier"

    # The library finds an aggregate's events, and registers their topics, in its class.
    Event = events.Event
    Submitted = events.Submitted
    Received = events.Received
    Refused = events.Refused
    ProcessingStarted = events.ProcessingStarted
    AgencyJoined = events.AgencyJoined
    Paused = clock_events.Paused
    Resumed = clock_events.Resumed
    Extended = clock_events.Extended
    ReturnedToDesk = events.ReturnedToDesk
    SentOn = events.SentOn
    Stopped = events.Stopped
    Withdrawn = events.Withdrawn
    Resolved = events.Resolved
    HandedBack = events.HandedBack
    PersonErased = events.PersonErased

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
            facts=dict(submission.facts),
            applicant_agency=submission.applicant_agency,
        )

    def receive(self, act: Act, code: str, receipt: Receipt) -> None:
        """Accept it under its code, with its receipt."""
        self.check_receive(act)
        self.record(
            self.Received,
            act.on(root=self.id),
            procedure=self.procedure,
            desk=self.desk,
            channel=self.channel,
            applicant_kind=self.applicant_kind,
            applicant_agency=self.applicant_agency,
            area=self.area,
            facts=self.facts,
            foreign_code=self.foreign_code,
            code=code,
            procedure_version=receipt.version,
            limit=receipt.limit,
            due_at=receipt.due_at,
            remote=receipt.remote,
            cutoff=receipt.cutoff,
            hours=receipt.hours,
        )

    def refuse(self, act: Act, reason: str) -> None:
        """Turn it down before reception."""
        self.check_status("refuse", {Status.NEW})
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

    def join(self, act: Act, agency: str) -> None:
        """Note an agency on its way that was not planned; nothing to note where it is known."""
        if agency not in self.agencies and self.status in RUNNING:
            self.record(self.AgencyJoined, act.on(root=self.id), agency=agency)

    def pause(self, act: Act, pause: str, kind: str, reason: str) -> None:
        """Note that its clock stops; nothing to note for a pause that is known."""
        if self.over or self.pause_of(pause):
            return
        self.check_status("pause", RUNNING)
        self.record(self.Paused, act.on(root=self.id), code=self.code, pause=pause, kind=kind, reason=reason)

    def resume(self, act: Act, pause: str, due_at: str | None, note: str | None = None) -> None:
        """Note that an open pause ends, and when it is due now."""
        kind = next(each["kind"] for each in self.pauses if each["pause"] == pause)
        self.record(
            self.Resumed,
            act.on(root=self.id),
            code=self.code,
            pause=pause,
            kind=kind,
            until=to_text(act.happened_at),
            due_at=due_at,
            note=note,
        )

    def extend(
        self, act: Act, by: dict[str, str], reason: str, due_at: str | None, notice: str | None = None
    ) -> None:
        """Note that the process, or the desk by a letter, gives it more time, and when it is due now."""
        self.check_status("extend", RUNNING)
        self.record(
            self.Extended,
            act.on(root=self.id),
            code=self.code,
            by=by,
            reason=reason,
            due_at=due_at,
            notice=notice,
        )

    def resolve(self, act: Act, due_at: str | None, verdict: str) -> None:
        """Note that every agency has done its part, and when it was due with all pauses counted."""
        self.check_with_agencies("resolve")
        self.record(self.Resolved, act.on(root=self.id), code=self.code, due_at=due_at, verdict=verdict)

    def return_to_desk(self, act: Act, agency: str, reason: str) -> None:
        """Note that the first agency sent it back."""
        self.check_with_agencies("return-to-desk")
        self.record(self.ReturnedToDesk, act.on(root=self.id), code=self.code, agency=agency, reason=reason)

    def send_on(self, act: Act, note: str) -> None:
        """Send a returned dossier on its way again."""
        self.check_returned("send-on", act)
        self.record(self.SentOn, act.on(root=self.id), code=self.code, note=note)

    def stop(self, act: Act, reason: str) -> None:
        """End it without a result: one that came back, or whose applicant does not answer."""
        self.check_stop(act)
        self.record(self.Stopped, act.on(root=self.id), code=self.code, reason=reason)

    def withdraw(self, act: Act, reason: str) -> None:
        """Give it back to its applicant, who does not want it decided any more."""
        self.check_status("withdraw", RUNNING)
        self.check_not_before(act)
        self.record(self.Withdrawn, act.on(root=self.id), code=self.code, reason=reason)

    def hand_back(self, act: Act, manner: str) -> None:
        """Give the result to the applicant."""
        self.check_status("hand-back", {Status.RESOLVED})
        self.check_not_before(act)
        self.record(self.HandedBack, act.on(root=self.id), code=self.code, manner=manner)

    def forget_person(self, act: Act) -> None:
        """Note that the personal data is erased."""
        self.check_person()
        self.record(self.PersonErased, act.on(root=self.id))
