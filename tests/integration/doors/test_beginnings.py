"""A dossier whose way leads to an agency that begins later waits for that day, and then goes on by itself."""

from __future__ import annotations

import pytest

from tests.builders.doors import DESK, agency, at, leg, procedure, process, submission
from tests.fixtures.doors import Caller, System, taken
from tests.integration.doors.conftest import open_leg

pytestmark = pytest.mark.integration

NEW, LATER = "H47.67", "9.000081"


def test_a_dossier_goes_on_when_its_agency_begins(
    system: System, administrator: Caller, officer: Caller
) -> None:
    begins = at(seconds=-3)
    way = process(process="den-sau", procedure=LATER, legs=[leg({"id": NEW})])
    register = {"agencies": [agency(NEW, valid_from=begins)], "processes": [way]}
    taken(administrator.put("routing", "/v1/reference", register))
    taken(administrator.put("intake", "/v1/reference", {"procedures": [procedure(procedure=LATER)]}))
    dossier = str(
        taken(officer.post("intake", "/v1/submissions", submission(procedure=LATER, desk=DESK)))["dossier"]
    )
    system.settle()

    assert open_leg(system.caller("agency", NEW), dossier)
    assert at() >= begins, "not before its day"
    parked = taken(administrator.get("routing", "/v1/parked"))["parked"]
    assert dossier not in [one["dossier"] for one in parked]
