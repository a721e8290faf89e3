"""What may be filed, by whom, under which code and until when: pure decisions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.intake import problems
from services.intake.domain.procedure import ProcedureVersion
from services.intake.domain.submission import Component
from shared.acts import HISTORIAN, Actor
from shared.clock import VIETNAM, to_text
from shared.errors import FORBIDDEN, RefusedError
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.due import due_at
from shared.working_time.terms import Term
from shared.working_time.verdict import verdict

APPLICANT = "applicant"
RECEIVING_OFFICER = "receiving_officer"
POSTAL_EMPLOYEE = "postal_employee"
RESULT_OFFICER = "result_officer"
DESK_HEAD = "desk_head"
PROCEDURE_CONTROL = "procedure_control"
ADMINISTRATOR = "administrator"

_OFFICERS = frozenset({RECEIVING_OFFICER, DESK_HEAD, HISTORIAN})

_BOUND_TO_DESK = frozenset({RECEIVING_OFFICER, POSTAL_EMPLOYEE, RESULT_OFFICER, DESK_HEAD})
_AGENCY_ROLES = frozenset({"agency", "agency-system"})

MAY: Mapping[str, frozenset[str]] = {
    "publish-procedure": frozenset({PROCEDURE_CONTROL, ADMINISTRATOR, HISTORIAN}),
    "submit": _OFFICERS | {APPLICANT, POSTAL_EMPLOYEE},
    "receive": _OFFICERS | {POSTAL_EMPLOYEE},
    "refuse": _OFFICERS,
    "send-on": _OFFICERS,
    "stop": _OFFICERS,
    "hand-back": frozenset({RESULT_OFFICER, POSTAL_EMPLOYEE, DESK_HEAD, HISTORIAN}),
    "see-applicant": _BOUND_TO_DESK,
    "forget-person": frozenset({ADMINISTRATOR}),
}
"""Which roles may do what at the desk."""

FILES_THROUGH: Mapping[str, frozenset[str]] = {
    APPLICANT: frozenset({"online"}),
    POSTAL_EMPLOYEE: frozenset({"direct", "post"}),
}
"""Channels of roles that do not have all of them."""

_AGENCY_CODE = r"(?:[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}|[A-Z][0-9]{2}(?:\.[0-9]{2,})*)"
_AGENCY_CODE_ONLY = re.compile(_AGENCY_CODE)
_DOSSIER_CODE = re.compile(rf"{_AGENCY_CODE}-[0-9]{{6}}-[0-9]{{4,}}")


def check_role(action: str, actor: Actor, desk: str | None = None) -> None:
    """Refuse an actor whose role may not do the action, or who is bound to another desk."""
    if actor.role not in MAY[action]:
        raise RefusedError(FORBIDDEN, role=actor.role)
    if desk and actor.role in _BOUND_TO_DESK and actor.agency and actor.agency != desk:
        raise RefusedError(problems.NOT_YOUR_DESK, agency=actor.agency, desk=desk)


def check_channel_of(actor: Actor, channel: str) -> None:
    """Refuse a role that does not file through the channel."""
    if channel not in FILES_THROUGH.get(actor.role, {channel}):
        raise RefusedError(problems.CHANNEL_NOT_FOR_ROLE, role=actor.role, channel=channel)


def received_at_once(asked: bool | None, channel: str, actor: Actor) -> bool:  # noqa: FBT001
    """Tell whether filing is reception too: as asked, else when someone stands at a desk with an officer."""
    if asked is None:
        return channel != "online" and actor.role in MAY["receive"]
    return asked


def version_in_force(versions: Sequence[ProcedureVersion], at: datetime) -> ProcedureVersion:
    """Return the version that holds at `at`: of those begun, the latest; of two such, the later published.

    Refuses with `procedure-not-in-force` a time before the first.
    """
    moment = to_text(at)
    begun = [version for version in versions if version.valid_from <= moment]
    if not begun:
        raise RefusedError(problems.PROCEDURE_NOT_IN_FORCE, procedure=versions[0].procedure, at=moment)
    return max(begun, key=lambda version: (version.valid_from, version.version))


def check_filing(version: ProcedureVersion, channel: str, components: Iterable[Component]) -> None:
    """Refuse a channel that is not offered, and a dossier that is not complete.

    Papers of one code count together. Source: Decree 61/2018 art. 17 (reception check), from memory.
    """
    if channel not in version.channels:
        raise RefusedError(
            problems.CHANNEL_NOT_OFFERED,
            procedure=version.procedure,
            channel=channel,
            offered=", ".join(version.channels),
        )
    given: Counter[str] = Counter()
    for component in components:
        given[component.code] += component.copies
    known = {component.code: component for component in version.components}
    if unknown := sorted(given.keys() - known.keys()):
        raise RefusedError(
            problems.UNKNOWN_COMPONENT, procedure=version.procedure, components=", ".join(unknown)
        )
    if missing := [code for code, it in known.items() if it.required and not given[code]]:
        raise RefusedError(problems.MISSING_COMPONENT, components=", ".join(missing))
    for code, copies in given.items():
        if copies < known[code].copies:
            raise RefusedError(
                problems.TOO_FEW_COPIES, component=code, needed=known[code].copies, given=copies
            )


@dataclass(frozen=True, slots=True)
class Appointment:
    """The term that applies and when the result is due; both None where law states no limit."""

    limit: dict[str, str] | None
    due_at: str | None


def appointment(
    version: ProcedureVersion, channel: str, received_at: datetime, calendar: WorkingCalendar
) -> Appointment:
    """Return the appointment of a dossier received at `received_at`; online filing may have its own limit."""
    limit = version.limit_online if channel == "online" and version.limit_online else version.limit
    if limit is None:
        return Appointment(None, None)
    due = due_at(received_at, Term.parse(limit), calendar)
    return Appointment(dict(limit), to_text(due.at))


def judged(limit: Mapping[str, str] | None, due: datetime | None, resolved_at: datetime) -> str:
    """Return the verdict on a result: early, on_time, late, or none where nothing was due."""
    return str(verdict(resolved_at, due, Term.parse(limit).unit if limit else None))


def local_date(moment: datetime) -> date:
    """Return the date that it is in Viet Nam."""
    return moment.astimezone(VIETNAM).date()


def check_agency_code(code: str) -> None:
    """Refuse an agency identifier of neither scheme.

    Source: QCVN 102:2016/BTTTT (`000.00.53.H48`) and Decision 20/2020/QĐ-TTg (`H21.65`).
    """
    if not _AGENCY_CODE_ONLY.fullmatch(code):
        raise RefusedError(problems.DESK_CODE_INVALID, code=code)


def dossier_code(agency_code: str, day: date, number: int) -> str:
    """Return `<agency code>-YYMMDD-NNNN`; the number grows past four digits when a day needs it.

    Source: Circular 01/2018/TT-VPCP art. 19.
    """
    return f"{agency_code}-{day:%y%m%d}-{number:04d}"


def check_dossier_code(code: str) -> str:
    """Return the code; refuse (`dossier-code-invalid`) what is none."""
    if not _DOSSIER_CODE.fullmatch(code):
        raise RefusedError(problems.DOSSIER_CODE_INVALID, code=code)
    return code


def check_may_see_applicant(actor: Actor, desk: str, agencies: Collection[str]) -> None:
    """Refuse everyone but officers of the very desk and the agencies on the dossier's way."""
    if actor.role in _AGENCY_ROLES and actor.agency in agencies:
        return
    if actor.agency is None:
        raise RefusedError(FORBIDDEN, role=actor.role)
    check_role("see-applicant", actor, desk)


def check_may_see_dossier(actor: Actor, desk: str, agencies: Collection[str]) -> None:
    """Refuse agencies that have nothing to do with the dossier, and applicants: their doors come later."""
    if actor.role == APPLICANT or (actor.role in _AGENCY_ROLES and actor.agency not in {desk, *agencies}):
        raise RefusedError(FORBIDDEN, role=actor.role)
