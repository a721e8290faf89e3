"""The agencies of the province as they stood at a moment: whose unit somebody belongs to, who succeeded whom.

A unit is what reports count: a department, a district with its offices, a commune with its desk. It is
the topmost agency of the same level; at the province's level the topmost below the province's head.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

VERTICAL = "vertical"
"""What stands for the level of agencies of vertical sectors: they are no units of province, district or commune."""
_TOP = "province"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the register says of an agency from a moment on."""

    agency: str
    position: int
    valid_from: datetime
    level: str
    parent: str | None
    vertical: bool
    names: tuple[str, str]
    connected: bool = False
    """Whether a system of its own does its work, rather than its people at the worklist."""


@dataclass(frozen=True, slots=True)
class End:
    """An agency's end, with each successor and the areas it takes (none: all others)."""

    agency: str
    position: int
    ended_at: datetime
    successors: tuple[tuple[str, tuple[str, ...] | None], ...]


class Structure:
    """The agencies as the register had them at a moment."""

    def __init__(self, entries: Iterable[Entry], ends: Iterable[End], at: datetime) -> None:
        known = [entry for entry in entries if entry.valid_from <= at]
        self._entries: Mapping[str, Entry] = {
            entry.agency: entry for entry in sorted(known, key=lambda one: (one.valid_from, one.position))
        }
        over = sorted((end for end in ends if end.ended_at <= at), key=lambda one: one.position)
        self._ends: Mapping[str, End] = {end.agency: end for end in over}

    def unit(self, agency: str) -> str:
        """Return the unit that an agency belongs to; itself when nothing is known of it."""
        seen = {agency}
        while (above := self._unit_above(agency)) is not None and above not in seen:
            seen.add(above)
            agency = above
        return agency

    def level(self, agency: str) -> str | None:
        """Return the level of an agency, `vertical` for vertical sectors, None for an unknown one."""
        entry = self._entries.get(agency)
        if entry is None:
            return None
        return VERTICAL if entry.vertical else entry.level

    def above(self, unit: str) -> str | None:
        """Return the unit of another level under which a unit stands."""
        entry = self._entries.get(unit)
        return self.unit(entry.parent) if entry and entry.parent and entry.parent in self._entries else None

    def upwards(self, agency: str) -> set[str]:
        """Return an agency's unit and every unit above it."""
        found: set[str] = set()
        unit: str | None = self.unit(agency)
        while unit is not None and unit not in found:
            found.add(unit)
            unit = self.above(unit)
        return found

    def units(self) -> dict[str, str]:
        """Return every unit in being with its level, but for vertical sectors and the province's head."""
        found: dict[str, str] = {}
        for agency, entry in self._entries.items():
            unit = self.unit(agency)
            if unit not in self._ends and not entry.vertical and not self._is_head(entry):
                found[unit] = entry.level
        return found

    def connected(self) -> set[str]:
        """Return the units of which some agency in being works by a system of its own."""
        return {
            self.unit(agency)
            for agency, entry in self._entries.items()
            if entry.connected and agency not in self._ends
        }

    def successor(self, agency: str, area: str | None) -> str:
        """Return who goes on with what an agency had in an area: itself while it is in being.

        The longest area that the dossier's lies in wins; a successor may have ended too.
        """
        seen: set[str] = set()
        while (end := self._ends.get(agency)) is not None and agency not in seen:
            seen.add(agency)
            following = _heir(end, area)
            if following is None:
                break
            agency = following
        return agency

    def names(self, agency: str) -> tuple[str, str] | None:
        """Return what an agency is called in Vietnamese and English."""
        entry = self._entries.get(agency)
        return entry.names if entry else None

    def _unit_above(self, agency: str) -> str | None:
        entry = self._entries.get(agency)
        parent = self._entries.get(entry.parent or "") if entry else None
        if entry is None or parent is None or parent.level != entry.level or self._is_head(parent):
            return None
        return parent.agency if parent.vertical == entry.vertical else None

    def _is_head(self, entry: Entry) -> bool:
        return entry.level == _TOP and not entry.vertical and entry.parent not in self._entries


def _heir(end: End, area: str | None) -> str | None:
    best: tuple[int, str] | None = None
    for agency, areas in end.successors:
        fits = [len(one) for one in areas or () if area is not None and f"{area}.".startswith(f"{one}.")]
        length = 0 if areas is None else max(fits, default=-1)
        if length >= 0 and (best is None or length > best[0]):
            best = length, agency
    return best[1] if best else None
