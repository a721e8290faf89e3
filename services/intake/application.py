"""Intake's use cases: filing, reception, refusal, verdict, return to the desk, hand-over of the result.

They take values and acts, decide by `rules`, and record on aggregates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from eventsourcing.persistence import ApplicationRecorder

from services.intake import problems, rules
from services.intake.domain.dossier import Dossier
from services.intake.domain.procedure import Procedure, ProcedureVersion, procedure_id
from services.intake.domain.submission import Component, Submission
from services.intake.ports import Desk, DeskDay, Outside
from shared.acts import Act
from shared.clock import from_text
from shared.errors import NOT_FOUND, RefusedError
from shared.event_sourcing import Application
from shared.working_time.terms import Term

_Numbers = Mapping[DeskDay, Iterator[int]]


@dataclass(frozen=True, slots=True)
class Filing:
    """A submission with its circumstances; `accept`: whether it is received at once, None: by the channel."""

    submission: Submission
    act: Act
    accept: bool | None = None


@dataclass(frozen=True, slots=True)
class _Reception:
    version: int
    desk_day: DeskDay
    appointment: rules.Appointment


@dataclass(slots=True)
class _Checked:
    dossier_id: UUID
    filing: Filing
    reception: _Reception | None


@dataclass(frozen=True, slots=True)
class _Known:
    procedures: Mapping[str, Procedure]
    desks: Mapping[str, Desk]
    areas: Collection[str]

    def check(self, procedure: str, desk: str, area: str | None, act: Act) -> ProcedureVersion:
        """Return the version in force; refuse what is not known."""
        if procedure not in self.procedures:
            raise RefusedError(problems.UNKNOWN_PROCEDURE, procedure=procedure)
        if desk not in self.desks:
            raise RefusedError(problems.UNKNOWN_DESK, desk=desk)
        if area and area not in self.areas:
            raise RefusedError(problems.UNKNOWN_AREA, area=area)
        return rules.version_in_force(self.procedures[procedure].versions, act.happened_at)


class Intake(Application):
    """The one-stop desk."""

    name = "intake"

    def __init__(
        self, recorder: ApplicationRecorder, outside: Outside, new_id: Callable[[], UUID] = uuid4
    ) -> None:
        super().__init__(recorder)
        self._codes = outside.codes
        self._desks = outside.desks
        self._lookups = outside.lookups
        self._people = outside.people
        self._calendar = outside.calendar
        self._new_id = new_id

    def publish_procedure(self, code: str, content: Mapping[str, Any], act: Act) -> ProcedureVersion:
        """Put a procedure, or a further version of it, into the catalogue; one known already stays as it is."""
        rules.check_role("publish-procedure", act.actor)
        edition = dict(content)
        for limit in ("limit", "limit_online"):
            edition[limit] = Term.parse(content[limit]).dump() if content.get(limit) else None
        listed = Counter(component["code"] for component in content["components"])
        if twice := [component for component, times in listed.items() if times > 1]:
            raise RefusedError(problems.DUPLICATE_COMPONENT, components=", ".join(twice))
        procedure = self._procedures([code]).get(code)
        if procedure is not None:
            return procedure.revise(act, edition)
        procedure = Procedure.publish(code, act, edition)
        self.add(procedure)
        return procedure.versions[-1]

    def submit(self, submission: Submission, act: Act, *, accept: bool | None = None) -> Dossier:
        """File a dossier, and receive it if `accept`, or if it is filed with an officer at the desk."""
        (filed,) = self.submit_many([Filing(submission, act, accept)])
        if isinstance(filed, RefusedError):
            raise filed
        return filed

    def submit_many(self, filings: Sequence[Filing]) -> list[Dossier | RefusedError]:
        """File a batch; return for each its dossier or why it was turned down, of which nothing is kept.

        One round trip for agencies, one for keys, one for codes, however many filings.
        """
        known = self._known([filing.submission for filing in filings])
        outcomes = [self._checked(filing, known) for filing in filings]
        checked = [outcome for outcome in outcomes if isinstance(outcome, _Checked)]
        sealed = self._people.seal_many(
            {each.dossier_id: each.filing.submission.person.plain() for each in checked}
        )
        numbers = self._numbers([each.reception for each in checked if each.reception])
        return [
            self._file(outcome, sealed[outcome.dossier_id], numbers)
            if isinstance(outcome, _Checked)
            else outcome
            for outcome in outcomes
        ]

    def receive(self, dossier_id: UUID, act: Act) -> Dossier:
        """Accept a dossier that was filed: it gets its code and its appointment."""
        return self._at_desk("receive", dossier_id, act, lambda dossier: self._receive(dossier, act))

    def refuse(self, dossier_id: UUID, reason: str, act: Act) -> Dossier:
        """Turn a filed dossier down (form 03)."""
        return self._at_desk("refuse", dossier_id, act, lambda dossier: dossier.refuse(act, reason))

    def send_on(self, dossier_id: UUID, note: str, act: Act) -> Dossier:
        """Send a dossier that came back on its way again."""
        return self._at_desk("send-on", dossier_id, act, lambda dossier: dossier.send_on(act, note))

    def stop(self, dossier_id: UUID, reason: str, act: Act) -> Dossier:
        """End a dossier that came back, without a result."""
        return self._at_desk("stop", dossier_id, act, lambda dossier: dossier.stop(act, reason))

    def hand_back(self, dossier_id: UUID, manner: str, act: Act) -> Dossier:
        """Give the applicant the result."""
        return self._at_desk("hand-back", dossier_id, act, lambda dossier: dossier.hand_back(act, manner))

    def forget_person(self, dossier_id: UUID, act: Act) -> Dossier:
        """Erase the personal data of a dossier: key first, so that a failure after it only needs another try."""

        def forget(dossier: Dossier) -> None:
            dossier.check_person()
            self._people.erase(dossier_id, act.recorded_at)
            dossier.forget_person(act)
            self._lookups.forget_person(dossier_id)

        rules.check_role("forget-person", act.actor)
        return self._change(dossier_id, forget)

    def start_processing(self, dossier_id: UUID, act: Act, agencies: Collection[str] = ()) -> None:
        """Take in that routing planned the dossier's way."""
        self._change(dossier_id, lambda dossier: dossier.start_processing(act, sorted(agencies)))

    def resolve(self, dossier_id: UUID, act: Act) -> None:
        """Take in that every agency has done its part, and judge the time it took."""

        def resolve(dossier: Dossier) -> None:
            due = from_text(dossier.due_at) if dossier.due_at else None
            dossier.resolve(act, rules.judged(dossier.limit, due, act.happened_at))

        self._change(dossier_id, resolve)

    def returned_to_desk(self, dossier_id: UUID, agency: str, reason: str, act: Act) -> None:
        """Take in that the first agency sent the dossier back."""
        self._change(dossier_id, lambda dossier: dossier.return_to_desk(act, agency, reason))

    def dossier(self, dossier_id: UUID) -> Dossier:
        """Return the dossier as it is stored, whichever process wrote last. Refuses with `not-found`."""
        if dossier_id not in self._unit:
            self._kept.pop(dossier_id, None)
        return self._dossier(dossier_id)

    def _dossier(self, dossier_id: UUID) -> Dossier:
        dossier = self.find(dossier_id)
        if not isinstance(dossier, Dossier):
            raise RefusedError(NOT_FOUND, what=f"dossier/{dossier_id}")
        return dossier

    def _at_desk(
        self, action: str, dossier_id: UUID, act: Act, command: Callable[[Dossier], None]
    ) -> Dossier:
        def at_desk(dossier: Dossier) -> None:
            rules.check_role(action, act.actor, dossier.desk)
            command(dossier)

        return self._change(dossier_id, at_desk)

    def _change(self, dossier_id: UUID, command: Callable[[Dossier], None]) -> Dossier:
        dossier = self._dossier(dossier_id)
        before = dossier.status
        try:
            command(dossier)
        except RefusedError:
            # A conflict would tell of another process's change when saving; a refusal saves nothing.
            if not self._outdated(dossier):
                raise
            return self._change(dossier_id, command)
        if dossier.status != before:
            self._lookups.change(dossier.id, dossier.code, int(dossier.status))
        return dossier

    def _outdated(self, dossier: Dossier) -> bool:
        if self._kept.get(dossier.id) is not dossier or dossier.pending_events:
            return False
        del self._kept[dossier.id], self._unit[dossier.id]
        return self._dossier(dossier.id).version != dossier.version

    def _receive(self, dossier: Dossier, act: Act) -> None:
        dossier.check_receive(act)
        known = self._known([dossier])
        version = known.check(dossier.procedure, dossier.desk, None, act)
        rules.check_filing(version, dossier.channel, [Component.of(state) for state in dossier.components])
        reception = self._reception(version, known.desks[dossier.desk], dossier.channel, act)
        self._give_receipt(dossier, reception, act, self._numbers([reception]))

    def _known(self, filed: Collection[Submission | Dossier]) -> _Known:
        return _Known(
            self._procedures({each.procedure for each in filed}),
            self._desks.desks({each.desk for each in filed}),
            self._desks.areas({each.area for each in filed if each.area}),
        )

    def _checked(self, filing: Filing, known: _Known) -> _Checked | RefusedError:
        try:
            return self._check(filing, known)
        except RefusedError as refusal:
            return refusal

    def _check(self, filing: Filing, known: _Known) -> _Checked:
        submission, act = filing.submission, filing.act
        rules.check_role("submit", act.actor, submission.desk)
        rules.check_channel_of(act.actor, submission.channel)
        version = known.check(submission.procedure, submission.desk, submission.area, act)
        rules.check_filing(version, submission.channel, submission.components)
        checked = _Checked(self._new_id(), filing, None)
        if rules.received_at_once(filing.accept, submission.channel, act.actor):
            rules.check_role("receive", act.actor, submission.desk)
            checked.reception = self._reception(
                version, known.desks[submission.desk], submission.channel, act
            )
        return checked

    def _reception(self, version: ProcedureVersion, desk: Desk, channel: str, act: Act) -> _Reception:
        rules.check_agency_code(desk.code)
        appointment = rules.appointment(version, channel, act.happened_at, self._calendar)
        return _Reception(version.version, (desk.code, rules.local_date(act.happened_at)), appointment)

    def _numbers(self, receptions: Sequence[_Reception]) -> _Numbers:
        wanted = Counter(reception.desk_day for reception in receptions)
        first = self._codes.take(wanted) if wanted else {}
        return {desk_day: count(number) for desk_day, number in first.items()}

    def _file(self, checked: _Checked, sealed: str, numbers: _Numbers) -> Dossier:
        submission, act = checked.filing.submission, checked.filing.act
        dossier = Dossier.submit(checked.dossier_id, act, submission, sealed)
        self.add(dossier)
        if checked.reception:
            self._give_receipt(dossier, checked.reception, act, numbers)
        identity = submission.person.identity_number
        self._lookups.add(
            dossier.id,
            {
                "identity_index": self._people.blind_index(identity) if identity else None,
                "foreign_code": submission.foreign_code,
                "desk": submission.desk,
                "procedure": submission.procedure,
                "code": dossier.code,
                "status": int(dossier.status),
            },
        )
        return dossier

    def _give_receipt(self, dossier: Dossier, reception: _Reception, act: Act, numbers: _Numbers) -> None:
        code = rules.dossier_code(*reception.desk_day, next(numbers[reception.desk_day]))
        due = reception.appointment
        dossier.receive(act, code=code, version=reception.version, limit=due.limit, due_at=due.due_at)

    def _procedures(self, codes: Collection[str]) -> dict[str, Procedure]:
        # Other processes may have published since; dossiers of ours conflict then, procedures would not.
        ids = {code: procedure_id(code) for code in codes}
        for aggregate_id in ids.values():
            self._kept.pop(aggregate_id, None)
        self.prefetch(ids.values())
        found = {code: self._unit.get(aggregate_id) for code, aggregate_id in ids.items()}
        return {code: procedure for code, procedure in found.items() if isinstance(procedure, Procedure)}
