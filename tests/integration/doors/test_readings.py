"""Who reads a dossier is recorded before they have an answer, sealed, and told to auditors."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from tests.builders.doors import BYSTANDER, DESK, FIRST
from tests.fixtures.doors import Caller, System, refused, taken
from tests.integration.doors.conftest import await_status

pytestmark = pytest.mark.integration

Reading = tuple[str, str, str | None, str]


def readings(system: System, service: str, dossier: str) -> list[Reading]:
    """Return role, subject, agency and door of each reading, as the service has stored it."""
    rows = system.rows(service, "SELECT state FROM event WHERE topic = 'reading.recorded' ORDER BY position")
    events = [json.loads(state) for (state,) in rows]
    return [
        (act["role"], act["subject"], act.get("agency"), event["door"])
        for event in events
        if (act := event["act"])["root"] == dossier
    ]


@pytest.fixture
def fresh(system: System, officer: Caller, dossier: str) -> str:
    """A dossier that lies before the first agency."""
    await_status(officer, dossier, 4)
    system.settle()
    return dossier


def sealed(system: System) -> tuple[Any, ...]:
    """Return how many entries the ledger has of statistics' own log, and how many events that has."""
    sql = "SELECT (SELECT count(*) FROM ledger WHERE source = '/lienthong/statistics/1'), position FROM event_head"
    [found] = system.rows("statistics", sql)
    return tuple(found)


def test_whoever_sees_the_applicant_is_recorded_with_role_name_and_agency(system: System, fresh: str) -> None:
    before = readings(system, "intake", fresh)
    taken(system.caller("agency", FIRST).get("intake", f"/v1/dossiers/{fresh}/applicant"))
    taken(system.caller("desk_head", DESK).get("intake", f"/v1/dossiers/{fresh}/applicant"))

    assert readings(system, "intake", fresh)[len(before) :] == [
        ("agency", f"agency-of-{FIRST}", FIRST, "applicant"),
        ("desk_head", f"desk_head-of-{DESK}", DESK, "applicant"),
    ]
    system.settle()
    entered = system.rows(
        "statistics", f"SELECT body FROM ledger WHERE root_id = '{fresh}' ORDER BY sequence DESC LIMIT 1"
    )
    assert json.loads(entered[0][0])["actorsubject"] == f"desk_head-of-{DESK}", "sealed like any event"


def test_whoever_is_refused_saw_nothing_and_leaves_no_reading(system: System, fresh: str) -> None:
    before = readings(system, "intake", fresh)
    refused(
        system.caller("agency", BYSTANDER).get("intake", f"/v1/dossiers/{fresh}/applicant"), 403, "forbidden"
    )
    refused(
        system.caller("agency", BYSTANDER).get("statistics", f"/v1/dossiers/{fresh}/history"),
        403,
        "forbidden",
    )

    assert readings(system, "intake", fresh) == before
    assert all(reading[2] != BYSTANDER for reading in readings(system, "statistics", fresh))


@pytest.mark.parametrize("door", ["history", "lateness"])
def test_whoever_reads_what_happened_is_recorded_and_sealed_at_once(
    system: System, fresh: str, door: str
) -> None:
    before = readings(system, "statistics", fresh)
    taken(system.caller("auditor").get("statistics", f"/v1/dossiers/{fresh}/{door}"))

    assert readings(system, "statistics", fresh)[len(before) :] == [
        ("auditor", "auditor-of-None", None, door)
    ]
    entered, recorded = sealed(system)
    assert entered == recorded


def test_readings_at_once_are_all_recorded(system: System, fresh: str) -> None:
    before = len(readings(system, "intake", fresh))
    caller = system.caller("desk_head", DESK)
    with ThreadPoolExecutor(20) as pool:
        answers = list(
            pool.map(
                lambda _: taken(_fresh(caller).get("intake", f"/v1/dossiers/{fresh}/applicant")), range(60)
            )
        )

    assert len({json.dumps(answer) for answer in answers}) == 1
    assert len(readings(system, "intake", fresh)) == before + 60


def test_a_spell_of_reading_the_whole_ledger_is_recorded_once_and_comes_to_its_end(system: System) -> None:
    everything = str(UUID(int=0))
    before = readings(system, "statistics", everything)
    caller, after = system.caller("auditor"), 0
    for _page in range(10_000):
        lines = caller.get("statistics", "/v1/recorded", after=after, limit=1000).content.splitlines()
        if not lines:
            break
        after = json.loads(lines[-1])["sequence"]

    assert not lines
    new = readings(system, "statistics", everything)[len(before) :]
    assert new in ([], [("auditor", "auditor-of-None", None, "ledger")])
    assert ("auditor", "auditor-of-None", None, "ledger") in readings(system, "statistics", everything)


def _fresh(caller: Caller) -> Caller:
    return Caller(caller.urls, caller.token)
