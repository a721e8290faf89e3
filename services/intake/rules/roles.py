"""Who may do what at the desk, and who may see what."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from services.intake import problems
from shared.acts import HISTORIAN, Actor
from shared.errors import FORBIDDEN, RefusedError

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
    "fulfil": _OFFICERS,
    "extend": frozenset({DESK_HEAD, HISTORIAN}),
    "withdraw": _OFFICERS,
    "stop": _OFFICERS,
    "hand-back": frozenset({RESULT_OFFICER, POSTAL_EMPLOYEE, DESK_HEAD, HISTORIAN}),
    "see-applicant": _BOUND_TO_DESK,
    "forget-person": frozenset({ADMINISTRATOR}),
}
"""Which roles may do what at the desk.

An applicant's wish to withdraw is taken down by the desk, which sees who asks: a token of the role
`applicant` says that somebody files, not whose dossier this is.
"""

FILES_THROUGH: Mapping[str, frozenset[str]] = {
    APPLICANT: frozenset({"online"}),
    POSTAL_EMPLOYEE: frozenset({"direct", "post"}),
}
"""Channels of roles that do not have all of them."""


def is_bound(actor: Actor) -> bool:
    """Tell whether the actor may act at one desk only, and at those that it succeeds."""
    return actor.role in _BOUND_TO_DESK and actor.agency is not None


def check_role(action: str, actor: Actor, desk: str | None = None) -> None:
    """Refuse an actor whose role may not do the action, or who is bound to another desk.

    `desk` is the one that goes on with the dossier: its own, or the one that succeeds it.
    """
    if actor.role not in MAY[action]:
        raise RefusedError(FORBIDDEN, role=actor.role)
    if desk and is_bound(actor) and actor.agency != desk:
        raise RefusedError(problems.NOT_YOUR_DESK, agency=actor.agency, desk=desk)


def check_channel_of(actor: Actor, channel: str) -> None:
    """Refuse a role that does not file through the channel."""
    if channel not in FILES_THROUGH.get(actor.role, {channel}):
        raise RefusedError(problems.CHANNEL_NOT_FOR_ROLE, role=actor.role, channel=channel)


def check_may_see_applicant(actor: Actor, desk: str, agencies: Collection[str]) -> None:
    """Refuse everyone but officers of the desk that goes on with it and the agencies on its way."""
    if actor.role in _AGENCY_ROLES and actor.agency in agencies:
        return
    if actor.agency is None:
        raise RefusedError(FORBIDDEN, role=actor.role)
    check_role("see-applicant", actor, desk)


def check_may_see_dossier(actor: Actor, desks: Collection[str], agencies: Collection[str]) -> None:
    """Refuse agencies that have nothing to do with the dossier, and applicants: their doors come later."""
    if actor.role == APPLICANT or (actor.role in _AGENCY_ROLES and actor.agency not in {*desks, *agencies}):
        raise RefusedError(FORBIDDEN, role=actor.role)
