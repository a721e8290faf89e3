"""What a service could not handle, at its doors: seen, tried again, recorded."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from tests.fixtures.doors import Caller, System, fresh_key, refused, taken
from tests.integration.doors.conftest import await_status, open_leg, received

pytestmark = pytest.mark.integration

SERVICES = ("intake", "routing", "processing", "statistics")
EXAMPLES = Path(__file__).parents[2] / "contract" / "messages"
PARK = """
    INSERT INTO parked (consumer, queue, source, message_id, partition_key, reason_class, reason, body, headers,
        parked_at, state)
    VALUES ('routing', ?, ?, ?, ?, 'poison', 'invalid-data: x', ?, '{}',
        '2026-03-02T01:00:00.000000Z', 'parked') RETURNING id
"""


def park(system: System, queue: str, source: str = "/lienthong/intake/1") -> int:
    """Put something into routing's parking table that it cannot handle."""
    broken = (EXAMPLES / "routing" / "lienthong.processing.leg-completed.v1.json").read_bytes()
    with closing(sqlite3.connect(system.home / "routing.sqlite", timeout=20)) as connection, connection:
        row = connection.execute(PARK, (queue, source, str(uuid4()), str(uuid4()), broken)).fetchone()
    return int(row[0])


@pytest.mark.parametrize("service", SERVICES)
def test_only_administrators_see_and_retry(system: System, officer: Caller, service: str) -> None:
    refused(officer.get(service, "/v1/parked"), 403, "forbidden")
    refused(officer.post(service, "/v1/parked/1/retry", {"reason": "x"}), 403, "forbidden")


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_shows_its_lot_and_knows_what_is_not_there(
    system: System, administrator: Caller, service: str
) -> None:
    assert isinstance(taken(administrator.get(service, "/v1/parked"))["parked"], list)
    refused(administrator.get(service, "/v1/parked", limit="0"), 422, "invalid")
    refused(administrator.post(service, "/v1/parked/999999/retry", {"reason": "x"}), 404, "not-found")
    refused(administrator.post(service, "/v1/parked/abc/retry", {"reason": "x"}), 404, "not-found")


def test_what_still_fails_stays_and_who_tried_is_recorded(system: System, administrator: Caller) -> None:
    number = park(system, "routing.in.0")
    shown = [
        one for one in taken(administrator.get("routing", "/v1/parked"))["parked"] if one["id"] == number
    ]
    assert shown[0]["reason"] == "invalid-data: x"
    refused(administrator.post("routing", f"/v1/parked/{number}/retry", {}), 422, "invalid")
    key, path = fresh_key(), f"/v1/parked/{number}/retry"
    answer = taken(administrator.post("routing", path, {"reason": "đã sửa"}, key))
    assert (answer["parked"], answer["handled"] + answer["still_parked"]) == (number, 1)
    with closing(sqlite3.connect(system.home / "routing.sqlite", timeout=20)) as connection, connection:
        connection.execute("UPDATE parked SET state = 'handled' WHERE id = ?", (number,))
    again = taken(administrator.post("routing", path, {"reason": "đã sửa"}, key))
    assert again == {"parked": number, "handled": 0, "still_parked": False}, "asked again under its key"
    refused(administrator.post("routing", path, {"reason": "x"}), 404, "not-found")
    (state,) = system.rows("routing", "SELECT state FROM event WHERE topic = 'retrial.ordered'")[-1]
    assert "đã sửa" in bytes(state).decode()


def test_what_came_on_no_input_is_not_tried_again(system: System, administrator: Caller) -> None:
    number = park(system, "processing.commands")
    refused(
        administrator.post("routing", f"/v1/parked/{number}/retry", {"reason": "x"}), 409, "not-retriable"
    )


def test_what_belongs_to_no_dossier_is_set_aside_by_whom_it_came_from(
    system: System, administrator: Caller, officer: Caller
) -> None:
    strays = [park(system, "processing.commands", "account/agency.X") for _ in range(3)]
    dossiers = park(system, "routing.in.0", "account/agency.X")
    others = park(system, "processing.commands", "account/agency.Y")
    later = park(system, "processing.commands", "account/agency.X")
    path, lot = "/v1/parked/set-aside", {"source": "account/agency.X", "upto": others, "reason": "đã báo"}
    refused(officer.post("routing", path, lot), 403, "forbidden")
    refused(administrator.post("routing", path, {**lot, "upto": "9"}), 422, "invalid")
    assert parked_of(system, *strays, dossiers, others, later) == [*strays, dossiers, others, later]
    key = fresh_key()
    assert taken(administrator.post("routing", path, lot, key)) == {"set_aside": 3}
    assert taken(administrator.post("routing", path, lot, key)) == {"set_aside": 3}, "again under its key"
    assert parked_of(system, *strays, dossiers, others, later) == [dossiers, others, later]
    refused(administrator.post("routing", path, lot), 409, "nothing-to-set-aside")
    ordered = system.rows("routing", "SELECT state FROM event WHERE topic = 'clearing.ordered'")
    assert len(ordered) == 1
    assert "đã báo" in bytes(ordered[0][0]).decode()


def parked_of(system: System, *numbers: int) -> list[int]:
    """Return which of these still lie parked."""
    found = {row[0] for row in system.rows("routing", "SELECT id FROM parked WHERE state = 'parked'")}
    return [number for number in numbers if number in found]


def test_a_supplement_is_asked_for_at_the_desk_which_alone_fulfils_it(
    system: System, officer: Caller, first: Caller
) -> None:
    dossier = received(officer)
    leg = open_leg(first, dossier)
    taken(first.post("processing", "/v1/commands/accept-leg", {"leg": leg}))
    taken(first.post("processing", "/v1/commands/request-supplement", {"leg": leg, "reason": "Thiếu bản vẽ"}))
    await_status(officer, dossier, 5)
    with system.nothing_recorded():
        refused(first.post("intake", f"/v1/dossiers/{dossier}/fulfil", {}), 403, "forbidden")
    taken(officer.post("intake", f"/v1/dossiers/{dossier}/fulfil", {"note": "Đã bổ sung"}))
    await_status(officer, dossier, 4)
