"""The doors on explanations, moves and reorganisations: who may, what is wrong, and previews that change nothing.

In services of its own: agencies end here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders.doors import DESK, FIRST, OTHER_DESK, REGISTER, agency, at, leg, process, submission
from tests.fixtures.doors import Caller, System, refused, running, taken, wait_for

pytestmark = pytest.mark.integration

ENDING, HEIR, NEW_HEIR = "H47.81", "H47.82", "H47.83"
DRAFT = 5
TAX = "TAX-1"
MOVES = "/v1/processes/thue/moves"
PLANS = "/v1/reorganisations"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running(tmp_path_factory.mktemp("reorganised")) as system:
        taken(system.caller("administrator").put("routing", "/v1/reference", REGISTER))
        yield system


@pytest.fixture(scope="module")
def officer(system: System) -> Caller:
    return system.caller("receiving_officer", DESK)


@pytest.fixture(scope="module")
def administrator(system: System) -> Caller:
    return system.caller("administrator")


@pytest.fixture(scope="module")
def lies(system: System, administrator: Caller, officer: Caller) -> str:
    """A dossier that lies before an agency that will end, received before the process had further versions."""
    legs = [leg({"id": ENDING}, id="assess"), leg("receiver", id="give")]
    reference = {
        "agencies": [agency(ENDING), agency(HEIR)],
        "processes": [process(process="thue", procedure=TAX, legs=legs)],
    }
    taken(administrator.put("routing", "/v1/reference", reference))
    catalogue = {
        "procedures": [
            {
                "procedure": TAX,
                "name": {"vi": "Thuế", "en": "Tax"},
                "sector": "Thuế",
                "service_level": 4,
                "valid_from": "2020-01-01T00:00:00+07:00",
                "limit": {"amount": "5", "unit": "working_day"},
                "channels": ["direct"],
                "components": [],
            }
        ]
    }
    taken(administrator.put("intake", "/v1/reference", catalogue))
    system.settle()
    answer = taken(officer.post("intake", "/v1/submissions", submission(procedure=TAX, components=[])))
    dossier = str(answer["dossier"])
    wait_for(lambda: way(administrator, dossier)["open_legs"])
    further = [
        [legs[0], leg({"id": FIRST}, id="check"), leg({"id": HEIR}, id="give")],
        [leg("receiver", id="all")],
        [legs[0], leg({"id": "H47.99"}, id="check")],
        legs,
    ]
    versions = [
        process(
            process="thue",
            procedure=TAX,
            version=number,
            valid_from=f"2025-10-0{number}T00:00:00+07:00",
            state="draft" if number == DRAFT else "in-force",
            legs=its_legs,
        )
        for number, its_legs in enumerate(further, start=2)
    ]
    taken(administrator.put("routing", "/v1/reference", {"processes": versions}))
    return dossier


def way(caller: Caller, dossier: str) -> dict[str, Any]:
    answer = caller.get("routing", f"/v1/itineraries/{dossier}")
    found: dict[str, Any] = answer.json()
    return found if answer.ok else {"open_legs": []}


def asked(**changes: Any) -> dict[str, Any]:
    return {"procedure": TAX, "desk": DESK, "received_at": "2025-03-03T09:00:00+07:00", **changes}


def plan(**changes: Any) -> dict[str, Any]:
    return {
        "plan": "thue-2025",
        "basis": "NQ 1",
        "from": at(minutes=1),
        "agencies": [],
        "changes": [{"change": "rename", "agency": ENDING, "to": HEIR}],
        **changes,
    }


def test_a_way_is_explained_leg_by_leg_and_nothing_is_recorded(
    lies: str, system: System, officer: Caller
) -> None:
    with system.nothing_recorded():
        found = taken(officer.post("routing", "/v1/explanations", asked(facts={"colour": "red"})))

    assert found["facts_not_asked"] == ["colour"], "a name that is mistyped decides nothing"
    assert (found["process"], found["version"], found["trial"]) == ("thue", 1, False)
    assert [(it["id"], it["agency"], it["direction"]) for it in found["legs"]] == [
        ("assess", ENDING, "up"),
        ("give", DESK, "down"),
    ]
    first, second = found["legs"]
    assert (first["opens_at"], first["due_at"]) == (
        "2025-03-03T02:00:00.000000Z",
        "2025-03-05T02:00:00.000000Z",
    )
    assert second["opens_at"] == first["due_at"]
    assert all(step["vi"] and step["en"] for step in first["steps"])
    assert first["agency_name"]["vi"] == f"Cơ quan {ENDING}"


@pytest.mark.parametrize(
    ("change", "status", "code", "named"),
    [
        ({"procedure": "1.999"}, 422, "no-process", "1.999"),
        ({"received_at": "2019-12-31T00:00:00+07:00"}, 422, "no-process", "thue 1"),
        ({"desk": "H47.99"}, 422, "not-in-register", "agency/H47.99"),
        ({"received_at": "yesterday"}, 422, "invalid", "received_at"),
        ({"channel": "pigeon"}, 422, "invalid", "channel"),
        ({"surprise": 1}, 422, "invalid", "surprise"),
    ],
)
def test_where_there_is_no_way_the_reason_is_said(
    lies: str, system: System, officer: Caller, change: dict[str, Any], status: int, code: str, named: str
) -> None:
    with system.nothing_recorded():
        problem = refused(officer.post("routing", "/v1/explanations", asked(**change)), status, code)
    assert named in str(problem)


def test_a_preview_of_a_move_says_what_changes_and_changes_nothing(
    lies: str, system: System, administrator: Caller
) -> None:
    with system.nothing_recorded():
        found = taken(administrator.post("routing", f"{MOVES}/previews", {"version": 2}))
        not_there = taken(administrator.post("routing", f"{MOVES}/previews", {"version": 3}))

    (change,) = found["dossiers"]
    assert (change["dossier"], change["from_version"], change["at"]) == (lies, 1, ["assess"])
    assert (change["possible"], change["added"], change["removed"]) == (True, ["check"], [])
    assert change["other_agency"] == [{"leg": "give", "before": DESK, "after": HEIR}]
    assert [(it["possible"], it["removed"]) for it in not_there["dossiers"]] == [(False, ["assess", "give"])]


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        (MOVES, {"version": 9, "basis": "QĐ 1"}, 404, "version-unknown"),
        (MOVES, {"version": 3, "basis": "QĐ 1"}, 409, "leg-not-in-version"),
        (MOVES, {"version": 4, "basis": "QĐ 1"}, 422, "not-in-register"),
        (MOVES, {"version": DRAFT, "basis": "QĐ 1"}, 409, "version-not-in-force"),
        (MOVES, {"version": 2}, 422, "invalid"),
        (MOVES, {"version": 0, "basis": "QĐ 1"}, 422, "invalid"),
        (MOVES, {"version": 2, "basis": "QĐ 1", "dossiers": []}, 422, "invalid"),
        (MOVES, {"version": 2, "basis": "QĐ 1", "dossiers": ["one"]}, 422, "invalid"),
        (f"{MOVES}/previews", {"version": 9}, 404, "version-unknown"),
        (f"{MOVES}/previews", {"version": 4}, 422, "not-in-register"),
        (f"{MOVES}/previews", {"version": 2, "limit": 0}, 422, "invalid"),
        (f"{MOVES}/previews", {"version": 2, "after": "x"}, 422, "invalid"),
        ("/v1/processes/nothing/moves/previews", {"version": 1}, 404, "version-unknown"),
    ],
)
def test_a_move_that_cannot_be_changes_nothing(
    lies: str, system: System, administrator: Caller, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    if path == MOVES:
        body = {"dossiers": [lies], **body}
    with system.nothing_recorded():
        refused(administrator.post("routing", path, body), status, code)


def test_who_may_not_is_turned_away_before_anything_is_read(
    lies: str, system: System, officer: Caller
) -> None:
    doors = (
        f"{MOVES}/previews",
        MOVES,
        f"{PLANS}/previews",
        PLANS,
        f"{PLANS}/thue-2025/batches",
        f"{PLANS}/thue-2025/finish",
    )
    control = system.caller("procedure_control")
    with system.nothing_recorded():
        for door in doors:
            for caller in (officer, system.caller("agency", FIRST)):
                refused(caller.post("routing", door, {}), 403, "forbidden")
            refused(system.stranger(None).post("routing", door, {}), 401, "unauthenticated")
        refused(system.stranger(None).post("routing", "/v1/explanations", asked()), 401, "unauthenticated")
        refused(control.post("routing", PLANS, {"plan": plan()}), 403, "forbidden")
        taken(control.post("routing", f"{MOVES}/previews", {"version": 2}))


def test_only_the_historian_says_when_it_happened(lies: str, system: System, administrator: Caller) -> None:
    body = {"plan": plan(), "happened_at": at(days=1)}
    with system.nothing_recorded():
        refused(administrator.post("routing", PLANS, body), 403, "forbidden")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"plan": "Thuế"}, "invalid"),
        ({"from": "2025-07-01"}, "invalid"),
        ({"basis": ""}, "invalid"),
        ({"changes": []}, "invalid"),
        ({"changes": [{"change": "rename", "agency": ENDING}]}, "invalid"),
        ({"changes": [{"change": "vanish", "agency": ENDING}]}, "invalid"),
        ({"changes": [{"change": "rename", "agency": ENDING, "to": HEIR, "areas": []}]}, "invalid"),
        ({"changes": [{"change": "abolish", "agency": ENDING, "successors": []}]}, "invalid"),
        ({"changes": [{"change": "rename", "agency": ENDING, "to": ENDING}]}, "agency-succeeds-itself"),
        ({"changes": [{"change": "rename", "agency": ENDING, "to": "H47.99"}]}, "unknown-successor"),
        ({"changes": [{"change": "rename", "agency": "H47.99", "to": HEIR}]}, "agency-unknown"),
        (
            {
                "changes": [
                    {
                        "change": "split",
                        "agency": DESK,
                        "successors": [{"agency": OTHER_DESK, "areas": ["QNA.HA"]}],
                    }
                ]
            },
            "split-without-rule",
        ),
    ],
)
def test_a_plan_with_something_wrong_is_refused_by_preview_and_door_alike(
    lies: str, system: System, administrator: Caller, changes: dict[str, Any], code: str
) -> None:
    with system.nothing_recorded():
        for door in (f"{PLANS}/previews", PLANS):
            answer = administrator.post("routing", door, {"plan": plan(**changes)})
            refused(answer, answer.status_code, code)
            assert 400 < answer.status_code < 500


def test_there_are_no_steps_of_a_plan_that_nobody_began(
    lies: str, system: System, administrator: Caller
) -> None:
    with system.nothing_recorded():
        refused(administrator.post("routing", f"{PLANS}/nothing/batches", {}), 404, "plan-unknown")
        refused(administrator.post("routing", f"{PLANS}/nothing/finish", {}), 404, "plan-unknown")
        refused(administrator.post("routing", f"{PLANS}/nothing/batches", {"limit": 1001}), 422, "invalid")
        refused(administrator.post("routing", f"{PLANS}/nothing/finish", {"counts": {}}), 422, "invalid")


def test_a_plan_is_seen_carried_out_and_over(lies: str, system: System, administrator: Caller) -> None:
    wanted = plan(
        agencies=[agency(NEW_HEIR, valid_from=at(minutes=1))],
        changes=[{"change": "rename", "agency": ENDING, "to": NEW_HEIR}],
    )
    (before,) = way(administrator, lies)["open_legs"]
    with system.nothing_recorded():
        seen = taken(administrator.post("routing", f"{PLANS}/previews", {"plan": wanted}))
        registered = taken(administrator.get("routing", "/v1/agencies"))["agencies"]
    (row,) = seen["by_agency"]
    assert (row["agency"], row["open_legs"], row["with_due_time"]) == (ENDING, 1, 1)
    assert row["successors"] == [NEW_HEIR]
    assert NEW_HEIR not in {it["agency"] for it in registered}
    assert [(gap["process"], gap["leg"]) for gap in seen["uncovered"]] == []

    assert taken(administrator.post("routing", PLANS, {"plan": wanted}))["new"] is True
    assert taken(administrator.post("routing", PLANS, {"plan": wanted}))["new"] is False
    other = {**wanted, "basis": "NQ 2"}
    refused(administrator.post("routing", PLANS, {"plan": other}), 409, "plan-differs")
    finish = f"{PLANS}/thue-2025/finish"
    refused(administrator.post("routing", finish, {}), 409, "plan-not-finished")
    batch = taken(administrator.post("routing", f"{PLANS}/thue-2025/batches", {}))
    assert batch["legs"] == [{"agency": ENDING, "successor": NEW_HEIR, "legs": 1}]
    again = taken(administrator.post("routing", f"{PLANS}/thue-2025/batches", {}))
    assert (again["dossiers"], again["legs"], again["next"]) == (0, [], None)
    counts = taken(administrator.post("routing", finish, {}))
    assert (counts["dossiers"], counts["legs"]) == (1, batch["legs"])
    refused(administrator.post("routing", finish, {}), 409, "plan-already-applied")
    refused(administrator.post("routing", PLANS, {"plan": wanted}), 409, "plan-already-applied")
    refused(administrator.post("routing", f"{PLANS}/previews", {"plan": wanted}), 409, "plan-already-applied")

    (after,) = way(administrator, lies)["open_legs"]
    assert after == {**before, "agency": NEW_HEIR}
    successor, old = system.caller("agency", NEW_HEIR), system.caller("agency", ENDING)
    wait_for(lambda: leg_of(successor, lies) == before["leg"])
    assert leg_of(old, lies) is None
    refused(old.post("processing", "/v1/commands/accept-leg", {"leg": before["leg"]}), 403, "not-your-leg")
    taken(successor.post("processing", "/v1/commands/accept-leg", {"leg": before["leg"]}))


def leg_of(caller: Caller, dossier: str) -> str | None:
    works = taken(caller.get("processing", "/v1/worklist", limit=1000))["works"]
    return next((work["leg_id"] for work in works if work["dossier_id"] == dossier), None)
