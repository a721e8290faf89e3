"""A small province as routing knows it: a commune desk, a district, a department, vertical agencies."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.acts import SYSTEM, Act, Actor

DOSSIER = UUID("6b1f5e0a-93c4-4d0e-8a55-4f7d6a1c0b11")
NOW = datetime(2019, 6, 17, 2, 0, tzinfo=UTC)
"""Monday, nine o'clock in Viet Nam."""

DESK = "H47.71.01"
DISTRICT = "H47.71"
DEPARTMENT = "H47.12"
POLICE = "H47.90.01"
PROCEDURE = "1.001193"


def agency(
    agency_id: str, level: str, kind: str, area: str | None, *, vertical: bool = False
) -> dict[str, Any]:
    return {
        "agency": agency_id,
        "name": {"vi": agency_id, "en": agency_id},
        "level": level,
        "kind": kind,
        "parent": None,
        "area": area,
        "vertical": vertical,
        "code": "000.01.71.H47",
        "connected": False,
        "valid_from": "2019-01-01T00:00:00.000000Z",
    }


AGENCIES = [
    agency(DESK, "commune", "people-committee", "QNA.TK.AX"),
    agency("H47.71.02", "commune", "people-committee", "QNA.TK.TT"),
    agency(DISTRICT, "district", "people-committee", "QNA.TK"),
    agency(DEPARTMENT, "province", "department", "QNA"),
    agency(POLICE, "commune", "police", "QNA.TK.AX", vertical=True),
]


def leg(choice: Any, amount: str | None = "1") -> dict[str, Any]:
    term = {"amount": amount, "unit": "working_day"} if amount else None
    return {"name": {"vi": "Công đoạn", "en": "Leg"}, "agency": choice, "term": term}


UP_AND_ACROSS = [
    leg("receiver"),
    leg({"kind": "police", "level": "commune"}),
    leg({"kind": "people-committee", "level": "district"}),
    leg({"id": DEPARTMENT}, None),
    leg("receiver", "0.5"),
]


def process(legs: list[dict[str, Any]], version: int = 1, valid_from: str = "2019-01-01") -> dict[str, Any]:
    return {
        "process": "a-process",
        "version": version,
        "procedure": PROCEDURE,
        "valid_from": f"{valid_from}T00:00:00.000000Z",
        "legs": legs,
    }


def received(**changes: Any) -> dict[str, Any]:
    return {
        "code": "000.01.71.H47-190617-0001",
        "procedure": PROCEDURE,
        "desk": DESK,
        "channel": "direct",
        "applicant_kind": "citizen",
        "limit": None,
        "due_at": None,
        **changes,
    }


def act_at(happened_at: datetime = NOW, dossier: UUID = DOSSIER) -> Act:
    return Act(Actor(SYSTEM, "routing"), happened_at, happened_at, happened_at, root=dossier)
