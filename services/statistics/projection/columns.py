"""The read model's tables as the code sees them: names, keys and columns. `read_model/tables.sql` makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]

LAYOUT = 4
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
        submitted_at submitted_on received_at received_on first_due_at first_due_on due_at due_on
        due_moves due_position planned_at routed_at resolved_at resolved_on verdict handed_back_at
        handed_back_on manner refused_at refused_on answered_after stopped_at stopped_on withdrawn_at status
        process process_version plan_position model trial lead legs_planned
        legs_opened legs_completed legs_returned desk_returns times_sent_on
        pauses awaited_supplements awaited_payments historical""",
    ),
    {
        "status": 1,
        "due_moves": 0,
        "due_position": 0,
        "plan_position": 0,
        "trial": False,
        "legs_opened": 0,
        "legs_completed": 0,
        "legs_returned": 0,
        "desk_returns": 0,
        "times_sent_on": 0,
        "pauses": 0,
        "awaited_supplements": 0,
        "awaited_payments": 0,
        "historical": False,
    },
    ids=("root_id",),
    dates=_dates(
        "submitted", "received", "first_due", "due", "resolved", "handed_back", "refused", "stopped"
    ),
)
LEG = Table(
    "leg",
    "leg_id",
    _columns(
        """leg_id root_id number attempt name_vi name_en procedure agency first_agency rehomed
        from_agency direction kind pause term_amount term_unit opened_at opened_on due_at due_on
        due_position handed_over_at handed_over_by acknowledged_at accepted_at steps opinion
        completed_at completed_by returned_at closed_at closed_on outcome overdue_at waited
        told_after""",
    ),
    {"steps": 0, "due_position": 0},
    ids=("leg_id", "root_id"),
    dates=_dates("opened", "due", "closed"),
)
REFUSED_ACT = Table(
    "refused_act",
    "refused_key",
    _columns("refused_key root_id leg_id agency officer command code refused_at"),
    {},
    ids=("root_id", "leg_id"),
)
PAUSE = Table(
    "pause",
    "pause_id",
    _columns("pause_id root_id kind leg_id agency paused_at resumed_at"),
    {},
    ids=("pause_id", "root_id", "leg_id"),
)
APPOINTMENT = Table(
    "appointment",
    "appointment_id",
    _columns("appointment_id root_id moved_at position due_at due_on"),
    {"position": 0},
    ids=("appointment_id", "root_id"),
    dates=_dates("due"),
)
AGENCY = Table(
    "agency",
    "agency",
    _columns(
        """agency name_vi name_en level kind category parent area remote vertical connected code valid_from
        log_position ended_at ended_change ended_basis successors ended_position""",
    ),
    {"log_position": 0, "ended_position": 0},
)
PROCEDURE = Table(
    "procedure",
    "procedure",
    _columns(
        """procedure version name_vi name_en sector service_level limit_amount limit_unit valid_from""",
    ),
    {"version": 0},
)
PROCESS = Table(
    "process",
    "process_key",
    _columns(
        """process_key process version procedure legs valid_from model state state_position trial
        log_position""",
    ),
    {"state_position": 0, "trial": False, "log_position": 0},
)
REGISTER = Table(
    "register",
    "register_key",
    _columns(
        """register_key agency log_position valid_from level kind parent area vertical connected name_vi name_en
        ended_at successors""",
    ),
    {},
)
TARGET = Table(
    "target",
    "target_key",
    _columns("target_key indicator scope whose year version percent reach_by basis set_at"),
    {},
)

ENTERED = Table(
    "entered",
    "entered_key",
    _columns("entered_key figure agency first_day last_day version state amount evidence set_at"),
    {},
)
REQUEST = Table(
    "request",
    "request_id",
    _columns(
        """request_id kind reference issuer subject basis due_on due_at consolidator addressees issued_at
        withdrawn_at consolidated_at""",
    ),
    {},
    ids=("request_id",),
)
ASKED = Table(
    "asked",
    "asked_key",
    _columns(
        "asked_key request_id agency received_at answered_at proposed decided_at decision passed_at passed_to"
    ),
    {},
    ids=("request_id",),
)

TABLES = (
    DOSSIER,
    LEG,
    REFUSED_ACT,
    PAUSE,
    APPOINTMENT,
    AGENCY,
    REGISTER,
    PROCEDURE,
    PROCESS,
    TARGET,
    ENTERED,
    REQUEST,
    ASKED,
)
"""In the order in which a canonical dump gives them."""
