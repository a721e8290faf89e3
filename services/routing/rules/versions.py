"""Which version of a process a dossier follows, and in which state a version is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.routing.domain.lifecycle import IN_FORCE, LIVE, TRIAL, state_of
from services.routing.rules.structure import Structure

Version = Mapping[str, Any]
"""A definition, with `changes`: the states it went through. None: in force since its first day."""


def version_in_force(
    versions: Sequence[Version],
    received_at: str,
    desk: str | None = None,
    structure: Structure | None = None,
) -> dict[str, Any] | None:
    """Return the definition that leads dossiers received then at that desk: they keep it to their end.

    Of those that are on trial or in force for the desk and may be entered there, the one that holds
    since last; `trial` says whether it is on trial. `structure` knows the desk's kind, for definitions
    that are entered by kind and level.
    """
    begun = [
        version
        for version in versions
        if version["valid_from"] <= received_at
        and state_at(version, received_at, desk) in LIVE
        and enters(version, desk, structure)
    ]
    chosen = max(begun, key=lambda it: (it["valid_from"], it["version"], it["process"]), default=None)
    if chosen is None:
        return None
    definition = {name: value for name, value in chosen.items() if name != "changes"}
    return {**definition, "trial": state_at(chosen, received_at, desk) == TRIAL}


def state_at(version: Version, at: str, desk: str | None = None) -> str | None:
    """Return the state of a version for a desk at a moment; None before its first one."""
    changes = version.get("changes")
    return IN_FORCE if changes is None else state_of(changes, desk, at)


def enters(version: Version, desk: str | None, structure: Structure | None) -> bool:
    """Return whether dossiers may come in at that desk by this definition."""
    entry = version.get("entry")
    if not entry or desk is None:
        return True
    if any(choice.get("id") == desk for choice in entry):
        return True
    if structure is None:
        return False
    facts = structure.agency(desk)
    return any(
        choice.get("kind") == facts["kind"] and choice.get("level") == facts["level"] for choice in entry
    )
