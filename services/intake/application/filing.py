"""Filing and reception: many at a time, each with its code, its receipt and its appointment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from services.intake import problems
from services.intake.application.dossiers import Dossiers
from services.intake.domain.desk import Desk
from services.intake.domain.dossier import Dossier, Receipt
from services.intake.domain.procedure import Procedure, ProcedureVersion
from services.intake.domain.submission import Component, Submission
from services.intake.ports import DeskDay
from services.intake.rules import appointment, codes, facts, filing, roles
from services.intake.rules.succession import follow
from shared.acts import Act
from shared.clock import to_text
from shared.errors import RefusedError

_Numbers = Mapping[DeskDay, Iterator[int]]


@dataclass(frozen=True, slots=True)
class Filing:
    """A submission with its circumstances; `accept`: whether it is received at once, None: by the channel."""

    submission: Submission
    act: Act
    accept: bool | None = None


@dataclass(frozen=True, slots=True)
class Reception:
    """A reception that nothing stands against; only the code's number is missing."""

    desk_day: DeskDay
    receipt: Receipt


@dataclass(slots=True)
class _Checked:
    dossier_id: UUID
    filing: Filing
    reception: Reception | None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of all that a batch names."""

    procedures: Mapping[str, Procedure]
    desks: Mapping[str, Desk]
    areas: Mapping[str, bool]

    def version(self, filed: Submission | Dossier, act: Act) -> ProcedureVersion:
        """Return the version in force; refuse what is not known."""
        if filed.procedure not in self.procedures:
            raise RefusedError(problems.UNKNOWN_PROCEDURE, procedure=filed.procedure)
        if filed.desk not in self.desks:
            raise RefusedError(problems.UNKNOWN_DESK, desk=filed.desk)
        return filing.version_in_force(self.procedures[filed.procedure].versions, act.happened_at)

    def facts_of(self, filed: Submission | Dossier) -> dict[str, Any]:
        """Return all that conditions may look at."""
        desk = self.desks[filed.desk]
        return {
            **filed.facts,
            "channel": filed.channel,
            "applicant_kind": filed.applicant_kind,
            "applicant_agency": filed.applicant_agency,
            "procedure": filed.procedure,
            "area": filed.area or desk.area,
            "remote": self.areas.get(filed.area, False) if filed.area else desk.remote,
        }


class Filings(Dossiers):
    """Takes dossiers in."""

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
        known = self._known([filed.submission for filed in filings])
        outcomes = [self._checked(filed, known) for filed in filings]
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

        def receive(dossier: Dossier) -> None:
            self.check_at_desk("receive", dossier, act)
            dossier.check_receive(act)
            known = self._known([dossier])
            version = known.version(dossier, act)
            filing.check_filing(version, dossier.channel, [Component.of(it) for it in dossier.components])
            facts.check_facts(version, dossier.facts)
            reception = self._reception(version, known, dossier, act)
            self._give_receipt(dossier, reception, act, self._numbers([reception]))

        return self._change(dossier_id, receive)

    def _known(self, filed: Collection[Submission | Dossier]) -> Known:
        agencies = {each.desk for each in filed}
        agencies |= {each.applicant_agency for each in filed if each.applicant_agency}
        return Known(
            self._procedures({each.procedure for each in filed}),
            self._desks.desks(agencies),
            self._desks.areas({each.area for each in filed if each.area}),
        )

    def _checked(self, filed: Filing, known: Known) -> _Checked | RefusedError:
        try:
            return self._check(filed, known)
        except RefusedError as refusal:
            return refusal

    def _check(self, filed: Filing, known: Known) -> _Checked:
        submission, act = filed.submission, filed.act
        roles.check_role("submit", act.actor, submission.desk)
        roles.check_channel_of(act.actor, submission.channel)
        version = known.version(submission, act)
        if submission.area and submission.area not in known.areas:
            raise RefusedError(problems.UNKNOWN_AREA, area=submission.area)
        self._check_desk(known.desks[submission.desk], submission.area, act)
        filing.check_applicant(submission.applicant_kind, submission.applicant_agency, known.desks)
        filing.check_filing(version, submission.channel, submission.components)
        facts.check_facts(version, submission.facts)
        checked = _Checked(self._new_id(), filed, None)
        if filing.received_at_once(filed.accept, submission.channel, act.actor):
            roles.check_role("receive", act.actor, submission.desk)
            checked.reception = self._reception(version, known, submission, act)
        return checked

    def _check_desk(self, desk: Desk, area: str | None, act: Act) -> None:
        if desk.ending:
            at = to_text(act.happened_at)
            filing.check_desk(desk, act.happened_at, follow(desk.id, area, at, self._desks.ending))

    def _reception(
        self, version: ProcedureVersion, known: Known, filed: Submission | Dossier, act: Act
    ) -> Reception:
        desk, case_facts = known.desks[filed.desk], known.facts_of(filed)
        self._check_desk(desk, filed.area, act)
        codes.check_agency_code(desk.code)
        limit = appointment.limit_of(version, case_facts)
        case = appointment.Case(act.happened_at, limit, version.cutoff, desk.hours)
        receipt = Receipt(
            version.version,
            limit,
            appointment.due_of(case, self.calendars),
            case_facts["remote"],
            version.cutoff,
            desk.hours,
        )
        return Reception((desk.code, codes.local_date(act.happened_at)), receipt)

    def _numbers(self, receptions: Sequence[Reception]) -> _Numbers:
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

    def _give_receipt(self, dossier: Dossier, reception: Reception, act: Act, numbers: _Numbers) -> None:
        code = codes.dossier_code(*reception.desk_day, next(numbers[reception.desk_day]))
        dossier.receive(act, code, reception.receipt)
