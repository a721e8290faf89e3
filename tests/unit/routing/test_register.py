"""The register of agencies and competences: what is taken in twice, late, out of order, or contradicts itself."""

from __future__ import annotations

from typing import Any

import pytest

from services.routing.application.register import Register
from services.routing.domain.agency import Agency
from services.routing.domain.keys import agency_key
from shared.errors import RefusedError
from tests.builders.routing import AGENCIES, DEPARTMENT, DESK, DISTRICT, POLICE, PROCEDURE, act_at, agency
from tests.unit.routing.conftest import Office

JULY = "2025-06-30T17:00:00.000000Z"
AUGUST = "2025-07-31T17:00:00.000000Z"
NEW = "H47.80"
LAW = "Luật 72/2025/QH15"


def facts(agency_id: str = DESK, **changes: Any) -> dict[str, Any]:
    known = next((one for one in AGENCIES if one["agency"] == agency_id), None)
    return {**(known or agency(agency_id, "commune", "people-committee", "QNA.TK")), **changes}


def end(office: Office, agency_id: str, *successors: Any, change: str = "merge", at: str = JULY) -> list[Any]:
    heirs = [it if isinstance(it, dict) else {"agency": it, "areas": None} for it in successors]
    return office.when("end_agency", agency_id, at, change, heirs, LAW, act_at())


def refusal(office: Office, method: str, *arguments: Any) -> str:
    with pytest.raises(RefusedError) as refused:
        office.when(method, *arguments)
    return refused.value.code


def test_a_later_description_holds_from_its_day_on(office: Office) -> None:
    (described,) = office.when("register_agency", facts(valid_from=JULY, connected=True), act_at())

    assert isinstance(described, Agency.Described)
    registry = office.directory.registry()
    assert registry.at(AUGUST).agency(DESK)["connected"] is True
    assert registry.at("2025-01-01T00:00:00.000000Z").agency(DESK)["connected"] is False


def test_descriptions_taken_in_again_change_nothing_in_any_order(office: Office) -> None:
    both = [facts(valid_from=JULY, connected=True), facts()]
    assert len(office.when("register_agencies", both, act_at())) == 1

    assert office.when("register_agencies", both, act_at()) == []
    assert office.when("register_agencies", [facts(), facts(remote=None)], act_at()) == []


@pytest.mark.parametrize("since", ["2019-01-01T00:00:00.000000Z", "2018-01-01T00:00:00.000000Z"])
def test_other_facts_for_a_time_that_is_described_are_refused(office: Office, since: str) -> None:
    wrong = facts(kind="police", valid_from=since)

    assert refusal(office, "register_agency", wrong, act_at()) == "validity-overlaps"


def test_nobody_goes_on_before_beginning(office: Office) -> None:
    office.when("register_agency", facts(NEW, valid_from="2030-01-01T00:00:00.000000Z"), act_at())

    with pytest.raises(RefusedError, match="unknown-successor"):
        end(office, DESK, NEW)


def test_parents_come_in_any_order_and_stand_above(office: Office) -> None:
    child, parent = facts("H47.80.01", parent=NEW), facts(NEW)

    assert len(office.when("register_agencies", [child, parent], act_at())) == 2
    assert (
        refusal(office, "register_agency", facts("H47.81", parent="H47.99"), act_at())
        == "agency-parent-unknown"
    )
    round_about = facts(NEW, parent="H47.80.01", valid_from=JULY)
    assert refusal(office, "register_agency", round_about, act_at()) == "agency-parent-cycle"
    itself = facts("H47.82", parent="H47.82")
    assert refusal(office, "register_agency", itself, act_at()) == "agency-parent-cycle"


@pytest.mark.parametrize(("since", "taken"), [("2025-06-30T16:59:59.999999Z", 1), (JULY, 0), (AUGUST, 0)])
def test_nobody_is_put_under_an_agency_that_has_ended(office: Office, since: str, taken: int) -> None:
    end(office, DISTRICT, DEPARTMENT)
    new, moved = facts(NEW, parent=DISTRICT, valid_from=since), facts(parent=DISTRICT, valid_from=since)

    for wanted in (new, moved):
        if taken:
            assert len(office.when("register_agency", wanted, act_at())) == taken
        else:
            assert refusal(office, "register_agency", wanted, act_at()) == "agency-parent-not-operating"


