"""The life of a process's versions, and which of them a dossier follows at which desk."""

from __future__ import annotations

from typing import Any

import pytest

from services.routing.domain.keys import process_key
from services.routing.domain.process import Process
from services.routing.rules.structure import Registry
from services.routing.rules.versions import version_in_force
from shared.errors import NotYetKnownError, RefusedError
from tests.builders.routing import AGENCIES, DESK, PROCEDURE, act_at, leg, process, received
from tests.unit.routing.conftest import Office

OTHER = "H47.71.02"
LEGS = [leg("receiver")]
LIFE = ("submitted", "approved", "electronic", "trial", "in-force", "retired")
NAME = "a-process"
NOW = "2019-06-17T02:00:00.000000Z"


def day(number: int) -> str:
    return f"2019-05-{number:02}T00:00:00.000000Z"


def draft(office: Office, state: str = "draft", version: int = 2, since: str = "2019-02-01") -> list[Any]:
    return office.when("publish_process", {**process(LEGS, version, since), "state": state}, act_at())


def go(
    office: Office, state: str, at: str = NOW, agencies: list[str] | None = None, version: int = 2
) -> list[Any]:
    return office.when("change_state", (NAME, version), state, at, agencies, "QĐ 985", act_at())


def leads(office: Office, at: str = NOW, desk: str | None = DESK) -> tuple[int, bool] | None:
    found = version_in_force(office.directory.versions(PROCEDURE), at, desk)
    return (found["version"], found["trial"]) if found else None


def test_a_version_leads_dossiers_only_on_trial_and_in_force(office: Office) -> None:
    draft(office)
    seen = [leads(office)]
    for state in LIFE:
        assert len(go(office, state)) == 1
        seen.append(leads(office))

    assert seen == [(1, False), (1, False), (1, False), (1, False), (2, True), (2, False), (1, False)]


def test_a_step_said_again_changes_nothing_and_none_is_left_out(office: Office) -> None:
    draft(office)
    go(office, "submitted")

    assert go(office, "submitted") == []
    assert office.when("change_state", (NAME, 2), "submitted", None, None, "QĐ 985", act_at()) == []
    for state in ("electronic", "trial", "in-force", "retired", "draft"):
        with pytest.raises(RefusedError, match="process-state-not-next"):
            go(office, state)


def test_the_trial_may_be_skipped_and_approval_be_the_end(office: Office) -> None:
    draft(office, "electronic")
    go(office, "in-force")
    draft(office, "approved", 3, "2019-03-01")
    go(office, "retired", version=3)

    assert leads(office) == (2, False)


