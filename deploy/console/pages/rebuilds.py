"""Building statistics' tables again from the ledger: how it goes, and a form to begin."""

from __future__ import annotations

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from deploy.console.asking import Asking
from deploy.console.pages.acting import ask, well


def shown(asking: Asking) -> Response:
    """How the rebuild that runs, or ran last, stands."""
    standing = asking.get("statistics", "/v1/rebuilds")
    ledger = asking.get("statistics", "/health")["ledger"]
    return asking.render("rebuild.html", standing=standing, ledger=ledger)


def begin(asking: Asking) -> Response:
    """Begin one; people go on reading the live tables meanwhile."""
    accepts = asking.request.form.get("accept_differences") == "yes"
    path = "/v1/rebuilds?wait=no" + ("&accept_differences=yes" if accepts else "")
    ask(asking, path, {}, well("Đã bắt đầu dựng lại.", "The rebuild has begun."), "statistics")
    return redirect("/rebuild", 303)
