"""Desks end, and others go on with their dossiers: codes and desks stay, rights move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.desk import Ending, Heir
from services.intake.rules.roles import check_may_see_applicant, check_may_see_dossier
from services.intake.rules.succession import follow, heir
from shared.acts import Actor
from shared.clock import to_text
from shared.errors import RefusedError
from tests.unit.intake.one_stop_desk import MONDAY, OneStopDesk, desk_message

JULY = MONDAY + timedelta(days=1)


def send_on(desk: OneStopDesk, dossier_id: UUID, agency: str) -> None:
    act = desk.act("receiving_officer", agency)
    desk.do(lambda: desk.intake.send_on(dossier_id, "Đã bổ sung", act))


def refused_as(desk: OneStopDesk, dossier_id: UUID, agency: str) -> str:
    with pytest.raises(RefusedError) as refused:
        send_on(desk, dossier_id, agency)
    return refused.value.code


def test_the_successor_acts_on_running_dossiers_from_the_end_on_and_the_ended_desk_no_more(
    desk: OneStopDesk,
) -> None:
    first, second = desk.returned(), desk.returned()
    code = desk.live(first).code
    desk.know(desk_message("gia-lai", "H21.01"))
    desk.end("pleiku", ("gia-lai", None), at=JULY)
    assert refused_as(desk, first, "gia-lai") == "not-your-desk"
    send_on(desk, second, "pleiku")

    desk.clock.set(JULY)

    assert refused_as(desk, first, "pleiku") == "not-your-desk"
    send_on(desk, first, "gia-lai")
    assert (desk.live(first).code, desk.live(first).desk) == (code, "pleiku")
    assert desk.do(lambda: desk.intake.continuing_desk(desk.live(first), JULY)) == "gia-lai"


def test_a_split_desk_is_succeeded_by_the_dossiers_area_and_chains_are_followed(desk: OneStopDesk) -> None:
    desk.know(desk_message("city", "H21.70", "G"), desk_message("ward", "H21.71", "G.A.B"))
    desk.know(desk_message("north", "H21.72", "G.A"), desk_message("new-north", "H21.73", "G.A"))
    dossiers = {area: desk.submit(desk="city", area=area) for area in ("G.A", "G.A.B", "G")}
    desk.end("city", ("rest", None), ("north", ["G.A"]), ("ward", ["G.A.B"]))
    desk.end("north", ("new-north", None))

    found = {
        area: desk.do(partial(desk.intake.continuing_desk, dossier, MONDAY))
        for area, dossier in dossiers.items()
    }

    assert found == {"G.A": "new-north", "G.A.B": "ward", "G": "rest"}


def test_a_dossier_about_another_place_goes_where_the_desks_own_area_goes(desk: OneStopDesk) -> None:
    desk.know(desk_message("city", "H21.70", "G"), desk_message("elsewhere", "H21.71", "Q.B"))
    dossier = desk.submit(desk="city", area="Q.B")
    desk.end("city", ("ward", ["G.A"]), ("rest", ["G"]))

    assert desk.do(partial(desk.intake.continuing_desk, dossier, MONDAY)) == "rest"


@pytest.mark.parametrize("heirs", [(), (("gia-lai", ["elsewhere"]),)])
def test_a_desk_without_a_successor_ends_its_dossiers_itself(
    desk: OneStopDesk, heirs: tuple[tuple[str, list[str] | None], ...]
) -> None:
    dossier_id = desk.returned()
    desk.end("pleiku", *heirs)
    send_on(desk, dossier_id, "pleiku")


def test_an_ended_desk_receives_nothing_and_names_who_does(desk: OneStopDesk) -> None:
    filed = desk.filed()
    desk.end("pleiku", ("gia-lai", None), at=JULY)
    assert desk.submit().code
    desk.clock.set(JULY)

    works: list[Callable[[], object]] = [
        desk.submit,
        lambda: desk.do(lambda: desk.intake.receive(filed, desk.act())),
    ]
    for work in works:
        with pytest.raises(RefusedError) as refused:
            work()
        assert refused.value.code == "desk-ended"
        assert refused.value.details()["facts"]["successor"] == "gia-lai"
    earlier = desk.act("historian", happened_at=JULY - timedelta(hours=1))
    assert desk.submit(act=earlier).code


def test_an_end_may_be_known_before_the_agency_and_a_new_description_does_not_undo_it(
    desk: OneStopDesk,
) -> None:
    desk.end("late", ("pleiku", None))
    desk.know(desk_message("late", "H21.80"))
    desk.know(desk_message("late", "H21.81"))
    with pytest.raises(RefusedError, match="desk-ended"):
        desk.submit(desk="late")


AGENCIES = st.sampled_from(["a", "b", "c", "d"])


@given(st.dictionaries(AGENCIES, st.lists(st.tuples(AGENCIES, st.none() | st.just(["G"])), max_size=3)))
def test_following_ends_whatever_the_register_says(
    successors: dict[str, list[tuple[str, list[str]]]],
) -> None:
    ends = {
        agency: Ending(
            agency, to_text(MONDAY), tuple(Heir(to, tuple(areas or ()) or None) for to, areas in heirs)
        )
        for agency, heirs in successors.items()
    }
    found = follow("a", "G.A", to_text(MONDAY), ends.get)
    before = to_text(MONDAY - timedelta(seconds=1))
    assert follow("a", "G.A", before, ends.get) == "a"
    if "a" in ends and heir(ends["a"], "G.A") not in {None, "a"}:
        assert found != "a" or any(heir(end, "G.A") == "a" for end in ends.values())


def test_who_works_on_a_dossier_by_transfer_may_see_its_applicant(desk: OneStopDesk) -> None:
    dossier_id = desk.received()
    desk.do(lambda: desk.intake.start_processing(dossier_id, desk.act("system"), {"police"}))
    before = desk.events(dossier_id)
    for agency in ("police", "tax", "tax"):
        desk.do(partial(desk.intake.join, dossier_id, agency, desk.act("system")))

    assert desk.events(dossier_id) == [*before, "intake.dossier.agency-joined"]
    agencies = desk.replayed(dossier_id).agencies
    check_may_see_applicant(Actor("agency", "x", "tax"), "pleiku", agencies)
    with pytest.raises(RefusedError):
        check_may_see_applicant(Actor("agency", "x", "land"), "pleiku", agencies)


def test_the_successor_sees_what_the_desk_saw() -> None:
    check_may_see_applicant(Actor("desk_head", "x", "gia-lai"), "gia-lai", [])
    check_may_see_dossier(Actor("agency", "x", "gia-lai"), {"pleiku", "gia-lai"}, [])
    with pytest.raises(RefusedError):
        check_may_see_applicant(Actor("desk_head", "x", "pleiku"), "gia-lai", [])
    with pytest.raises(RefusedError):
        check_may_see_dossier(Actor("agency", "x", "other"), {"pleiku", "gia-lai"}, [])
