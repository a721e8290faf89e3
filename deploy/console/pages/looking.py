"""Pages to look at: how the services are, agencies, a dossier's way."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from werkzeug.wrappers import Response

from deploy.console.asking import Asking
from deploy.names import SERVICES
from deploy.play.client import DoorError

OPERATIONS = "operations"
"""To whom the last reminders of a leg go: whoever looks at the console."""


def overview(asking: Asking) -> Response:
    """How every service is, and what needs somebody."""
    services = []
    for name in SERVICES:
        health, error = asking.try_get(name, "/health")
        services.append(_service(name, health, error))
    standing, unseen = asking.try_get("processing", "/v1/deliveries")
    served = standing["agencies"] if standing else []
    told, unheard = asking.try_get("processing", f"/v1/agencies/{OPERATIONS}/reminders")
    reminders = told["reminders"] if told else []
    return asking.render(
        "overview.html",
        services=services,
        served=[one for one in served if _needs_eyes(one)],
        reminders=reminders,
        unseen=unseen or unheard,
    )


def dossier(asking: Asking) -> Response:
    """Everything that happened to a dossier, in order, with what caused what; nothing personal stands there."""
    code = asking.request.args.get("code", "").strip()
    if not code:
        return asking.render("dossier.html", code="", found=None, error=None, numbers={})
    found, error = asking.try_get("statistics", f"/v1/dossiers/{in_path(code)}/history")
    numbers = _numbers(found["entries"]) if found else {}
    status = 200 if found else 404
    return asking.render("dossier.html", status, code=code, found=found, error=error, numbers=numbers)


def agencies(asking: Asking) -> Response:
    """The agencies that have a system of their own."""
    register = asking.get("routing", "/v1/agencies")["agencies"]
    connected = [one for one in register if one["connected"]]
    standing, _ = asking.try_get("processing", "/v1/deliveries")
    served = {one["agency"]: one for one in standing["agencies"]} if standing else {}
    others = len(register) - len(connected)
    return asking.render("agencies.html", agencies=connected, others=others, served=served)


def agency(asking: Asking, name: str) -> Response:
    """One agency: its facts, its account, its open works."""
    register = asking.get("routing", "/v1/agencies")["agencies"]
    facts = next((one for one in register if one["agency"] == name), None)
    if facts is None:
        return asking.render("error.html", 404, error=None, missing=True)
    account, refused = asking.try_get("processing", f"/v1/agencies/{in_path(name)}/account")
    standing, _ = asking.try_get("processing", "/v1/deliveries")
    served = {one["agency"]: one for one in standing["agencies"]} if standing else {}
    works, unseen = asking.try_get("processing", "/v1/worklist", agency=name, limit=100)
    return asking.render(
        "agency.html",
        facts=facts,
        account=account,
        refused=refused,
        works=works["works"] if works else [],
        unseen=unseen,
        served=served.get(name),
    )


def _needs_eyes(served: dict[str, Any]) -> bool:
    return bool(served["parked"] or served["paused_until"])


def _service(name: str, health: dict[str, Any] | None, error: DoorError | None) -> dict[str, Any]:
    """Return what the overview shows of a service."""
    if health is None:
        code = error.code if error else "unreachable"
        return {"name": name, "status": "unreachable" if code == "unexpected" else code}
    ages = health["seconds_since"]
    slowest = max(ages, key=ages.__getitem__, default=None)
    return {
        "name": name,
        "status": health["status"],
        "events": health["events"],
        "unpublished": health["unpublished"],
        "parked": health["parked"],
        "slowest": slowest,
        "age": ages[slowest] if slowest else None,
    }


def _numbers(entries: list[dict[str, Any]]) -> dict[str, int]:
    """Return the place of each entry that is shown, by what others name as their cause."""
    return {
        f"{entry['source']}/{entry['id']}": place
        for place, entry in enumerate(entries, start=1)
        if not entry["type"].endswith(".internal-event")
    }


def in_path(text: str) -> str:
    """Return a text as one part of an address."""
    return quote(text, safe="")
