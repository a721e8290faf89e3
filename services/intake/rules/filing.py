"""What may be filed, where, and by which version of its procedure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from services.intake import problems
from services.intake.domain.desk import Desk
from services.intake.domain.procedure import ProcedureVersion
from services.intake.domain.submission import Component
from services.intake.rules.roles import MAY
from shared.acts import Actor
from shared.clock import to_text
from shared.errors import RefusedError


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


def check_desk(desk: Desk, at: datetime, successor: str) -> None:
    """Refuse a desk that has ended at that time, naming who receives instead."""
    if desk.ending and desk.ending.ended_at <= to_text(at):
        raise RefusedError(
            problems.DESK_ENDED,
            desk=desk.id,
            ended_at=desk.ending.ended_at,
            successor="-" if successor == desk.id else successor,
        )


def check_applicant(applicant_kind: str, agency: str | None, known: Collection[str]) -> None:
    """Refuse an applicant agency where no agency files, and one that is not in the register."""
    if agency is None:
        return
    if applicant_kind != "agency":
        raise RefusedError(problems.APPLICANT_NOT_AGENCY, applicant_kind=applicant_kind)
    if agency not in known:
        raise RefusedError(problems.APPLICANT_AGENCY_UNKNOWN, agency=agency)


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
