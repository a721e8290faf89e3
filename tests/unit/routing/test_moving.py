"""Dossiers on their way go over to another version of their process, by decision."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.routing.application.moving import Moving
from shared.errors import RefusedError
from tests.builders.routing import DEPARTMENT, DISTRICT, DOSSIER, NOW, POLICE, act_at, leg, process, received
from tests.unit.routing.conftest import Office

BASIS = "Quyết định 1/QĐ-UBND"


def named(id_: str, agency: Any, **more: Any) -> dict[str, Any]:
    return {**leg(agency), "id": id_, **more}


OLD = [named("take-in", "receiver"), named("check", {"id": POLICE}), named("decide", {"id": DISTRICT})]
NEW = [
    named("take-in", "receiver"),
    named("check", {"id": POLICE}),
    named("survey", {"id": DEPARTMENT}, after=["take-in"]),
    named("decide", {"id": DEPARTMENT}, after=["check", "survey"]),
]


@pytest.fixture
def moving(office: Office) -> Moving:
    """One dossier whose second leg is open; version 3 has one leg more and decides elsewhere."""
    office.when("publish_process", process(OLD, 2, "2019-02-01"), act_at())
    office.when("start", received(), act_at())
    (first,) = office.itinerary().open
    office.when("leg_ended", first, "completed", act_at(NOW + timedelta(hours=1)))
    office.when("publish_process", process(NEW, 3, "2019-07-01"), act_at())
    office.recorder.unfinished = lambda *_: [DOSSIER]  # type: ignore[attr-defined]
    return Moving(office.routing)


def later() -> Any:
    return act_at(NOW + timedelta(days=20))


def test_a_preview_says_for_each_dossier_what_changes_and_changes_nothing(
    office: Office, moving: Moving
) -> None:
    found = moving.preview("a-process", 3, None, 10, later())

    assert office.routing.pending() == 0
    (change,) = found["dossiers"]
    assert change["possible"] is True
    assert (change["from_version"], change["at"], change["added"]) == (2, ["check"], ["survey"])
    assert change["other_agency"] == [{"leg": "decide", "before": DISTRICT, "after": DEPARTMENT}]


def test_what_is_done_stays_done_and_what_the_version_adds_opens(office: Office, moving: Moving) -> None:
    (before,) = office.itinerary().open

    assert moving.move(DOSSIER, "a-process", 3, BASIS, later())
    office.routing.flush()

    itinerary = office.itinerary()
    assert itinerary.process_version == 3
    assert itinerary.states == ["done", "open", "open", "pending"]
    assert before in itinerary.open
    assert {one["agency"] for one in itinerary.open.values()} == {POLICE, DEPARTMENT}
    assert office.another().find(DOSSIER) == itinerary


def test_a_dossier_at_the_desk_is_moved_there_and_goes_on_when_the_desk_sends_it(
    office: Office, moving: Moving
) -> None:
    (lies,) = office.itinerary().open
    office.when("leg_returned", lies, "lý do", act_at(NOW + timedelta(hours=2)), 0)

    assert moving.move(DOSSIER, "a-process", 3, BASIS, later())
    office.routing.flush()

    assert (office.itinerary().at_desk, office.itinerary().open) == (True, {})
    office.when("send_on", "đủ", later())
    assert len(office.itinerary().open) == 1


def test_moving_twice_changes_nothing(office: Office, moving: Moving) -> None:
    moving.move(DOSSIER, "a-process", 3, BASIS, later())
    pending = office.routing.pending()

    assert not moving.move(DOSSIER, "a-process", 3, BASIS, later())
    assert office.routing.pending() == pending


def test_a_dossier_is_not_moved_off_the_leg_that_it_is_at(office: Office, moving: Moving) -> None:
    office.when("publish_process", process([NEW[0], *NEW[2:3]], 4, "2019-07-02"), act_at())

    assert moving.preview("a-process", 4, None, 10, later())["dossiers"][0]["possible"] is False
    with pytest.raises(RefusedError, match="leg-not-in-version"):
        moving.move(DOSSIER, "a-process", 4, BASIS, later())
    assert office.routing.pending() == 0


def test_a_dossier_is_moved_only_to_a_version_that_leads_dossiers(office: Office, moving: Moving) -> None:
    draft = {**process(NEW, 4, "2019-07-02"), "state": "draft"}
    office.when("publish_process", draft, act_at())

    assert moving.preview("a-process", 4, None, 10, later())["dossiers"][0]["possible"] is False
    with pytest.raises(RefusedError, match="version-not-in-force"):
        moving.move(DOSSIER, "a-process", 4, BASIS, later())


def test_a_version_that_is_not_there_is_refused(moving: Moving) -> None:
    with pytest.raises(RefusedError, match="version-unknown"):
        moving.preview("a-process", 9, None, 10, later())


def test_a_dossier_that_is_not_on_its_way_is_left_alone(moving: Moving) -> None:
    assert not moving.move(uuid4(), "a-process", 3, BASIS, later())
    assert not moving.move(UUID(int=0), "a-process", 3, BASIS, later())


ANY = [
    named("take-in", "receiver"),
    named("one", {"id": POLICE}, after=["take-in"]),
    named("other", {"id": DEPARTMENT}, after=["take-in"]),
    named("enough", {"id": DISTRICT}, after=["one", "other"], join="any"),
    named("give", "receiver"),
]
EARLIER = [
    named("take-in", "receiver"),
    named("early", {"id": DEPARTMENT}),
    named("check", {"id": POLICE}, after=["take-in"]),
    named("decide", {"id": DISTRICT}, after=["early", "check"]),
]


def opinions(*agencies: str) -> list[dict[str, Any]]:
    asked = {**named("ask", None), "consult": [{"id": agency} for agency in agencies]}
    return [named("take-in", "receiver"), asked, named("give", "receiver")]


def at(office: Office) -> dict[str, str]:
    """The open legs by their names."""
    itinerary = office.itinerary()
    return {itinerary.leg_plan(one["number"])["id"]: leg for leg, one in itinerary.open.items()}


def moved(office: Office, old: list[dict[str, Any]], new: list[dict[str, Any]], *done: str) -> Moving:
    """Bring a dossier so far by the old version, and move it to the new one."""
    moving = far(office, old, new, *done)
    assert moving.move(DOSSIER, "a-process", 3, BASIS, later())
    office.routing.flush()
    return moving


def far(office: Office, old: list[dict[str, Any]], new: list[dict[str, Any]], *done: str) -> Moving:
    office.when("publish_process", process(old, 2, "2019-02-01"), act_at())
    office.when("start", received(), act_at())
    for hour, name in enumerate(done, start=1):
        office.when("leg_ended", at(office)[name], "completed", act_at(NOW + timedelta(hours=hour)))
    office.when("publish_process", process(new, 3, "2019-07-01"), act_at())
    office.recorder.unfinished = lambda *_: [DOSSIER]  # type: ignore[attr-defined]
    return Moving(office.routing)


@pytest.mark.parametrize("goes_back", ["leg_returned", "leg_recalled"])
def test_a_moved_dossier_goes_back_to_where_it_came_from(office: Office, goes_back: str) -> None:
    moved(office, OLD, OLD, "take-in", "check")

    office.when(goes_back, at(office)["decide"], "nhầm", later())

    assert set(at(office)) == {"check"}


def test_a_recalled_return_goes_on_although_whoever_returned_it_has_no_leg_any_more(office: Office) -> None:
    moving = far(office, OLD, [leg for leg in OLD if leg["id"] != "check"], "take-in")
    office.when("leg_returned", at(office)["check"], "nhầm", later())
    assert set(at(office)) == {"take-in"}
    assert moving.move(DOSSIER, "a-process", 3, BASIS, later())
    office.routing.flush()

    office.when("leg_recalled", at(office)["take-in"], "trả nhầm", later())

    assert not office.itinerary().at_desk
    assert set(at(office)) == {"decide"}
    assert office.another().find(DOSSIER) == office.itinerary()


def test_the_numbers_that_an_agency_was_told_mean_what_they_meant(office: Office) -> None:
    moved(office, OLD, EARLIER, "take-in", "check")

    office.when("leg_returned", at(office)["decide"], "thiếu", later(), 2)

    assert set(at(office)) == {"early", "check"}
    assert office.another().find(DOSSIER) == office.itinerary()


def test_what_nobody_needed_is_not_needed_after_a_move(office: Office) -> None:
    moved(office, ANY, ANY, "take-in", "one")

    assert set(at(office)) == {"enough"}
    assert office.itinerary().states == ["done", "done", "withdrawn", "open", "pending"]


def test_two_opinions_at_one_successor_stay_two_and_no_more(office: Office) -> None:
    moving = far(office, opinions(POLICE, DEPARTMENT), opinions(POLICE, DEPARTMENT), "take-in")
    office.when(
        "end_agency", POLICE, "2019-06-20T00:00:00.000000Z", "merge", [{"agency": DEPARTMENT}], "NQ", act_at()
    )
    itinerary = office.itinerary()
    (theirs,) = [leg for leg, one in itinerary.open.items() if one["agency"] == POLICE]
    itinerary.rehome(theirs, DEPARTMENT, later(), reasons=[], plan="p", basis="NQ")
    before = set(itinerary.open)

    moving.move(DOSSIER, "a-process", 3, BASIS, later())
    office.routing.flush()

    assert set(office.itinerary().open) == before
    assert len({one["number"] for one in office.itinerary().open.values()}) == len(before)


def test_a_preview_tells_consulted_agencies_apart(office: Office) -> None:
    moving = far(office, opinions(POLICE, DEPARTMENT), opinions(DISTRICT, DEPARTMENT), "take-in")

    (change,) = moving.preview("a-process", 3, None, 10, later())["dossiers"]

    assert (change["possible"], change["added"], change["removed"]) == (False, ["ask"], ["ask"])


@pytest.mark.parametrize(
    ("change", "into"), [("rename", DISTRICT), ("merge", DEPARTMENT)], ids=["renamed", "merged"]
)
@pytest.mark.parametrize("names_the_heir", [False, True], ids=["same version", "names the heir"])
def test_an_opinion_that_was_given_is_not_asked_for_again(
    office: Office,
    change: str,
    into: str,
    names_the_heir: bool,
) -> None:
    asked = opinions(into if names_the_heir else POLICE, DEPARTMENT)
    moving = far(office, opinions(POLICE, DEPARTMENT), asked, "take-in")
    office.when("leg_ended", open_at(office, POLICE), "completed", act_at(NOW + timedelta(hours=2)))
    office.when(
        "end_agency", POLICE, "2019-06-20T00:00:00.000000Z", change, [{"agency": into}], "NQ", act_at()
    )
    (seen,) = moving.preview("a-process", 3, None, 10, later())["dossiers"]
    assert (seen["possible"], seen["added"], seen["removed"]) == (True, [], [])

    moving.move(DOSSIER, "a-process", 3, BASIS, later())
    office.routing.flush()

    assert [one["agency"] for one in office.itinerary().open.values()] == [DEPARTMENT]


@pytest.mark.parametrize("answered", [True, False])
def test_an_opinion_that_was_transferred_stays_where_it_went(office: Office, answered: bool) -> None:
    moving = far(office, opinions(POLICE, DEPARTMENT), opinions(POLICE, DEPARTMENT), "take-in")
    office.when(
        "leg_transferred", open_at(office, POLICE), DISTRICT, "nhầm", act_at(NOW + timedelta(hours=2))
    )
    if answered:
        office.when("leg_ended", open_at(office, DISTRICT), "completed", act_at(NOW + timedelta(hours=3)))

    moving.move(DOSSIER, "a-process", 3, BASIS, later())
    office.routing.flush()

    assert {one["agency"] for one in office.itinerary().open.values()} == {
        DEPARTMENT,
        *([] if answered else [DISTRICT]),
    }


def open_at(office: Office, agency: str) -> str:
    (found,) = [leg for leg, one in office.itinerary().open.items() if one["agency"] == agency]
    return str(found)
