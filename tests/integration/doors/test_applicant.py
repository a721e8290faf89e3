"""Who filed is shown in clear to those who work on the dossier, to nobody else, and stands in no log."""

from __future__ import annotations

import pytest

from tests.builders.doors import BYSTANDER, DESK, FIRST, OTHER_DESK, SECOND, SECRETS, person, submission
from tests.fixtures.doors import Caller, System, refused, taken
from tests.integration.doors.conftest import await_status, received

pytestmark = pytest.mark.integration


def path(dossier: str) -> str:
    return f"/v1/dossiers/{dossier}/applicant"


@pytest.mark.parametrize(
    ("role", "agency"),
    [
        ("receiving_officer", DESK),
        ("desk_head", DESK),
        ("result_officer", DESK),
        ("postal_employee", DESK),
        ("agency", FIRST),
        ("agency", SECOND),
        ("agency-system", FIRST),
    ],
)
def test_those_who_work_on_a_dossier_see_who_filed(
    system: System, officer: Caller, dossier: str, role: str, agency: str
) -> None:
    await_status(officer, dossier, 4)
    assert taken(system.caller(role, agency).get("intake", path(dossier))) == person()


@pytest.mark.parametrize(
    ("role", "agency", "code"),
    [
        ("receiving_officer", OTHER_DESK, "not-your-desk"),
        ("result_officer", OTHER_DESK, "not-your-desk"),
        ("agency", BYSTANDER, "forbidden"),
        ("agency-system", BYSTANDER, "forbidden"),
        ("agency", None, "forbidden"),
        ("agency", DESK, "forbidden"),
        ("applicant", None, "forbidden"),
        ("administrator", None, "forbidden"),
        ("historian", None, "forbidden"),
        ("auditor", None, "forbidden"),
        ("procedure_control", DESK, "forbidden"),
    ],
)
def test_nobody_else_does(
    system: System, officer: Caller, dossier: str, role: str, agency: str | None, code: str
) -> None:
    await_status(officer, dossier, 4)
    with system.nothing_recorded():
        response = system.caller(role, agency).get("intake", path(dossier))
    refused(response, 403, code)
    assert not any(secret in response.text for secret in SECRETS)


def test_an_agency_sees_nobody_before_the_dossier_is_received(system: System, officer: Caller) -> None:
    online = taken(officer.post("intake", "/v1/submissions", submission(channel="online")))["dossier"]
    refused(system.caller("agency", FIRST).get("intake", path(online)), 403, "forbidden")


def test_a_person_who_was_erased_is_gone_and_the_dossier_stays(system: System, officer: Caller) -> None:
    dossier = received(officer)
    await_status(officer, dossier, 4)
    system.erase(dossier)
    with system.nothing_recorded():
        refused(officer.get("intake", path(dossier)), 410, "personal-data-erased")
        assert taken(officer.get("intake", f"/v1/dossiers/{dossier}"))["status"] == 4


def test_no_log_and_no_file_but_the_keyed_ones_holds_a_person(
    system: System, officer: Caller, dossier: str
) -> None:
    """Runs late or early: whatever else these tests sent wrong went through the same log."""
    for body in (
        submission(person=person(phone="x")),
        submission(person=person(age=1)),
        submission(area="MARS"),
    ):
        assert not officer.post("intake", "/v1/submissions", body).ok
    system.settle()
    for file in system.home.iterdir():
        if file.is_file():
            content = file.read_bytes()
            assert not any(secret.encode() in content for secret in SECRETS), file.name