def test_nobody_is_put_under_an_agency_that_has_not_begun(office: Office) -> None:
    parent, child = facts(NEW, valid_from=AUGUST), facts("H47.80.01", parent=NEW, valid_from=JULY)

    both = refusal(office, "register_agencies", [child, parent], act_at())
    assert both == "agency-parent-not-operating"
    assert len(office.when("register_agencies", [{**child, "valid_from": AUGUST}, parent], act_at())) == 2


def test_what_stood_under_an_agency_that_ended_is_still_described(office: Office) -> None:
    child = facts(NEW, parent=DISTRICT)
    office.when("register_agency", child, act_at())
    end(office, DISTRICT, DEPARTMENT)

    assert office.when("register_agency", child, act_at()) == []
    assert len(office.when("register_agency", {**child, "valid_from": AUGUST, "kind": "x"}, act_at())) == 1


def test_trying_tells_of_everything_that_is_refused(office: Office) -> None:
    end(office, DISTRICT, DEPARTMENT)
    wanted = [
        facts("H47.83", parent=NEW),
        facts(kind="police"),
        facts(DISTRICT, connected=True, valid_from=AUGUST),
        facts("H47.81", parent="H47.99"),
        facts("H47.82", parent=DISTRICT, valid_from=AUGUST),
        facts(NEW),
        facts(POLICE),
    ]
    register = Register(office.routing, office.directory)

    refused = {it["agency"]: error.code for it, error in register.try_agencies(wanted, act_at())}

    assert refused == {
        DESK: "validity-overlaps",
        DISTRICT: "agency-already-ended",
        "H47.81": "agency-parent-unknown",
        "H47.82": "agency-parent-not-operating",
    }
    office.routing.abandon_unit()
    assert refusal(office, "register_agencies", wanted, act_at()) == "validity-overlaps"


def test_an_end_names_who_goes_on_and_comes_once(office: Office) -> None:
    (ended,) = end(office, DESK, "H47.71.02")

    assert (ended.change, ended.successors) == ("merge", [{"agency": "H47.71.02", "areas": None}])
    assert end(office, DESK, "H47.71.02") == []
    structure = office.directory.registry().at(JULY)
    assert structure.current(DESK, None)[0]["agency"] == "H47.71.02"
    assert office.routing.find(agency_key(DESK)) is not None


def test_an_ended_agency_neither_ends_otherwise_nor_goes_on(office: Office) -> None:
    end(office, DESK, "H47.71.02")

    with pytest.raises(RefusedError, match="agency-already-ended"):
        end(office, DESK, DISTRICT)
    later = facts(valid_from=AUGUST, connected=True)
    assert refusal(office, "register_agency", later, act_at()) == "agency-already-ended"


