"""What became otherwise: dossier by dossier, and in totals that are the same whatever the order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from deploy.simulation.history import Dossier
from deploy.simulation.played import Course
from shared.clock import to_text
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.elapsed import working_time_between
from shared.working_time.shares import IN_TRANSIT, PROCESS
from shared.working_time.verdict import Verdict

VERDICTS = ("early", "on_time", "late", "none", "open")
QUANTILES = (0, 10, 50, 90, 100)
_MINUTE = timedelta(minutes=1)
_NAMES = {
    IN_TRANSIT: {"vi": "Giữa các cơ quan", "en": "Between agencies"},
    PROCESS: {"vi": "Do quy trình", "en": "The process"},
}
Names = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Compared:
    """One dossier in both worlds."""

    dossier: Dossier
    before: Course
    after: Course
    modelled: bool
    """Whether its way is another one, so that its course is worked out and not recorded."""
    without_namesake: int = 0
    """Legs whose time is their term, since the record knows none like them."""
    reproduced: bool | None = None
    """Of one that is modelled: whether the model, on the recorded way, ends it on the recorded day."""
    due_left: bool = False
    """Whether its appointment was left as it is, since live rules do not reproduce it."""

    @property
    def changed(self) -> bool:
        """Whether anything at all is otherwise."""
        return self.before != self.after

    def as_json(self) -> dict[str, Any]:
        """Return it for machines."""
        return {
            "dossier": self.dossier.root,
            "code": self.dossier.code,
            "procedure": self.dossier.procedure,
            "before": _shown(self.before),
            "after": _shown(self.after),
            "changed": self.changed,
            "modelled": self.modelled,
        }


def _shown(course: Course) -> dict[str, Any]:
    return {
        "due_at": _text(course.due),
        "end": course.end,
        "ended_at": _text(course.ended),
        "verdict": str(course.verdict),
        "late_minutes": course.late // _MINUTE,
        "legs": sum(course.legs.values()),
    }


@dataclass(slots=True)
class Shift:
    """How moments moved: earlier, later, or not, and by how many minutes of working time."""

    earlier: int = 0
    later: int = 0
    equal: int = 0
    incomparable: int = 0
    """There is one in one of the worlds only."""
    moves: list[int] = field(default_factory=list)

    def add(self, before: datetime | None, after: datetime | None, calendar: WorkingCalendar) -> None:
        """Count one."""
        if before == after:
            self.equal += 1
        elif before is None or after is None:
            self.incomparable += 1
        else:
            self.earlier += after < before
            self.later += after > before
            moved = working_time_between(before, after, calendar)
            self.moves.append(moved // _MINUTE if moved >= timedelta() else -(-moved // _MINUTE))

    def as_json(self) -> dict[str, Any]:
        """Return it for machines; quantiles of those that moved, by nearest rank."""
        moves = sorted(self.moves)
        hours = {
            f"p{percent}": round(moves[max(0, -(-percent * len(moves) // 100) - 1)] / 60, 2)
            for percent in QUANTILES
            if moves
        }
        return {
            "earlier": self.earlier,
            "later": self.later,
            "equal": self.equal,
            "incomparable": self.incomparable,
            "moved_working_hours": hours or None,
        }


@dataclass(slots=True)
class Side:
    """One world's totals."""

    verdicts: Counter[str] = field(default_factory=Counter)
    late: timedelta = timedelta()
    parts: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    legs: Counter[str] = field(default_factory=Counter)

    def add(self, course: Course) -> None:
        """Count one dossier."""
        self.verdicts[str(course.verdict)] += 1
        self.late += course.late
        for tally, added in ((self.parts, course.parts), (self.held, course.held)):
            for who, time in added.items():
                tally[who] += time // timedelta(microseconds=1)
        self.legs.update(course.legs)


class Totals:
    """Adds dossiers up."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self._calendar = calendar
        self.before, self.after = Side(), Side()
        self.due, self.end = Shift(), Shift()
        self.dossiers = self.changed = self.modelled = 0
        self.left_out: Counter[str] = Counter()
        self._notes: Counter[str] = Counter()

    def leave_out(self, reason: str) -> None:
        """Count a dossier that cannot be played, by reason; it is in no other figure."""
        self.left_out[reason] += 1

    def add(self, it: Compared) -> None:
        """Count a dossier."""
        self.dossiers += 1
        self.changed += it.changed
        self.modelled += it.modelled
        self.before.add(it.before)
        self.after.add(it.after)
        self.due.add(it.before.due, it.after.due, self._calendar)
        self.end.add(it.before.ended, it.after.ended, self._calendar)
        self._notes["legs_without_namesake"] += it.without_namesake
        self._notes["reproduced_to_the_day"] += it.reproduced is True
        self._notes["due_left_as_recorded"] += it.due_left

    def as_json(self, names: Names) -> dict[str, Any]:
        """Return the totals for machines, agencies in the order of their ids."""
        return {
            "dossiers": self.dossiers,
            "changed": self.changed,
            "left_out": dict(sorted(self.left_out.items())),
            "due_dates": self.due.as_json(),
            "ends": self.end.as_json(),
            "verdicts": {
                side: {verdict: tally.verdicts[verdict] for verdict in VERDICTS}
                for side, tally in self._sides()
            },
            "late": {
                side: {
                    "dossiers": tally.verdicts[str(Verdict.LATE)],
                    "working_minutes": tally.late // _MINUTE,
                }
                for side, tally in self._sides()
            },
            "lateness_by_agency": self._rows(names, {"working_minutes": "parts"}),
            "load_by_agency": self._rows(names, {"legs": "legs", "working_minutes": "held"}),
            "model": {
                "modelled": self.modelled,
                "reproduced_to_the_day": self._notes["reproduced_to_the_day"],
                "legs_without_namesake": self._notes["legs_without_namesake"],
                "due_left_as_recorded": self._notes["due_left_as_recorded"],
            },
        }

    def _sides(self) -> tuple[tuple[str, Side], tuple[str, Side]]:
        return ("before", self.before), ("after", self.after)

    def _rows(self, names: Names, columns: Mapping[str, str]) -> list[dict[str, Any]]:
        holders = {
            who for _, side in self._sides() for column in columns.values() for who in getattr(side, column)
        }
        return [
            {
                "agency": who,
                "name": names.get(who) or _NAMES.get(who) or {"vi": who, "en": who},
                **{
                    side: {
                        name: _whole(name, getattr(tally, column)[who]) for name, column in columns.items()
                    }
                    for side, tally in self._sides()
                },
            }
            for who in sorted(holders)
        ]


def _whole(name: str, value: int) -> int:
    return value if name == "legs" else timedelta(microseconds=value) // _MINUTE


def _text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None
