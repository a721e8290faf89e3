"""When the result of a dossier is due, why, and whether it came in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from services.intake import problems
from services.intake.domain import pauses
from services.intake.domain.dossier_state import DossierState
from services.intake.domain.procedure import ProcedureVersion
from shared import conditions
from shared.clock import from_text, to_text
from shared.errors import RefusedError
from shared.working_time.calendars import Calendars
from shared.working_time.due import Due, due_at
from shared.working_time.terms import Term
from shared.working_time.verdict import verdict


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that an appointment depends on."""

    received_at: datetime
    limit: Mapping[str, str] | None
    cutoff: str | None = None
    hours: Sequence[Sequence[str]] | None = None
    waited: Sequence[pauses.Pause] = ()
    extensions: Sequence[Mapping[str, str]] = ()

    @classmethod
    def of(cls, dossier: DossierState) -> Case | None:
        """Return the case of a dossier as it stands; None before its reception."""
        if dossier.received_at is None:
            return None
        return cls(
            from_text(dossier.received_at),
            dossier.limit,
            dossier.cutoff,
            dossier.hours,
            dossier.pauses,
            dossier.extensions,
        )


def limit_of(version: ProcedureVersion, facts: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the term that law gives this case: the first exception that applies, else by the channel."""
    for exception in version.limits:
        if conditions.holds(exception["when"], facts):
            return dict(exception["term"])
    online = facts["channel"] == "online" and version.limit_online
    limit = version.limit_online if online else version.limit
    return dict(limit) if limit else None


def explained(case: Case, calendars: Calendars) -> Due | None:
    """Return when the result is due, step by step; None where law states no limit.

    Counted from the reception by the desk's hours and the procedure's cutoff; pauses that have ended
    move it, as do extensions. What passed before a pause stays passed.
    """
    if case.limit is None:
        return None
    ended = [each for each in case.waited if each["to"] is not None]
    return due_at(
        case.received_at,
        Term.parse(case.limit),
        calendars.of(case.hours),
        cutoff=time.fromisoformat(case.cutoff) if case.cutoff else None,
        pauses=[(from_text(each["from"]), from_text(each["to"])) for each in ended],
        extensions=[Term.parse(each) for each in case.extensions],
    )


def due_of(case: Case | None, calendars: Calendars) -> str | None:
    """Return when the result is due as UTC text; None before reception and without a limit."""
    due = explained(case, calendars) if case else None
    return to_text(due.at) if due else None


def resumed(
    dossier: DossierState, at: datetime, calendars: Calendars, pause: str | None = None
) -> str | None:
    """Return when the dossier is due once `pause`, or every open one, ends at `at`."""
    case = Case.of(dossier)
    if case is None or not pauses.open_ones(dossier.pauses):
        return dossier.due_at
    waited = pauses.ended(dossier.pauses, to_text(at), pause)
    return due_of(replace(case, waited=waited), calendars)


def extended(dossier: DossierState, by: Mapping[str, str], calendars: Calendars) -> str | None:
    """Return when the dossier is due with that much more time."""
    case = Case.of(dossier)
    return due_of(replace(case, extensions=[*case.extensions, by]), calendars) if case else None


def check_extension(dossier: DossierState, version: ProcedureVersion | None, by: Term, at: datetime) -> None:
    """Refuse to extend a limit in writing where its procedure does not let it, or no more, or not so far."""
    most = Term.parse(version.extension) if version and version.extension else None
    if most is None or dossier.due_at is None:
        raise RefusedError(problems.EXTENSION_NOT_OFFERED, procedure=dossier.procedure)
    if dossier.notice is not None:
        raise RefusedError(problems.ALREADY_EXTENDED, notice=dossier.notice)
    if by.unit is not most.unit or by.amount > most.amount:
        raise RefusedError(problems.EXTENSION_TOO_LONG, most=_said(most), given=_said(by))
    stands_still = bool(pauses.open_ones(dossier.pauses))
    if not stands_still and at > from_text(dossier.due_at):
        raise RefusedError(problems.EXTENSION_TOO_LATE, due_at=dossier.due_at)


def _said(term: Term) -> str:
    stated = term.dump()
    return f"{stated['amount']} {stated['unit']}"


def judged(limit: Mapping[str, str] | None, due: str | None, resolved_at: datetime) -> str:
    """Return the verdict on a result: early, on_time, late, or none where nothing was due."""
    unit = Term.parse(limit).unit if limit else None
    return str(verdict(resolved_at, from_text(due) if due else None, unit))
