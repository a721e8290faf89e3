"""Replays to agencies: first what it would send, then whether, then how it goes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from deploy.console.asking import Asking
from deploy.console.pages.acting import act, ask, well
from deploy.console.pages.looking import in_path
from deploy.play.client import DoorError
from shared.clock import VIETNAM, to_text

FIELDS = ("agency", "from", "until", "dossier", "procedure", "parked", "rate", "reason")


def listed(asking: Asking) -> Response:
    """Replays, the newest first, and the form of a new one."""
    replays = asking.get("processing", "/v1/replays")["replays"]
    asked = {name: asking.request.args.get(name, "") for name in FIELDS}
    return asking.render("replays.html", replays=replays, asked=asked)


def one(asking: Asking, replay: str) -> Response:
    """How one goes."""
    try:
        standing = asking.get("processing", f"/v1/replays/{in_path(replay)}")
    except DoorError as error:
        if error.code == "unreachable":
            raise
        return asking.render("error.html", 404, error=None, missing=True)
    return asking.render("replay.html", replay=standing)


def preview(asking: Asking) -> Response:
    """What a replay would send; nothing is sent."""
    asked = {name: asking.request.args.get(name, "").strip() for name in FIELDS}
    try:
        counted = asking.post("processing", "/v1/replays/previews", _selection(asked))
    except (DoorError, ValueError) as error:
        _tell(asking, error)
        return listed(asking)
    return asking.render("replay-preview.html", asked=asked, counted=counted)


def begin(asking: Asking) -> Response:
    """Begin what was previewed."""
    asked = {name: asking.request.form.get(name, "").strip() for name in FIELDS}
    try:
        value = {**_selection(asked), "reason": asked["reason"]}
    except ValueError as error:
        _tell(asking, error)
        return redirect("/replays", 303)
    begun = ask(asking, "/v1/replays", value, well("Đã bắt đầu gửi lại.", "The replay has begun."))
    return redirect(f"/replays/{begun['id']}" if begun else "/replays", 303)


def pause(asking: Asking, replay: str) -> Response:
    """Stop it for a while."""
    return _steer(asking, replay, "pause", ("Đã tạm dừng.", "It is paused."))


def resume(asking: Asking, replay: str) -> Response:
    """Let it go on."""
    return _steer(asking, replay, "resume", ("Đang gửi tiếp.", "It goes on."))


def cancel(asking: Asking, replay: str) -> Response:
    """End it early."""
    return _steer(
        asking,
        replay,
        "cancel",
        ("Đã huỷ; những gì đã gửi thì đã gửi.", "It is cancelled; what was sent is sent."),
    )


def _steer(asking: Asking, replay: str, how: str, done: tuple[str, str]) -> Response:
    place = in_path(replay)
    return act(asking, f"/v1/replays/{place}/{how}", f"/replays/{place}", well(*done))


def _selection(asked: Mapping[str, str]) -> dict[str, Any]:
    """Return a selection as processing takes it. Raises ValueError for a rate that is no number."""
    selection: dict[str, Any] = {"agency": asked["agency"], "parked": asked["parked"] == "yes"}
    for name in ("dossier", "procedure"):
        if asked[name]:
            selection[name] = asked[name]
    for name in ("from", "until"):
        if asked[name]:
            selection[name] = _moment(asked[name])
    if asked["rate"]:
        selection["rate"] = int(asked["rate"])
    return selection


def _moment(text: str) -> str:
    """Return a time as browsers write it, meant in Viet Nam time; what is none goes on as it is, to be refused."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return to_text(moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM))


def _tell(asking: Asking, error: Exception) -> None:
    if isinstance(error, DoorError):
        asking.tell_refusal(error)
    else:
        asking.tell("bad", "Tốc độ phải là một số.", "The rate has to be a number.")
