"""Accounts are made, held against what was recorded, put right and withdrawn: by rabbitmqctl, and over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.accounts import Difference, differences, mend
from deploy.containers.management import Management, ManagementError
from deploy.enrolment import LIMITS, Enrolment
from deploy.instances.rabbitmq import PrivateRabbit
from deploy.provision import VHOST, Passwords, RabbitControl, provision_broker
from shared.access import TokenFile

pytestmark = pytest.mark.integration

AGENCY, OTHER = "H47.12", "H47.13"
ACCOUNT = f"agency.{AGENCY}"


@pytest.fixture(scope="module")
def rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateRabbit]:
    directory = tmp_path_factory.mktemp("accounts")
    rabbit = PrivateRabbit(directory / "rabbitmq", management=True)
    rabbit.start()
    provision_broker(rabbit, Passwords(directory / "passwords.json"))
    yield rabbit
    rabbit.destroy()


@pytest.fixture(params=["rabbitmqctl", "http"])
def control(rabbit: PrivateRabbit, request: pytest.FixtureRequest) -> RabbitControl:
    """Both ways in which accounts are changed."""
    return rabbit if request.param == "rabbitmqctl" else Management(rabbit.management_url())


@pytest.fixture
def enrolment(rabbit: PrivateRabbit, control: RabbitControl, tmp_path: Path) -> Iterator[Enrolment]:
    tokens = TokenFile(tmp_path / "tokens.json")
    yield Enrolment(control, tokens)
    for agency in (AGENCY, OTHER):
        Enrolment(Management(rabbit.management_url()), tokens).withdraw(agency)


def recorded(agency: str = AGENCY, *, active: bool = True, has_system: bool = True) -> dict[str, Any]:
    return {"agency": agency, "active": active, "has_system": has_system}


def codes(found: list[Difference]) -> list[tuple[str, str]]:
    return [(one.agency, one.code) for one in found]


def user(rabbit: PrivateRabbit) -> dict[str, Any]:
    told = json.loads(rabbit.control("export_definitions", "-", "--format", "json"))
    found: dict[str, Any] = next(one for one in told["users"] if one["name"] == ACCOUNT)
    return found


def test_what_was_issued_is_what_was_recorded(control: RabbitControl, enrolment: Enrolment) -> None:
    enrolment.issue(AGENCY, max_length=500)
    enrolment.issue(OTHER, certified=True)
    assert differences(control, [recorded(), recorded(OTHER)]) == []
    assert differences(control, [recorded(), recorded(OTHER), recorded("H47.14", active=False)]) == []


def test_what_somebody_changed_is_named_and_put_right(
    rabbit: PrivateRabbit, control: RabbitControl, enrolment: Enrolment
) -> None:
    enrolment.issue(AGENCY)
    before = user(rabbit)
    rabbit.control("set_permissions", "-p", VHOST, ACCOUNT, ".*", ".*", ".*")
    rabbit.control("set_permissions", "-p", "/", ACCOUNT, "", "", ".*")
    rabbit.control("set_user_tags", ACCOUNT, "administrator")
    rabbit.control("clear_user_limits", ACCOUNT, "all")

    found = differences(control, [recorded()])
    assert codes(found) == [(AGENCY, "limits"), (AGENCY, "rights"), (AGENCY, "tags")]
    mend(control, enrolment, found)
    assert differences(control, [recorded()]) == []
    assert user(rabbit) == before | {"limits": LIMITS}, "its password is what it was"
    mend(control, enrolment, found)
    assert differences(control, [recorded()]) == [], "once more changes nothing"


def test_an_account_that_nobody_was_given_goes(control: RabbitControl, enrolment: Enrolment) -> None:
    for agency in (AGENCY, OTHER):
        enrolment.issue(agency)
    found = differences(control, [recorded(OTHER, active=False)])
    assert codes(found) == [(AGENCY, "unrecorded"), (OTHER, "unrecorded")]
    mend(control, enrolment, found)
    assert differences(control, [recorded(OTHER, active=False)]) == []


def test_what_only_people_can_mend_is_named_and_left(control: RabbitControl, enrolment: Enrolment) -> None:
    enrolment.issue(AGENCY)
    found = differences(control, [recorded(has_system=False), recorded(OTHER)])
    assert codes(found) == [(AGENCY, "no-system"), (OTHER, "missing")]
    assert not any(one.can_be_mended for one in found)
    mend(control, enrolment, found)
    assert differences(control, [recorded(has_system=False), recorded(OTHER)]) == found


def test_a_broker_that_refuses_says_so(rabbit: PrivateRabbit) -> None:
    stranger = Management(rabbit.management_url().replace("lienthong-admin", "somebody"))
    with pytest.raises(ManagementError, match="401"):
        differences(stranger, [])