@pytest.mark.parametrize(
    ("change", "successors", "code"),
    [
        ("merge", ["H47.99"], "unknown-successor"),
        ("merge", [DESK], "agency-succeeds-itself"),
        ("merge", [], "one-successor-needed"),
        ("rename", [DISTRICT, POLICE], "one-successor-needed"),
        ("split", [], "split-without-rule"),
        ("split", [{"agency": DISTRICT, "areas": ["QNA.TK.AX.1"]}], "split-without-rule"),
        ("merge", [{"agency": DISTRICT, "areas": ["QNA.TK.TT"]}], "split-without-rule"),
        ("split", [DISTRICT, POLICE], "split-without-rule"),
        (
            "split",
            [
                DISTRICT,
                {"agency": POLICE, "areas": ["QNA.TK.AX.1"]},
                {"agency": "H47.71.02", "areas": ["QNA.TK.AX.1"]},
            ],
            "split-ambiguous",
        ),
    ],
)
def test_an_end_without_an_heir_for_everything_is_refused(
    office: Office, change: str, successors: list[Any], code: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        end(office, DESK, *successors, change=change)

    assert refused.value.code == code


@pytest.mark.parametrize(
    "successors",
    [
        [{"agency": POLICE, "areas": ["QNA.TK.AX"]}],
        [{"agency": POLICE, "areas": ["QNA.TK"]}, {"agency": DISTRICT, "areas": ["QNA.TK.AX.1"]}],
        [{"agency": POLICE, "areas": ["QNA.TK.AX.1"]}, DISTRICT],
    ],
)
def test_a_split_that_covers_the_area_is_taken_in(office: Office, successors: list[Any]) -> None:
    assert len(end(office, DESK, *successors, change="split")) == 1


def test_nobody_succeeds_himself_through_others(office: Office) -> None:
    end(office, DESK, "H47.71.02", at=AUGUST)

    with pytest.raises(RefusedError, match="agency-succeeds-itself"):
        end(office, "H47.71.02", DESK, at=JULY)


def test_who_ended_before_succeeds_nobody(office: Office) -> None:
    end(office, DESK, DISTRICT)

    with pytest.raises(RefusedError, match="unknown-successor"):
        end(office, "H47.71.02", DESK, at=AUGUST)


def test_an_end_before_the_beginning_and_of_nobody_is_refused(office: Office) -> None:
    with pytest.raises(RefusedError, match="validity-overlaps"):
        end(office, DESK, DISTRICT, at="2018-01-01T00:00:00.000000Z")
    with pytest.raises(RefusedError, match="agency-unknown"):
        end(office, "H47.99", DISTRICT)


def row(since: str, until: str | None = None, area: str | None = None, **whose: Any) -> dict[str, Any]:
    return {
        "procedure": PROCEDURE,
        "area": area,
        "valid_from": since,
        "valid_to": until,
        "basis": LAW,
        **(whose or {"agency": DISTRICT}),
    }


def test_competence_passes_on_from_day_to_day(office: Office) -> None:
    first = row("2019-01-01T00:00:00.000000Z")
    assert len(office.when("put_competence", first, act_at())) == 1
    assert office.when("put_competence", first, act_at()) == []
    assert refusal(office, "put_competence", row(JULY, agency=DESK), act_at()) == "validity-overlaps"

    wrong = {**first, "valid_to": "2019-06-01T00:00:00.000000Z", "basis": "Quyết định 1"}
    (limited,) = office.when("put_competence", wrong, act_at())
    (corrected,) = office.when("put_competence", {**first, "valid_to": JULY, "basis": "Đính chính"}, act_at())
    (added,) = office.when("put_competence", row(JULY, agency=DESK), act_at())
    assert refusal(office, "put_competence", first, act_at()) == "validity-overlaps", "another follows it"

    events = [type(event).__name__ for event in (limited, corrected, added)]
    assert events == ["Limited", "Corrected", "Added"]
    registry = office.directory.registry()
    assert registry.at("2025-01-01T00:00:00.000000Z").competent(PROCEDURE, None)[0]["agency"] == DISTRICT
    assert registry.at(JULY).competent(PROCEDURE, None)[0]["agency"] == DESK


def test_rows_for_other_areas_stand_side_by_side(office: Office) -> None:
    since = "2019-01-01T00:00:00.000000Z"
    office.when("put_competence", row(since), act_at())

    assert len(office.when("put_competence", row(since, area="QNA.TK", agency=DESK), act_at())) == 1
    assert refusal(office, "put_competence", row(since, area="QNA.TK"), act_at()) == "validity-overlaps"
    assert refusal(office, "put_competence", row(JULY, agency="H47.99"), act_at()) == "agency-unknown"


def test_what_is_wrong_lets_nothing_of_its_company_in(office: Office) -> None:
    data = {"agencies": [facts(NEW)], "competences": [row(JULY, agency="H47.99")], "processes": []}

    assert refusal(office, "take_in", data, act_at()) == "agency-unknown"
    assert office.routing.find(agency_key(NEW)) is None


def test_the_register_read_from_the_log_is_the_same(office: Office) -> None:
    office.when("register_agency", facts(valid_from=JULY, connected=True), act_at())
    end(office, DESK, DISTRICT, at=AUGUST)

    live: Any = office.routing.find(agency_key(DESK))
    read: Any = office.another().find(agency_key(DESK))
    assert (read.versions, read.end) == (live.versions, live.end)
