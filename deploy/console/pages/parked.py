"""What lies aside: hand-overs that agencies left unanswered, and messages that a service could not handle."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import orjson
from werkzeug.wrappers import Response

from deploy.console.asking import Asking
from deploy.console.pages.acting import Outcome, act, well
from deploy.console.pages.looking import in_path
from deploy.names import SERVICES

PAGE = 50


def lot(asking: Asking) -> Response:
    """The parked hand-overs, oldest first, with reasons and the message itself."""
    query: dict[str, str | int] = {"limit": PAGE}
    for name in ("agency", "after"):
        if value := asking.request.args.get(name, "").strip():
            query[name] = value
    parked = asking.get("processing", "/v1/deliveries/parked", **query)["parked"]
    for one in parked:
        one["text"] = orjson.dumps(one.pop("body"), option=orjson.OPT_INDENT_2).decode()
    further = None
    if len(parked) == PAGE:
        further = "/parked?" + urlencode({**query, "after": parked[-1]["id"]})
    return asking.render("parked.html", parked=parked, agency=query.get("agency", ""), further=further)


def retry(asking: Asking, message: str) -> Response:
    """Send one again."""
    done = well("Sẽ gửi lại cho cơ quan ngay.", "It is sent to the agency again at once.")
    return act(asking, f"/v1/deliveries/parked/{in_path(message)}/retry", "/parked", done)


def set_aside(asking: Asking, message: str) -> Response:
    """Count one as settled by hand."""
    done = well(
        "Đã ghi là giải quyết bằng tay; những bàn giao sau của hồ sơ đi tiếp.",
        "Noted as settled by hand; what waited behind it goes on.",
    )
    return act(asking, f"/v1/deliveries/parked/{in_path(message)}/set-aside", "/parked", done)


def resume(asking: Asking, name: str) -> Response:
    """Try a paused agency's queue again."""
    place = in_path(name)
    done = well("Đang thử lại hàng đợi của cơ quan.", "The agency's queue is tried again.")
    return act(asking, f"/v1/agencies/{place}/delivery/resume", f"/agencies/{place}", done)


def unhandled(asking: Asking, service: str) -> Response:
    """What a service could not handle, oldest first, with reasons and the message itself."""
    if service not in SERVICES:
        return asking.render("error.html", 404, error=None, missing=True)
    query: dict[str, str | int] = {"limit": PAGE}
    if after := asking.request.args.get("after", "").strip():
        query["after"] = after
    lot = asking.get(service, "/v1/parked", **query)["parked"]
    further = None
    if len(lot) == PAGE:
        further = f"/unhandled/{service}?" + urlencode({"after": lot[-1]["id"]})
    return asking.render("unhandled.html", service=service, lot=lot, further=further)


def retry_unhandled(asking: Asking, service: str, number: str) -> Response:
    """Have a service try a dossier's parked messages again."""
    if service not in SERVICES:
        return asking.render("error.html", 404, error=None, missing=True)
    return act(asking, f"/v1/parked/{in_path(number)}/retry", f"/unhandled/{service}", _outcome, service)


def _outcome(answer: dict[str, Any]) -> Outcome:
    if answer["still_parked"]:
        return "bad", "Đã thử lại và vẫn không xử lý được.", "It was tried again and still cannot be handled."
    handled = answer["handled"]
    return (
        "good",
        f"Đã xử lý {handled} thông điệp của hồ sơ.",
        f"{handled} messages of the dossier are handled.",
    )
