"""What lies aside: hand-overs that an agency left unanswered while it answered others."""

from __future__ import annotations

from urllib.parse import urlencode

import orjson
from werkzeug.wrappers import Response

from deploy.console.asking import Asking
from deploy.console.pages.acting import act
from deploy.console.pages.looking import in_path

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
    done = ("Sẽ gửi lại cho cơ quan ngay.", "It is sent to the agency again at once.")
    return act(asking, f"/v1/deliveries/parked/{in_path(message)}/retry", "/parked", done)


def set_aside(asking: Asking, message: str) -> Response:
    """Count one as settled by hand."""
    done = (
        "Đã ghi là giải quyết bằng tay; những bàn giao sau của hồ sơ đi tiếp.",
        "Noted as settled by hand; what waited behind it goes on.",
    )
    return act(asking, f"/v1/deliveries/parked/{in_path(message)}/set-aside", "/parked", done)


def resume(asking: Asking, name: str) -> Response:
    """Try a paused agency's queue again."""
    place = in_path(name)
    done = ("Đang thử lại hàng đợi của cơ quan.", "The agency's queue is tried again.")
    return act(asking, f"/v1/agencies/{place}/delivery/resume", f"/agencies/{place}", done)
