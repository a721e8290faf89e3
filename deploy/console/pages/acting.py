"""What acts have in common: a reason, a service's word, and the page to go back to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from deploy.console.asking import Asking
from deploy.play.client import DoorError

Outcome = tuple[str, str, str]
"""What to tell a person: `good` or `bad`, Vietnamese, English."""


def act(
    asking: Asking, path: str, back: str, done: Callable[[Any], Outcome], service: str = "processing"
) -> Response:
    """Do what a form asks for at a service's door, say how it went, and go back."""
    reason = asking.request.form.get("reason", "").strip()
    if reason:
        ask(asking, path, {"reason": reason}, done, service)
    else:
        asking.tell("bad", "Cần ghi lý do; chưa có gì thay đổi.", "A reason is needed; nothing was changed.")
    return redirect(back, 303)


def ask(
    asking: Asking,
    path: str,
    value: dict[str, Any],
    done: Callable[[Any], Outcome],
    service: str = "processing",
) -> Any:
    """Post to a service's door and say how it went; return the answer, or None when it was refused."""
    try:
        answer = asking.post(service, path, value)
    except DoorError as error:
        asking.tell_refusal(error)
        return None
    asking.tell(*done(answer))
    return answer


def well(vi: str, en: str) -> Callable[[Any], Outcome]:
    """Return what to tell when it went well, whatever the answer says."""
    return lambda _answer: ("good", vi, en)
