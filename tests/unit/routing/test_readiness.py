"""Which procedures lack a process, what an import would change, and how far processes have come."""

from __future__ import annotations

from typing import Any

from services.routing.rules.catalogue import Catalogue
from services.routing.rules.difference import difference
from services.routing.rules.readiness import overview, readiness
from tests.builders.routing import AGENCIES, DEPARTMENT, DESK, DISTRICT, PROCEDURE, leg, process

AT = "2019-06-17T02:00:00.000000Z"
SINCE = "2019-01-01T00:00:00.000000Z"


def row(procedure: str, **whose: Any) -> dict[str, Any]:
    said = {"procedure": procedure, "area": None, "valid_from": SINCE, "valid_to": None, "basis": "Luật"}
    return {**said, **whose}


def change(state: str, *agencies: str) -> dict[str, Any]:
    return {"state": state, "at": SINCE, "agencies": [*agencies] or None, "basis": None}


def catalogue() -> Catalogue:
    """Return a province with one process in force, one tried at one desk, one drafted and one wanting."""
    found = Catalogue()
    for facts in AGENCIES:
        found.put_agency([facts], None)
    found.put_competences(PROCEDURE, [row(PROCEDURE, agency=DEPARTMENT)])
    found.put_competences("2", [row("2", kind="people-committee", level="commune")])
    found.put_competences("3", [row("3", agency=DEPARTMENT), row("3", agency=DISTRICT, area="QNA.TK")])
    found.put_competences("4", [{**row("4", agency=DISTRICT), "valid_to": AT}])
    legs = [leg("receiver")]
    found.put_process({**process(legs), "model": "four-step"})
    found.put_process({**process(legs), "process": "b", "procedure": "2"}, [change("trial", DESK)])
    found.put_process(
        {**process(legs), "process": "c", "procedure": "3", "model": "four-step"}, [change("draft")]
    )
    found.put_procedure({"procedure": "2", "name": {"vi": "Hai", "en": "Two"}})
    return found


def test_each_agency_is_told_what_it_lacks() -> None:
    known = catalogue()

    found = readiness(known.registry(), known.versions, known.procedures(), AT)

    assert [(it["agency"], it["competent_for"], it["lacking"]) for it in found["agencies"]] == [
        (DEPARTMENT, 2, ["3"]),
        (DISTRICT, 1, ["3"]),
        (DESK, 1, []),
        ("H47.71.02", 1, ["2"]),
    ]
    assert found["procedures"] == {"2": {"vi": "Hai", "en": "Two"}}


def test_processes_are_shown_with_their_states_and_counted_by_model() -> None:
    known = catalogue()

    found = overview(known.processes(), known.procedures(), AT)

    assert [(it["process"], it["version"], it["versions"][0]["state"]) for it in found["processes"]] == [
        ("a-process", 1, "in-force"),
        ("b", 1, None),
        ("c", None, "draft"),
    ]
    assert found["models"] == [{"model": None, "processes": 1}, {"model": "four-step", "processes": 1}]
    assert found["processes"][1]["name"] == {"vi": "Hai", "en": "Two"}


def test_an_import_is_shown_before_it_is_done() -> None:
    desk = AGENCIES[0]
    later = {**desk, "connected": True, "valid_from": AT}
    new = {**desk, "agency": "H47.80"}
    wanted = [later, {**desk, "remote": None}, new, {**desk, "kind": "police"}]

    found = {
        (it["agency"], it["valid_from"], it["change"]): it["fields"]
        for it in difference({DESK: [desk]}, wanted)
    }

    assert found == {
        (DESK, SINCE, "unchanged"): [],
        ("H47.80", SINCE, "added"): [],
        (DESK, SINCE, "conflicting"): [{"field": "kind", "before": "people-committee", "after": "police"}],
        (DESK, AT, "changed"): [{"field": "connected", "before": False, "after": True}],
    }
