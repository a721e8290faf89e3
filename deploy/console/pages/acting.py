"""What acts have in common: a reason, a service's word, and the page to go back to."""

from __future__ import annotations

from typing import Any

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from deploy.console.asking import Asking
from deploy.play.client import DoorError


def act(asking: Asking, path: str, back: str, done: tuple[str, str]) -> Response:
    """Do what a form asks for at a door of processing, say how it went, and go back."""
    reason = asking.request.form.get("reason", "").strip()
    if not reason:
        asking.tell("bad", "Cần ghi lý do; chưa có gì thay đổi.", "A reason is needed; nothing was changed.")
        return redirect(back, 303)
    ask(asking, path, {"reason": reason}, done)
    return redirect(back, 303)


def ask(asking: Asking, path: str, value: dict[str, Any], done: tuple[str, str]) -> Any:
    """Post to a door of processing and say how it went; return the answer, or None when it was refused."""
    try:
        answer = asking.post("processing", path, value)
    except DoorError as error:
        asking.tell_refusal(error)
        return None
    asking.tell("good", *done)
    return answer
