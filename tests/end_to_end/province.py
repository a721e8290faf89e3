"""A small province: a commune's desk, and agencies at three levels; two of them have their own systems."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from deploy.files import TOKENS
from deploy.play.client import Client, DoorError
from deploy.stack import Stack
from shared.access import TokenFile
from tests.end_to_end.waiting import eventually

DESK = "H60.20.11"
POLICE = "H60.61.2011"
DISTRICT = "H60.20"
LAND = "H60.10"
PROCEDURE = "TH-DATDAI"
BEGAN = "2020-01-01T00:00:00+07:00"
CONNECTED = (POLICE, LAND)
LEGS = (POLICE, DISTRICT, LAND, DESK)


def _agency(agency: str, level: str, name: str) -> dict[str, Any]:
    return {
        "agency": agency,
        "name": {"vi": name, "en": name},
        "level": level,
        "kind": f"test-{agency}",
        "area": "TH",
        "code": agency,
        "connected": agency in CONNECTED,
        "valid_from": BEGAN,
    }


AGENCIES = [
    _agency(DESK, "commune", "Bộ phận Một cửa xã"),
    _agency(POLICE, "commune", "Công an xã"),
    _agency(DISTRICT, "district", "UBND huyện"),
    _agency(LAND, "province", "Sở Tài nguyên và Môi trường"),
]
PROCESS = {
    "process": "test.dat-dai",
    "version": 1,
    "procedure": PROCEDURE,
    "valid_from": BEGAN,
    "legs": [
        {
            "name": {"vi": f"Công đoạn {number}", "en": f"Leg {number}"},
            "agency": {"id": agency},
            "term": {"amount": "2", "unit": "working_day"},
        }
        for number, agency in enumerate(LEGS, start=1)
    ],
}
CATALOGUE = {
    "procedure": PROCEDURE,
    "name": {"vi": "Đăng ký đất đai", "en": "Land registration"},
    "sector": "Đất đai",
    "service_level": 3,
    "valid_from": BEGAN,
    "limit": {"amount": "20", "unit": "working_day"},
    "channels": ["direct", "online", "post"],
    "components": [{"code": "don", "copies": 1, "required": True}],
}


def submission(name: str = "Nguyễn Thị Hoa", **other: Any) -> dict[str, Any]:
    """Return what someone files at the commune's desk."""
    return {
        "procedure": PROCEDURE,
        "desk": DESK,
        "channel": "direct",
        "applicant_kind": "citizen",
        "person": {"name": name, "identity_number": "049190000123", "phone": "0905123456"},
        "components": [{"code": "don"}],
        **other,
    }


@contextmanager
def at(stack: Stack, service: str, role: str, agency: str | None = None) -> Iterator[Client]:
    """Give a client of a service, as somebody in a role, bound to an agency."""
    token = TokenFile(stack.home / TOKENS).issue(role, f"{role} of {agency}", agency)
    client = Client(stack.urls()[service], token)
    try:
        yield client
    finally:
        client.close()


def put_reference(stack: Stack) -> None:
    """Make the province known, and return when the desk can take dossiers in."""
    with at(stack, "routing", "administrator") as routing, at(stack, "intake", "administrator") as intake:
        _put(routing, {"agencies": AGENCIES, "processes": [PROCESS]})
        _put(intake, {"procedures": [CATALOGUE]})
    with at(stack, "intake", "receiving_officer", DESK) as desk:
        eventually(lambda: _knows_the_desk(desk), "intake knows the desk")


def _put(client: Client, value: dict[str, Any]) -> None:
    client.put("/v1/reference", value, sha256(json.dumps(value).encode()).hexdigest())


def _knows_the_desk(desk: Client) -> bool:
    """Ask with a submission that is refused in any case: without the paper that is needed."""
    try:
        desk.post("/v1/submissions", submission(components=[]), "is-the-desk-known")
    except DoorError as error:
        if error.code == "unknown-desk":
            return False
        if error.code != "missing-component":
            raise
    return True


def submit(desk: Client, count: int, prefix: str) -> Sequence[str]:
    """File so many dossiers at the desk and return their ids."""
    lines = [
        {"key": f"{prefix}/{number}", "action": "submit", "data": submission(f"Người thứ {number}")}
        for number in range(count)
    ]
    return [answer["answer"]["dossier"] for answer in desk.lines("/v1/batches", lines)]
