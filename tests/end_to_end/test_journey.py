"""A dossier's way through three levels of government, on real processes, from the desk to the result."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest

from deploy.play.client import Client
from deploy.stack import Stack
from shared.clock import VIETNAM
from tests.end_to_end.command_line import lienthong
from tests.end_to_end.own_system import OwnSystem, own_system
from tests.end_to_end.province import (
    CONNECTED,
    DESK,
    DISTRICT,
    LAND,
    LEGS,
    POLICE,
    at,
    put_reference,
    submission,
)
from tests.end_to_end.waiting import eventually

pytestmark = pytest.mark.end_to_end

DONE_BY_QUEUE = ["leg-handed-over", "leg-acknowledged", "leg-accepted", "leg-completed"]
DONE_BY_WORKLIST = ["leg-handed-over", "leg-accepted", "work-recorded", "leg-completed"]


def test_a_dossier_passes_three_levels_and_every_step_stands_in_its_history(stack: Stack) -> None:
    put_reference(stack)
    before = report(stack)
    with ExitStack() as open_ends:
        systems = {
            agency: open_ends.enter_context(own_system(agency, stack.enrol(agency))) for agency in CONNECTED
        }
        dossier = received_at_the_desk(stack)
        for agency in LEGS:
            if agency in systems:
                answered_by_queue(systems[agency], dossier)
            else:
                worked_off_the_list(stack, agency, dossier)
        handed_back(stack, dossier["dossier"])

    history = settled_history(stack, dossier["code"], "result-handed-back")

    assert steps(history) == [
        ("dossier-submitted", None),
        ("dossier-received", None),
        ("itinerary-planned", None),
        *through(POLICE, DONE_BY_QUEUE),
        *through(DISTRICT, DONE_BY_WORKLIST),
        *through(LAND, DONE_BY_QUEUE),
        *through(DESK, DONE_BY_WORKLIST),
        ("itinerary-completed", None),
        ("dossier-resolved", None),
        ("result-handed-back", None),
    ]
    assert history["code"] == dossier["code"]
    assert history["dossier"] == dossier["dossier"]
    assert actors(history, "leg-accepted") == [
        ("agency-system", f"agency.{POLICE}", POLICE),
        ("agency", f"agency of {DISTRICT}", DISTRICT),
        ("agency-system", f"agency.{LAND}", LAND),
        ("agency", f"agency of {DESK}", DESK),
    ]
    assert report(stack) - before == Counter(received_in_period=1, resolved_total=1, resolved_early=1)


def received_at_the_desk(stack: Stack) -> dict[str, Any]:
    with at(stack, "intake", "receiving_officer", DESK) as desk:
        answer: dict[str, Any] = desk.post("/v1/submissions", submission(), "journey/submit")
        again = desk.post("/v1/submissions", submission(), "journey/submit")
    assert answer == again
    assert (answer["status"], answer["desk"]) == (2, DESK)
    return answer


def answered_by_queue(system: OwnSystem, dossier: dict[str, Any]) -> None:
    message = system.hand_over_of(dossier["dossier"])
    assert message.type == "lienthong.agency.leg-hand-over"
    assert (message.data["agency"], message.data["code"]) == (system.agency, dossier["code"])
    assert "Nguyễn" not in str(message.data)  # a link stands for the person
    leg = message.data["leg"]
    for name in ("acknowledge-message", "accept-leg", "complete-leg"):
        system.say(name, leg, cause=message.id)


def worked_off_the_list(stack: Stack, agency: str, dossier: dict[str, Any]) -> None:
    with at(stack, "processing", "agency", agency) as client:
        leg = eventually(lambda: leg_of(client, dossier["dossier"]), f"{agency} sees the dossier")
        for command, data in (
            ("accept-leg", {}),
            ("record-work", {"step": "Thẩm định"}),
            ("complete-leg", {}),
        ):
            client.post(f"/v1/commands/{command}", {"leg": leg, **data}, f"journey/{leg}/{command}")


def leg_of(client: Client, dossier: str) -> str | None:
    works = client.get("/v1/worklist")["works"]
    return next((work["leg_id"] for work in works if work["dossier_id"] == dossier), None)


def handed_back(stack: Stack, dossier: str) -> None:
    with at(stack, "intake", "result_officer", DESK) as desk:
        eventually(lambda: desk.get(f"/v1/dossiers/{dossier}")["status"] == 9, "the result is ready")
        done = desk.post(f"/v1/dossiers/{dossier}/hand-back", {"manner": "direct"}, "journey/hand-back")
    assert (done["status"], done["verdict"]) == (10, "early")


def settled_history(stack: Stack, code: str, last: str) -> dict[str, Any]:
    """Return what the command line tells, once word of the last step has come."""

    def told() -> dict[str, Any] | None:
        said = lienthong("history", code, "--json", "--run", stack.directory)
        if said.status or said.json["entries"][-1]["type"].rpartition(".")[2] != last:
            return None
        found: dict[str, Any] = said.json
        return found

    history = eventually(told, f"the history ends with {last}")
    assert history is not None
    return history


def steps(history: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [
        (entry["type"].rpartition(".")[2], entry["agency"])
        for entry in history["entries"]
        if not entry["type"].endswith(".internal-event")
    ]


def through(agency: str, work: list[str]) -> list[tuple[str, str]]:
    return [(step, agency) for step in ["leg-opened", *work, "leg-closed"]]


def actors(history: dict[str, Any], step: str) -> list[tuple[str, str, str]]:
    return [
        (entry["actor"]["role"], entry["actor"]["subject"], entry["actor"]["agency"])
        for entry in history["entries"]
        if entry["type"].endswith(f".{step}")
    ]


def report(stack: Stack) -> Counter[str]:
    """Return the desk's figures, by the command line."""
    today = datetime.now(VIETNAM).date()
    period = ("--from", (today - timedelta(days=1)).isoformat(), "--to", today.isoformat())
    said = lienthong("report", "resolution", *period, "--by", "agency", "--json", "--run", stack.directory)
    keys = ("received_in_period", "resolved_total", "resolved_early", "resolved_late", "in_progress_total")
    return Counter({key: row[key] for row in said.json["rows"] if row["agency"] == DESK for key in keys})