def test_desks_go_live_one_by_one(office: Office) -> None:
    draft(office, "electronic")
    go(office, "trial", day(2), [DESK])
    go(office, "trial", day(4), [OTHER])
    go(office, "in-force", day(6), [DESK])

    assert [leads(office, day(number)) for number in (1, 2, 6)] == [(1, False), (2, True), (2, False)]
    assert [leads(office, day(number), OTHER) for number in (3, 4, 7)] == [(1, False), (2, True), (2, True)]
    go(office, "in-force", day(8))
    assert leads(office, day(8), OTHER) == (2, False)
    assert leads(office, day(8), "H47.12") == (2, False)
    assert leads(office, day(7), "H47.12") == (1, False)


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (("approved", NOW, [DESK]), "process-state-for-everybody"),
        (("approved", day(1), None), "process-state-backdated"),
        (("approved", NOW, ["H47.99"]), "agency-unknown"),
        (("approved", NOW, None, 9), "process-unknown"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(office: Office, step: Any, code: str) -> None:
    draft(office)
    go(office, "submitted")

    with pytest.raises(RefusedError) as refused:
        go(office, *step)
    assert refused.value.code == code


def test_a_draft_is_edited_and_what_is_approved_is_not(office: Office) -> None:
    draft(office)
    edited = process([*LEGS, leg("receiver")], 2, "2019-02-01")
    (revised,) = office.when("publish_process", edited, act_at())
    assert revised.state == "draft"
    assert leads(office) == (1, False)
    go(office, "submitted")
    assert office.when("publish_process", edited, act_at()) == []
    go(office, "approved")

    assert office.when("publish_process", edited, act_at()) == []
    with pytest.raises(RefusedError, match="process-in-force"):
        office.when("publish_process", process(LEGS, 2, "2019-02-01"), act_at())
    with pytest.raises(RefusedError, match="process-in-force"):
        office.when("publish_process", process(LEGS, 1), act_at())


def test_two_versions_do_not_lead_from_the_same_moment(office: Office) -> None:
    with pytest.raises(RefusedError, match="validity-overlaps"):
        office.when("publish_process", process(LEGS, 2), act_at())
    draft(office, "electronic", 2, "2019-01-01")
    with pytest.raises(RefusedError, match="validity-overlaps"):
        go(office, "trial", agencies=[DESK])
    go(office, "retired", version=1)
    assert len(go(office, "trial", agencies=[DESK])) == 1


def test_a_process_keeps_its_procedure(office: Office) -> None:
    other = {**process(LEGS, 2, "2019-02-01"), "procedure": "9.999999"}

    with pytest.raises(RefusedError, match="process-of-another-procedure"):
        office.when("publish_process", other, act_at())


def test_what_is_no_route_is_refused_whole(office: Office) -> None:
    cyclic = process([{**leg("receiver"), "id": "a", "after": ["a"]}], 2, "2019-02-01")

    with pytest.raises(RefusedError, match="route-cyclic"):
        office.when("publish_process", cyclic, act_at())
    assert office.directory.version(NAME, 2) is None


def test_a_dossier_waits_for_a_process_and_a_trial_one_counts(office: Office) -> None:
    office.when("change_state", (NAME, 1), "retired", NOW, None, "QĐ 1", act_at())
    with pytest.raises(NotYetKnownError, match="process-for"):
        office.when("start", received(), act_at())
    draft(office, "trial")

    planned, *_ = office.when("start", received(), act_at())
    assert (planned.version, planned.trial) == (2, True)


def test_only_the_desks_named_enter(office: Office) -> None:
    structure = Registry.of(AGENCIES).at(NOW)
    by_id = {**process(LEGS, 2, "2019-02-01"), "entry": [{"id": OTHER}]}
    by_kind = {**process(LEGS, 3, "2019-03-01"), "entry": [{"kind": "department", "level": "province"}]}
    versions = [process(LEGS), by_id, by_kind]

    def entered(desk: str) -> Any:
        found = version_in_force(versions, NOW, desk, structure)
        return found and found["version"]

    assert [entered(desk) for desk in (DESK, OTHER, "H47.12")] == [1, 2, 3]


def test_what_earlier_releases_stored_was_in_force_from_its_day(office: Office) -> None:
    stored: dict[str, Any] = {"definition": process(LEGS), "act": {"happened_at": NOW}}
    Process.Published.upcast_v1_v2(stored)

    assert stored["state"] == "in-force"
    assert version_in_force([process(LEGS)], NOW) == {**process(LEGS), "trial": False}


def test_the_process_read_from_the_log_is_the_same(office: Office) -> None:
    draft(office)
    for state in LIFE[:4]:
        go(office, state)

    live: Any = office.routing.find(process_key(NAME))
    read: Any = office.another().find(process_key(NAME))
    assert read.versions == live.versions


@pytest.mark.parametrize(
    ("others", "entry", "refused"),
    [(None, None, True), (None, DESK, True), (DESK, DESK, True), (OTHER, DESK, False)],
)
def test_two_processes_lead_no_dossier_from_the_same_moment(
    office: Office, others: str | None, entry: str | None, *, refused: bool
) -> None:
    def another(name: str, desk: str | None) -> dict[str, Any]:
        found = {**process(LEGS, 1, "2019-03-01"), "process": name}
        return {**found, "entry": [{"id": desk}]} if desk else found

    office.when("publish_process", another("one", others), act_at())
    if refused:
        with pytest.raises(RefusedError, match="validity-overlaps"):
            office.when("publish_process", another("two", entry), act_at())
        office.when("publish_process", {**another("two", entry), "state": "electronic"}, act_at())
        with pytest.raises(RefusedError, match="validity-overlaps"):
            office.when("change_state", ("two", 1), "in-force", NOW, None, "QĐ 985", act_at())
    else:
        assert office.when("publish_process", another("two", entry), act_at())
