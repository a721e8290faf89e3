"""Legs, acts, agencies and commands as processing meets them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from shared.acts import SYSTEM, Act, Actor
from shared.clock import to_text
from shared.contracts.envelope import Message, schema_uri
from shared.messaging.broker import Delivery

DOSSIER = UUID("0f6c8a52-1f0e-4b57-9a64-2d0f6c8a5201")
MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DUE = MORNING + timedelta(days=3)
LATE = DUE + timedelta(minutes=1)
"""The first late minute: terms in hours are judged by the minute."""
TAX = "chi-cuc-thue"
DESK = "mot-cua-tam-ky"
SUCCESSOR = "vp-dkdd-khu-vuc-1"
ENDED = "mot-cua-cu"
UNBORN = "co-quan-moi"
LAND = "vp-dkdd"


def leg_id(number: int = 1, attempt: int = 1, dossier: UUID = DOSSIER) -> UUID:
    return uuid5(dossier, f"leg/{number}/{attempt}")


def leg_opened(
    agency: str = LAND,
    number: int = 1,
    attempt: int = 1,
    due_at: datetime | None = DUE,
    dossier: UUID = DOSSIER,
    **more: Any,
) -> dict[str, Any]:
    return {
        "leg": str(leg_id(number, attempt, dossier)),
        "number": number,
        "of": 3,
        "attempt": attempt,
        "name": {"vi": "Thẩm định hồ sơ", "en": "Examine the dossier"},
        "code": "000.00.21.H47-260302-0001",
        "procedure": "1.001193",
        "agency": agency,
        "from_agency": DESK,
        "direction": "up",
        "term": {"amount": "24", "unit": "working_hour"},
        "due_at": to_text(due_at) if due_at else None,
        "note": None,
        "kind": "work",
        "at_term": "overdue",
        "pause": None,
        "may_return_to": [],
        "skipped": [],
        "from_number": 0,
        **more,
    }


BEGAN = MORNING - timedelta(days=365)
"""When agencies begin."""


def agency_registered(agency: str, *, connected: bool = True) -> dict[str, Any]:
    return {
        "agency": agency,
        "name": {"vi": f"Cơ quan {agency}", "en": f"Agency {agency}"},
        "level": "province",
        "kind": "department",
        "parent": None,
        "area": None,
        "vertical": False,
        "code": "H47.1",
        "connected": connected,
        "valid_from": to_text(BEGAN),
    }


def agency_ended(agency: str, *successors: str, at: datetime = MORNING) -> dict[str, Any]:
    return {
        "agency": agency,
        "ended_at": to_text(at),
        "change": "merge",
        "successors": [{"agency": successor, "areas": None} for successor in successors],
        "basis": "Nghị quyết 01/NQ-HĐND",
    }


def act_at(
    happened_at: datetime = MORNING,
    *,
    agency: str | None = None,
    recorded_at: datetime | None = None,
    root: UUID = DOSSIER,
    historical: bool = False,
) -> Act:
    actor = Actor("agency-system", agency, agency) if agency else Actor(SYSTEM, "processing")
    return Act(
        actor=actor,
        happened_at=happened_at,
        received_at=recorded_at or happened_at,
        recorded_at=recorded_at or happened_at,
        root=root,
        historical=historical,
    )


def command_message(
    name: str,
    data: dict[str, Any],
    *,
    agency: str = LAND,
    at: datetime = MORNING,
    id: str = "c-1",  # noqa: A002
    causation: str | None = None,
) -> Message:
    return Message(
        id=id,
        source=f"/agencies/{agency}",
        type=f"lienthong.command.{name}",
        subject=f"leg/{data.get('leg')}",
        time=to_text(at),
        dataschema=schema_uri(f"lienthong.command.{name}", 1),
        data=data,
        causationid=causation,
    )


def delivered(
    message: Message | bytes,
    *,
    user_id: str | None = f"agency.{LAND}",
    headers: dict[str, str] | None = None,
    routing_key: str | None = None,
    tag: int = 1,
) -> Delivery:
    body = message if isinstance(message, bytes) else message.to_bytes()
    message_id = None if isinstance(message, bytes) else message.id
    name = "unknown" if isinstance(message, bytes) else message.type.rpartition(".")[2]
    return Delivery(
        queue="processing.commands",
        body=body,
        exchange="lienthong.commands",
        routing_key=routing_key or name,
        message_id=message_id,
        headers=headers or {},
        content_type="application/cloudevents+json",
        user_id=user_id,
        redelivered=False,
        tag=tag,
    )
