"""What intake's doors say of a dossier that waits, is explained, or outlives its desk."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from services.intake.api import IntakeApi, submit_many
from shared.access import TokenFile
from shared.errors import RefusedError
from shared.persistence.grouping import GroupCommit
from tests.unit.intake.one_stop_desk import MONDAY, OneStopDesk, desk_message


class Doors(IntakeApi):
    """The doors over a desk of the test's own, called without a server."""

    def __init__(self, desk: OneStopDesk, folder: Path) -> None:
        self.application, self.unit, self.tables, self.vault = desk.intake, desk.unit, desk.tables, desk.vault
        self.submissions = GroupCommit(desk.unit, desk.clock, submit_many(desk.intake))
        self.actions = GroupCommit(desk.unit, desk.clock)
        self.tokens, self.clock = TokenFile(folder / "tokens.json"), desk.clock
        self.progress, self.tolerance = {}, timedelta(hours=24)
        self._keys = 0

    def request(self, role: str, agency: str | None = None, body: Any = None) -> Request:
        self._keys += 1
        token = self.tokens.issue(role, "x", agency)
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"k{self._keys}"}
        environ = EnvironBuilder(headers=list(headers.items())).get_environ()
        environ["lienthong.body"] = b"" if body is None else orjson.dumps(body)
        return Request(environ)

    def do(self, dossier: object, action: str, body: Any = None, agency: str | None = None) -> dict[str, Any]:
        request = self.request("receiving_officer", agency, body)
        answer: dict[str, Any] = orjson.loads(self.act_on(request, str(dossier), action).data)
        return answer


@pytest.fixture
def doors(desk: OneStopDesk, tmp_path: Path) -> Doors:
    return Doors(desk, tmp_path)


def test_a_supplement_is_fulfilled_at_the_desk_and_the_appointment_explains_itself(
    desk: OneStopDesk, doors: Doors
) -> None:
    dossier_id = desk.paused()
    desk.clock.advance(timedelta(days=2))

    answer = doors.do(dossier_id, "fulfil")

    assert (answer["status"], answer["due_at"]) == (4, "2025-07-14T02:00:00.000000Z")
    explained = orjson.loads(doors.due(doors.request("desk_head"), answer["code"]).data)
    assert explained["due_at"] == answer["due_at"]
    assert explained["steps"][-1]["until"] == answer["due_at"]
    assert {"vi", "en", "rule"} <= explained["steps"][-1].keys()
    with pytest.raises(RefusedError, match="no-open-pause"):
        doors.do(dossier_id, "fulfil", {"note": "Nộp lần hai"})


def test_a_dossier_that_is_not_received_yet_has_nothing_to_explain(desk: OneStopDesk, doors: Doors) -> None:
    explained = orjson.loads(doors.due(doors.request("desk_head"), str(desk.filed())).data)
    assert (explained["due_at"], explained["steps"]) == (None, [])


def test_withdrawal_needs_its_reason_and_ends_the_dossier(desk: OneStopDesk, doors: Doors) -> None:
    dossier_id = desk.received()
    with pytest.raises(RefusedError, match="missing-field"):
        doors.do(dossier_id, "withdraw", {})
    assert doors.do(dossier_id, "withdraw", {"reason": "Không còn nhu cầu"})["status"] == 7
    with pytest.raises(RefusedError, match="wrong-status"):
        doors.do(dossier_id, "withdraw", {"reason": "Không còn nhu cầu"})


def test_a_dossier_names_the_desk_that_goes_on_with_it_and_lets_it_in(
    desk: OneStopDesk, doors: Doors
) -> None:
    dossier_id = desk.received()
    desk.know(desk_message("gia-lai", "H21.01"))
    desk.end("pleiku", ("gia-lai", None), at=MONDAY + timedelta(days=1))
    desk.clock.advance(timedelta(days=2))

    shown = orjson.loads(doors.show(doors.request("agency", "gia-lai"), str(dossier_id)).data)

    assert (shown["desk"], shown["continuing_desk"]) == ("pleiku", "gia-lai")
    person = orjson.loads(doors.applicant(doors.request("desk_head", "gia-lai"), str(dossier_id)).data)
    assert person["name"] == "Nguyễn Thị Hương Giang"
    for door, role, agency in (
        (doors.applicant, "desk_head", "pleiku"),
        (doors.show, "agency", "another"),
        (doors.due, "applicant", None),
    ):
        with pytest.raises(RefusedError):
            door(doors.request(role, agency), str(dossier_id))
    assert doors.do(dossier_id, "withdraw", {"reason": "Không còn nhu cầu"}, "gia-lai")["desk"] == "pleiku"
