"""Which agencies a dossier passes: the same facts give the same way, with the reason for each choice."""

from __future__ import annotations

from typing import Any

import pytest

from services.routing.rules.planning import direction, plan
from services.routing.rules.structure import Registry, holds
from services.routing.rules.versions import version_in_force
from shared.errors import NotYetKnownError
from tests.builders.routing import (
    AGENCIES,
    DEPARTMENT,
    DESK,
    DISTRICT,
    POLICE,
    UP_AND_ACROSS,
    agency,
    leg,
    process,
)

STRUCTURE = Registry.of(AGENCIES).at("2019-06-17T02:00:00.000000Z")


def test_a_way_goes_inside_across_up_and_down_again() -> None:
    legs = plan(process(UP_AND_ACROSS), DESK, None, STRUCTURE, {})

    assert [(it["number"], it["agency"], it["direction"]) for it in legs] == [
        (1, DESK, "inside"),
        (2, POLICE, "peer"),
        (3, DISTRICT, "up"),
        (4, DEPARTMENT, "up"),
        (5, DESK, "down"),
    ]


def test_every_choice_has_its_reason() -> None:
    reasons = [it["reason"] for it in plan(process(UP_AND_ACROSS), DESK, None, STRUCTURE, {})]

    assert reasons == [
        "the receiving desk",
        "police at commune level for QNA.TK.AX",
        "people-committee at district level for QNA.TK.AX",
        "named by the process",
        "the receiving desk",
    ]


def test_the_dossiers_own_area_decides_before_the_desks() -> None:
    (only,) = plan(
        process([leg({"kind": "people-committee", "level": "commune"})]), DESK, "QNA.TK.TT", STRUCTURE, {}
    )

    assert only["agency"] == "H47.71.02"


def test_the_smallest_area_that_holds_the_dossier_wins() -> None:
    station = agency("H47.91", "commune", "police", "QNA.TK", vertical=True)
    structure = Registry.of([*AGENCIES, station]).at("2019-06-17T02:00:00.000000Z")

    assert structure.responsible("police", "commune", "QNA.TK.AX")["agency"] == POLICE
    assert structure.responsible("police", "commune", "QNA.TK.TT")["agency"] == "H47.91"


@pytest.mark.parametrize(
    ("choice", "desk", "missing"),
    [
        ({"kind": "tax", "level": "district"}, DESK, "agency-of/tax/district"),
        ({"kind": "police", "level": "commune"}, "H47.71.02", "agency-of/police/commune"),
        ({"id": "H47.99"}, DESK, "agency/H47.99"),
        ("receiver", "H47.98", "agency/H47.98"),
    ],
)
def test_what_is_not_known_yet_is_named(choice: Any, desk: str, missing: str) -> None:
    with pytest.raises(NotYetKnownError) as error:
        plan(process([leg(choice)]), desk, None, STRUCTURE, {})

    assert error.value.reference == missing


@pytest.mark.parametrize(
    ("whole", "part", "held"),
    [
        ("QNA", "QNA.TK", True),
        ("QNA.TK", "QNA.TK", True),
        ("QNA.TK", "QNA.TKX", False),
        ("QNA.TK.AX", "QNA.TK", False),
        (None, "QNA", True),
    ],
)
def test_areas_hold_their_parts(whole: str | None, part: str, held: bool) -> None:
    assert holds(whole, part) is held


def test_a_vertical_agency_of_the_same_level_is_a_peer() -> None:
    assert direction(STRUCTURE.agency(DESK), STRUCTURE.agency(POLICE)) == "peer"


@pytest.mark.parametrize(
    ("received_at", "version"),
    [("2018-12-31", None), ("2019-01-01", 1), ("2019-06-30", 1), ("2019-07-01", 3), ("2030-01-01", 3)],
)
def test_a_dossier_keeps_the_version_in_force_when_it_was_received(
    received_at: str, version: int | None
) -> None:
    versions = [
        process(UP_AND_ACROSS, 3, "2019-07-01"),
        process(UP_AND_ACROSS, 1, "2019-01-01"),
        process(UP_AND_ACROSS, 2, "2019-07-01"),
    ]

    found = version_in_force(versions, f"{received_at}T00:00:00.000000Z")

    assert (found["version"] if found else None) == version


CHOSEN = {**leg({"id": "H47.99"}), "id": "chosen", "when": {"fact": "channel", "equals": "post"}}
SAME = [CHOSEN, {**leg({"leg": "chosen"}), "id": "same"}, {**leg({"leg": "same"}), "id": "again"}]


def test_a_leg_at_the_agency_of_one_that_is_not_passed_waits_for_that_agency() -> None:
    with pytest.raises(NotYetKnownError) as error:
        plan(process(SAME), DESK, None, STRUCTURE, {"channel": "direct"})

    assert error.value.reference == "agency/H47.99"


@pytest.mark.parametrize(("channel", "same_as"), [("direct", [None, None, 2]), ("post", [None, 1, 2])])
def test_a_leg_at_the_agency_of_one_that_is_not_passed_finds_it_the_same_way(
    channel: str, same_as: list[int | None]
) -> None:
    known = Registry.of([*AGENCIES, agency("H47.99", "province", "department", "QNA")])

    legs = plan(process(SAME), DESK, None, known.at("2019-06-17T02:00:00.000000Z"), {"channel": channel})

    assert [it["agency"] for it in legs] == ["H47.99"] * 3
    assert [it["same_as"] for it in legs] == same_as
