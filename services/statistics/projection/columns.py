"""The read model's tables as the code sees them: names, keys and columns. `read_model/tables.sql` makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]

LAYOUT = 1
"""Counted up with every change to these tables; a read model of another layout is rebuilt."""


@dataclass(frozen=True, eq=False, slots=True)
class Table:
    """One table of the read model, in whichever version."""

    name: str
    key: str
    columns: tuple[str, ...]
    defaults: dict[str, Any]
    """Of columns that are never NULL."""
    ids: tuple[str, ...] = ()
    """Columns of type uuid."""
    dates: tuple[tuple[str, str], ...] = ()
    """Date columns, each with the moment that it is the date of in Viet Nam."""

    @property
    def is_keyed_by_id(self) -> bool:
        """Whether the key is a uuid, else it is text."""
        return self.key in self.ids

    def blank(self, key: str) -> Row:
        """Return a row of which nothing is known yet."""
        row = dict.fromkeys(self.columns)
        row.update(self.defaults)
        row[self.key] = key
        return row


def _columns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _dates(*moments: str) -> tuple[tuple[str, str], ...]:
    return tuple((f"{name}_on", f"{name}_at") for name in moments)


DOSSIER = Table(
    "dossier",
    "root_id",
    _columns(
        """root_id code procedure desk channel area applicant_kind foreign_code limit_amount limit_unit
        submitted_at submitted_on received_at received_on due_at due_on planned_at routed_at
        resolved_at resolved_on verdict handed_back_at handed_back_on manner refused_at refused_on
        stopped_at stopped_on status process process_version legs_planned legs_opened legs_completed
        legs_returned desk_returns times_sent_on current_agency current_leg route_position historical""",
    ),
    {
        "status": 1,
        "legs_opened": 0,
        "legs_completed": 0,
        "legs_returned": 0,
        "desk_returns": 0,
        "times_sent_on": 0,
        "route_position": 0,
        "historical": False,
    },
    ids=("root_id", "current_leg"),
    dates=_dates("submitted", "received", "due", "resolved", "handed_back", "refused", "stopped"),
)
LEG = Table(
    "leg",
    "leg_id",
    _columns(
        """leg_id root_id number attempt name_vi name_en procedure agency from_agency direction term_amount
        term_unit opened_at opened_on due_at due_on handed_over_at handed_over_by acknowledged_at
        accepted_at steps completed_at returned_at closed_at closed_on outcome overdue_at""",
    ),
    {"steps": 0},
    ids=("leg_id", "root_id"),
    dates=_dates("opened", "due", "closed"),
)
AGENCY = Table(
    "agency",
    "agency",
    _columns(
        """agency name_vi name_en level kind parent area vertical connected code valid_from log_position""",
    ),
    {"log_position": 0},
)
PROCEDURE = Table(
    "procedure",
    "procedure",
    _columns(
        """procedure version name_vi name_en sector service_level limit_amount limit_unit valid_from""",
    ),
    {"version": 0},
)

TABLES = (DOSSIER, LEG, AGENCY, PROCEDURE)
"""In the order in which a canonical dump gives them."""
