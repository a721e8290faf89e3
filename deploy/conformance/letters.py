"""The messages that the kit sends, as Liên Thông would send them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

HAND_OVER = "lienthong.agency.leg-hand-over"
FIRST_EPOCH = "/lienthong/processing/1"
NEXT_EPOCH = "/lienthong/processing/29923846"
"""The source of what is said after a restore."""


def hand_over(agency: str, *, dossier: str | None = None, number: int = 1, **data: Any) -> dict[str, Any]:
    """Return a hand-over of a new leg."""
    dossier, leg = dossier or str(uuid4()), str(uuid4())
    facts = {
        "number": number,
        "of": 2,
        "attempt": 1,
        "name": {"vi": "Thẩm định hồ sơ", "en": "Examine the dossier"},
        "code": f"H00.01-{dossier[:6]}",
        "procedure": "1.001193",
        "from_agency": "H00.01",
        "direction": "peer",
        "term": {"amount": "3", "unit": "working_day"},
        "note": None,
        "leg": leg,
        "dossier": dossier,
        "agency": agency,
        "due_at": _time(timedelta(days=3)),
        "applicant_link": f"https://intake.lienthong.example/v1/dossiers/{dossier}/applicant",
    }
    return _message("leg-hand-over", dossier, leg, facts | data)


def notice(to: dict[str, Any], state: str) -> dict[str, Any]:
    """Return a notice about the leg of a hand-over."""
    was = to["data"]
    facts = {name: was[name] for name in ("leg", "dossier", "code", "agency", "due_at")}
    return _message("leg-notice", was["dossier"], was["leg"], facts | {"state": state, "note": None})


def refusal(command: dict[str, Any]) -> dict[str, Any]:
    """Return the refusal of a command of the connector, for good."""
    leg = _leg_of(command)
    en, vi = f"The leg {leg} has already ended (completed)", f"Công đoạn {leg} đã kết thúc (completed)"
    return _refused(command, {"code": "leg-already-closed", "status": 409, "title": en, "title_vi": vi})


def forgotten(command: dict[str, Any]) -> dict[str, Any]:
    """Return the refusal of a command about a leg that a restore lost, for now."""
    leg = _leg_of(command)
    en, vi = f"There is no leg {leg}", f"Không có công đoạn {leg}"
    facts = {"code": "unknown-leg", "status": 404, "title": en, "title_vi": vi}
    return in_next_epoch(_refused(command, facts))


def _refused(command: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    told = {"command": command["id"], **facts}
    return _message("command-refused", None, _leg_of(command), told, causation=command["id"])


def _leg_of(command: dict[str, Any]) -> str:
    return str(command.get("data", {}).get("leg"))


def written_request(agency: str) -> dict[str, Any]:
    """Return a request for a report."""
    request = str(uuid4())
    facts = {
        "request": request,
        "kind": "report",
        "reference": f"{request[:6]}/UBND-KSTTHC",
        "issuer": "H00.01",
        "agency": agency,
        "subject": "Báo cáo tình hình giải quyết hồ sơ trực tuyến",
        "basis": "Kế hoạch số 12/KH-UBND",
        "due_on": _time(timedelta(days=3))[:10],
        "due_at": _time(timedelta(days=3)),
        "consolidator": "H00.01",
        "about": None,
        "figure": None,
        "target": None,
    }
    return _of_request("written-request", request, facts)


def request_notice(to: dict[str, Any]) -> dict[str, Any]:
    """Return word that a request need not be answered any more."""
    facts = {name: to["data"][name] for name in ("request", "reference", "agency")}
    return _of_request(
        "request-notice", facts["request"], facts | {"state": "withdrawn", "note": "Đã có báo cáo"}
    )


def _of_request(kind: str, request: str, facts: dict[str, Any]) -> dict[str, Any]:
    message = _message(kind, request, request, facts)
    del message["legid"]
    return message | {"subject": f"request/{request}"}


def in_next_epoch(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message as the system says it after a restore."""
    return message | {"source": NEXT_EPOCH}


def restored(agency: str, resend_since: datetime) -> dict[str, Any]:
    """Return word that the system went back to a backup: what was said since then is to be said again."""
    facts = {"agency": agency, "known_until": _time(), "resend_since": _text(resend_since), "command": agency}
    message = _message("history-restored", None, agency, facts)
    del message["legid"], message["data"]["command"]
    return in_next_epoch(message) | {"subject": f"agency/{agency}"}


def _message(
    kind: str, dossier: str | None, leg: str, data: dict[str, Any], causation: str = "/lienthong/routing/1/6"
) -> dict[str, Any]:
    of_dossier = {"subject": f"dossier/{dossier}", "rootid": dossier, "partitionkey": dossier}
    return {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": FIRST_EPOCH,
        "type": f"lienthong.agency.{kind}",
        "time": _time(),
        "dataschema": f"urn:lienthong:agency:{kind}:1",
        "recordedtime": _time(),
        "legid": leg,
        **(of_dossier if dossier else {"subject": f"command/{data['command']}"}),
        "correlationid": dossier or data["command"],
        "causationid": causation,
        "datacontenttype": "application/json",
        "data": data,
    }


def _time(later: timedelta = timedelta()) -> str:
    return _text(datetime.now(UTC) + later)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
