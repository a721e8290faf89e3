"""The pauses of a dossier's clock, as plain records in the order in which they began.

A record holds `pause` (its id), `kind`, `reason`, `from` and `to`; `to` is None while it is open.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from services.intake.domain.status import Status

Pause = dict[str, Any]

APPLICANTS = ("supplement", "payment")
"""Kinds that the applicant ends at the desk; a public notice ends by its term."""
_STATUS = {"supplement": Status.SUPPLEMENT, "payment": Status.PAYMENT}


def begun(pauses: Sequence[Pause], pause: str, kind: str, reason: str, at: str) -> list[Pause]:
    """Return the pauses with one more."""
    return [*pauses, {"pause": pause, "kind": kind, "reason": reason, "from": at, "to": None}]


def ended(pauses: Sequence[Pause], at: str, only: str | None = None) -> list[Pause]:
    """Return the pauses with `only`, or every open one, ended at `at`; none ends before it began."""
    return [
        {**each, "to": max(each["from"], at)}
        if each["to"] is None and only in {None, each["pause"]}
        else each
        for each in pauses
    ]


def open_ones(pauses: Sequence[Pause], kinds: Collection[str] = (*APPLICANTS, "posting")) -> list[Pause]:
    """Return those that are under way, of some kinds."""
    return [each for each in pauses if each["to"] is None and each["kind"] in kinds]


def status_of(pauses: Sequence[Pause], *, returned: bool) -> Status:
    """Return the status of a dossier that is under way: papers come before money.

    A public notice has no status of its own in the codes of the national portal.
    """
    waiting = {each["kind"] for each in open_ones(pauses)}
    asked = next((_STATUS[kind] for kind in APPLICANTS if kind in waiting), None)
    return asked or (Status.RECEIVED if returned else Status.PROCESSING)
