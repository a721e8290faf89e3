"""The life of a version of a process: from draft to retired, for everybody or agency by agency.

Decision 985/QĐ-TTg (2018) has provinces approve an internal process, configure it electronically and
try it before it holds; units go live one by one, and processes are adjusted while dossiers run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

DRAFT, SUBMITTED, APPROVED, ELECTRONIC = "draft", "submitted", "approved", "electronic"
TRIAL, IN_FORCE, RETIRED = "trial", "in-force", "retired"

EDITABLE = frozenset({DRAFT, SUBMITTED})
LIVE = frozenset({TRIAL, IN_FORCE})
"""States in which a version leads dossiers."""
BY_AGENCY = frozenset({TRIAL, IN_FORCE, RETIRED})
"""States that may begin for some agencies only."""

_NEXT: Mapping[str, frozenset[str]] = {
    DRAFT: frozenset({SUBMITTED}),
    SUBMITTED: frozenset({APPROVED}),
    APPROVED: frozenset({ELECTRONIC, RETIRED}),
    ELECTRONIC: frozenset({TRIAL, IN_FORCE, RETIRED}),
    TRIAL: frozenset({IN_FORCE, RETIRED}),
    IN_FORCE: frozenset({RETIRED}),
    RETIRED: frozenset(),
}

Changes = Sequence[Mapping[str, Any]]
"""`{state, at, agencies}` in the order in which they were decided; agencies None: for everybody."""


def state_of(changes: Changes, desk: str | None = None, at: str | None = None) -> str | None:
    """Return the state of a version for a desk (None: for everybody) at a moment (None: in the end).

    None: it has not come into any state yet.
    """
    state = None
    for change in changes:
        concerned = change["agencies"] is None or (desk is not None and desk in change["agencies"])
        if concerned and (at is None or change["at"] <= at):
            state = change["state"]
    return state


def is_live(changes: Changes) -> bool:
    """Return whether the version leads dossiers of anybody, in the end."""
    return any(state_of(changes, desk) in LIVE for desk in _named(changes))


def may_follow(changes: Changes, state: str, agencies: Sequence[str] | None) -> bool:
    """Return whether a version may go on to `state`, for these agencies or for everybody.

    For everybody it may when it may for those that had no state of their own; agencies that are there
    already stay.
    """
    if agencies is None:
        before = state_of(changes)
        own = {state_of(changes, desk) for desk in _named(changes) if desk} - {before, state}
        return _follows(before, state) and all(_follows(one, state) for one in own)
    return all(_follows(state_of(changes, desk), state) for desk in agencies)


def _follows(before: str | None, state: str) -> bool:
    return before is not None and state in _NEXT[before]


def _named(changes: Changes) -> set[str | None]:
    """Return the agencies that a change names, and None for all others."""
    return {None, *(agency for change in changes for agency in change["agencies"] or ())}
