"""A small province as its administrator describes it, and what people send to its doors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.clock import to_text

DESK, OTHER_DESK = "H47.71", "H47.72"
FIRST, SECOND = "H47.11", "H47.12"
"""The agencies of the way, in order."""
BYSTANDER = "H47.13"
"""An agency that has nothing to do with any dossier."""
CONNECTED = "H47.14"
BIRTH, COMING = "1.001193", "2.000001"
"""A procedure that is in force, and one that is not yet."""

SECRETS = ("Nguyễn Thị Bí Mật", "064190001234", "0905123456", "12 Lê Lợi Kín", "bimat@example.vn")
"""What nobody may find in a log or in a refusal."""


def at(**ago: float) -> str:
    """Return the time so long ago; ahead when negative."""
    return to_text(datetime.now(UTC) - timedelta(**ago))


def agency(name: str, /, **changes: Any) -> dict[str, Any]:
    return {
        "agency": name,
        "name": {"vi": f"Cơ quan {name}", "en": f"Agency {name}"},
        "level": "province",
        "kind": "department",
        "area": None,
        "code": name,
        "valid_from": "2020-01-01T00:00:00+07:00",
        **changes,
    }


def leg(name: Any, /, **changes: Any) -> dict[str, Any]:
    return {
        "name": {"vi": "Thẩm định", "en": "Examine"},
        "agency": name,
        "term": {"amount": "2", "unit": "working_day"},
        **changes,
    }


def process(**changes: Any) -> dict[str, Any]:
    return {
        "process": "khai-sinh",
        "version": 1,
        "procedure": BIRTH,
        "valid_from": "2020-01-01T00:00:00+07:00",
        "legs": [leg({"id": FIRST}), leg({"id": SECOND}, term=None)],
        **changes,
    }


def procedure(**changes: Any) -> dict[str, Any]:
    return {
        "procedure": BIRTH,
        "name": {"vi": "Đăng ký khai sinh", "en": "Birth registration"},
        "sector": "Hộ tịch",
        "service_level": 4,
        "valid_from": "2020-01-01T00:00:00+07:00",
        "limit": {"amount": "3", "unit": "working_day"},
        "channels": ["direct", "online"],
        "components": [
            {"code": "form", "copies": 1, "required": True},
            {"code": "certificate", "copies": 2, "required": True},
            {"code": "proxy", "copies": 1, "required": False},
        ],
        **changes,
    }


REGISTER: dict[str, Any] = {
    "agencies": [
        agency(DESK, level="district", kind="one-stop", area="QNA.TK"),
        agency(OTHER_DESK, level="district", kind="one-stop", area="QNA.HA"),
        agency(FIRST),
        agency(SECOND),
        agency(BYSTANDER),
        agency(CONNECTED, connected=True),
    ],
    "processes": [process()],
}
CATALOGUE: dict[str, Any] = {
    "procedures": [procedure(), procedure(procedure=COMING, valid_from="2090-01-01T00:00:00+07:00")]
}


def person(**changes: Any) -> dict[str, Any]:
    names = ("name", "identity_number", "phone", "address", "email")
    return {**dict(zip(names, SECRETS, strict=True)), **changes}


def submission(**changes: Any) -> dict[str, Any]:
    return {
        "procedure": BIRTH,
        "desk": DESK,
        "channel": "direct",
        "applicant_kind": "citizen",
        "area": "QNA.TK",
        "person": person(),
        "components": [{"code": "form"}, {"code": "certificate", "copies": 2}],
        **changes,
    }


def without(value: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: content for name, content in value.items() if name not in names}
