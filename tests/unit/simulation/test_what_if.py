"""What would have been, worked out by hand: June 2019, Monday is the 17th, work from 7:00 to 11:30 and 13:30 to 17:00."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.simulation.alternative import Alternative, read_calendar, read_plan
from services.routing.rules.planning import plan
from shared.clock import to_text
from shared.errors import RefusedError
from tests.unit.simulation.told import (
    AGENCIES,
    BOARD,
    DAYS_5,
    DESK,
    FIRST,
    HEIR,
    SECOND,
    TWO,
    Told,
    agency,
    at,
    days,
    hours,
    leg,
    process,
    simple,
)


def test_a_new_leg_takes_its_term_and_the_others_what_they_took() -> None:
    other = process(leg("a", FIRST), leg("sign", BOARD, "1"), leg("b", SECOND), version=2)
    told = simple()

    it = told.under(processes=(other,))["d"]

    assert it.modelled
    assert (it.before.ended, it.after.ended) == (at("20 08:00"), at("21 08:00"))
    assert it.after.due == it.before.due == at("24 08:00")
    assert {who: hours(time) for who, time in it.after.held.items()} == {BOARD: 8, FIRST: 16, SECOND: 8}
    assert it.after.legs == {BOARD: 1, FIRST: 1, SECOND: 1}
    assert (it.without_namesake, it.reproduced) == (1, True)


def test_a_leg_that_is_no_more_falls_away_and_sides_run_at_once() -> None:
    alone = simple().under(processes=(process(leg("b", SECOND)),))["d"]
    at_once = simple().under(processes=(process(leg("a", FIRST), leg("b", SECOND, after=[])),))["d"]

    assert (alone.after.ended, set(alone.after.held)) == (at("18 08:00"), {SECOND})
    assert at_once.after.ended == at("19 08:00")
    assert {who: hours(time) for who, time in at_once.after.held.items()} == {FIRST: 12, SECOND: 4}


@pytest.mark.parametrize(
    ("other", "ended"),
    [
        (process(leg("b", SECOND), leg("a", FIRST)), "20 08:00"),  # the same legs in another order
        (process(leg("a", BOARD), leg("b", SECOND)), "20 08:00"),  # the same leg elsewhere
        (process({**leg("x", FIRST), "name": leg("a", FIRST)["name"]}), "19 08:00"),  # known by its name
        (process(leg("x", SECOND)), "19 08:00"),  # known by its place, and the kind of its agency
        (process(leg("x", BOARD, "3")), "20 08:00"),  # unknown: its whole term
        (process(leg("x", BOARD, None)), "17 08:00"),  # unknown, and without a term
    ],
)
def test_legs_are_known_again_by_id_by_name_by_place(other: Any, ended: str) -> None:
    assert simple().under(processes=(other,))["d"].after.ended == at(ended)


def test_another_limit_moves_the_appointment_of_those_who_had_the_old_one() -> None:
    old, new = process(*TWO["legs"], limit=DAYS_5), process(*TWO["legs"], limit=days("2"), version=2)
    told = simple(old)
    told.received("x", at("17 09:00"), limit=days("30"))  # an exception of the procedure

    found = told.under(processes=(new,))

    assert (found["d"].before.due, found["d"].after.due) == (at("24 08:00"), at("19 08:00"))
    assert (found["d"].before.verdict, found["d"].after.verdict) == ("early", "late")
    assert not found["d"].modelled
    assert {who: hours(time) for who, time in found["d"].after.parts.items()} == {"process": 8}
    assert not found["x"].changed


def test_shorter_terms_make_whose_lateness_it_is_plain() -> None:
    old = process(*TWO["legs"], limit=DAYS_5)
    new = process(leg("a", FIRST, "1"), leg("b", SECOND, "1"), limit=days("2"), version=2)

    it = simple(old).under(processes=(new,))["d"]

    assert {who: hours(time) for who, time in it.after.parts.items()} == {FIRST: 8}
    assert hours(it.after.late) == 8


def test_a_day_off_moves_what_is_due_and_what_was_worked() -> None:
    off = read_calendar("- {day: 2019-06-18, kind: off, source: bão}")
    told = simple()

    it = told.under(calendar=off)["d"]
    totals = told.totals(Alternative(calendar=off)).as_json({})

    assert (it.before.due, it.after.due) == (at("24 08:00"), at("25 08:00"))
    assert it.before.ended == it.after.ended
    assert {who: hours(time) for who, time in it.after.held.items()} == {FIRST: 8, SECOND: 8}
    assert totals["due_dates"] == {
        "earlier": 0,
        "later": 1,
        "equal": 0,
        "incomparable": 0,
        "moved_working_hours": {"p0": 8.0, "p10": 8.0, "p50": 8.0, "p90": 8.0, "p100": 8.0},
    }


def test_the_applicant_waits_as_long_and_it_is_nobodys_delay() -> None:
    told = Told(TWO)
    told.received("d", at("17 08:00"), limit=days("2"))
    name = told.turn("d", 1, at("17 08:00"), at("20 08:00"))
    due = told.due(at("17 08:00"), days("2"), [(at("17 10:00"), at("19 10:00"))])
    told.waited("d", name, at("17 10:00"), at("19 10:00"), due)
    told.turn("d", 2, at("20 08:00"), at("21 08:00"))
    told.ended("d", at("21 08:00"), due_at=due)
    later = process(leg("new", BOARD, "1"), leg("a", FIRST), leg("b", SECOND), version=2)

    it = told.under(processes=(later,))["d"]

    assert it.before.due == it.after.due == at("21 08:00")  # two working days of waiting more than the 19th
    assert it.after.ended == at("24 08:00")
    assert {who: hours(time) for who, time in it.after.held.items()} == {BOARD: 8, FIRST: 8, SECOND: 8}
    assert (it.before.verdict, it.after.verdict) == ("on_time", "late")


def plan_of(*changes: Any, **more: Any) -> dict[str, Any]:
    new = {name: value for name, value in agency(HEIR).items() if name != "area"}
    stated = {"plan": "x", "basis": "NQ 1", "from": "2019-06-18T00:00:00+07:00", "agencies": [new]}
    return {**stated, "changes": list(changes), **more}


MERGE = {"change": "merge", "agencies": [FIRST, SECOND], "into": HEIR}


def test_an_agency_that_ends_hands_its_open_leg_over_and_gets_no_other() -> None:
    it = simple().under(plan=read_plan(plan_of(MERGE)))["d"]

    assert not it.modelled
    assert it.after.legs == {FIRST: 1, HEIR: 2}
    assert {who: hours(time) for who, time in it.after.held.items()} == {FIRST: 7, HEIR: 17}
    assert (it.after.due, it.after.ended) == (it.before.due, it.before.ended)


def test_a_plan_can_be_as_if_it_had_held_before() -> None:
    plan = read_plan(plan_of(MERGE), "2019-05-01T00:00:00+07:00")
    told = simple()

    it = told.under(plan=plan)["d"]

    assert plan["from"] == "2019-04-30T17:00:00.000000Z"
    assert it.after.legs == {HEIR: 2}
    assert it.after.ended == it.before.ended
    rows = told.totals(Alternative(plan=plan)).as_json(told.simulation(Alternative(plan=plan)).names())
    (heir,) = [row for row in rows["load_by_agency"] if row["agency"] == HEIR]
    assert heir == {
        "agency": HEIR,
        "name": {"vi": "Cơ quan H47.99", "en": "Agency H47.99"},
        "before": {"legs": 0, "working_minutes": 0},
        "after": {"legs": 2, "working_minutes": 24 * 60},
    }


def test_a_plan_that_was_carried_out_already_changes_nothing_even_where_it_came_late() -> None:
    told = Told(TWO, agencies=[*AGENCIES, agency(HEIR)])
    told.received("d", at("17 08:00"))
    name = told.turn("d", 1, at("17 08:00"))
    told.add("routing.leg-rehomed", at("18 10:00"), "d", {"leg": name, "number": 1, "agency": HEIR})
    plan = read_plan({**plan_of({**MERGE, "agencies": [FIRST]}), "agencies": []})
    successors = [{"agency": HEIR, "areas": None}]
    end = {
        "agency": FIRST,
        "ended_at": plan["from"],
        "change": "merge",
        "successors": successors,
        "basis": "NQ 1",
    }
    told.add("routing.agency-ended", at("18 10:00"), "", end)

    assert not told.under(plan=plan)["d"].changed
    earlier = told.under(plan=read_plan({**plan, "from": "2019-06-01T00:00:00+07:00"}))["d"]
    assert earlier.after.legs == {HEIR: 1}


def test_the_last_word_on_an_appointment_counts_in_whichever_order_it_is_heard() -> None:
    told = simple()
    told.ended("d", at("18 08:00"), "extended", by=days("1"), due_at=to_text(at("25 08:00")))
    told.ended("d", at("19 08:00"), "extended", by=days("2"), due_at=to_text(at("27 08:00")))
    told.documents[-2:] = reversed(told.documents[-2:])
    off = {"calendar": read_calendar("- {day: 2019-06-18, kind: off, source: bão}")}

    it = told.under(**off)["d"]

    assert (it.before.due, it.after.due) == (at("27 08:00"), at("28 08:00"))


def test_a_plan_may_bring_a_process_from_its_day_on() -> None:
    other = {**process(leg("a", HEIR), version=2), "valid_from": "2019-06-18T00:00:00+07:00"}
    told = simple()
    told.received("later", at("18 08:00"))
    told.turn("later", 1, at("18 08:00"), at("19 08:00"))
    told.turn("later", 2, at("19 08:00"), at("20 08:00"))
    told.ended("later", at("20 08:00"))
    rename = {"change": "rename", "agency": BOARD, "to": HEIR}

    found = told.under(plan=read_plan(plan_of(rename, processes=[other])))

    assert not found["d"].changed
    assert (found["later"].after.ended, found["later"].after.legs) == (at("19 08:00"), {HEIR: 1})


def test_who_is_competent_is_learnt_and_goes_with_the_work() -> None:
    told = Told(TWO, agencies=[*AGENCIES, agency(HEIR)])
    told.registry = type(told.registry).of(
        [*AGENCIES, agency(HEIR)],
        competences=[
            {"procedure": "P", "agency": SECOND, "valid_from": "2019-01-01T00:00:00+07:00", "basis": "QĐ 1"}
        ],
    )
    competent = process(leg("a", "competent"), version=7)
    told.definitions = {("p", 7): competent}
    told.received("d", at("17 08:00"))
    told.turn("d", 1, at("17 08:00"), at("19 08:00"))
    told.ended("d", at("19 08:00"))
    abolish = {"change": "abolish", "agency": SECOND, "successors": [{"agency": HEIR}]}
    decided = {
        "procedure": "P",
        "agency": FIRST,
        "valid_from": "2019-01-01T00:00:00+07:00",
        "basis": "QĐ 2",
    }

    assert not told.under()["d"].changed
    as_planned = read_plan({**plan_of(abolish), "agencies": []}, "2019-05-01T00:00:00+07:00")
    assert told.under(plan=as_planned)["d"].after.legs == {HEIR: 1}
    decided_anew = read_plan({**plan_of(abolish, competences=[decided]), "agencies": []})
    assert told.under(plan=decided_anew)["d"].after.legs == {FIRST: 1}


def test_open_and_stopped_dossiers_end_no_later_than_the_record_knows() -> None:
    told = Told(TWO)
    for root in ("open", "stopped"):
        told.received(root, at("17 08:00"))
        told.turn(root, 1, at("17 08:00"), at("18 08:00"))
    told.turn("open", 2, at("18 08:00"))
    told.turn("stopped", 2, at("18 08:00"), at("21 08:00"), "withdrawn")
    told.ended("stopped", at("21 08:00"), "stopped")

    first_only = told.under(processes=(process(leg("a", FIRST)),))
    one_more = told.under(processes=(process(*TWO["legs"], leg("sign", BOARD)),))

    assert {root: it.after.end for root, it in first_only.items()} == {
        "open": "resolved",
        "stopped": "resolved",
    }
    assert {root: it.after.ended for root, it in first_only.items()} == dict.fromkeys(
        first_only, at("18 08:00")
    )
    assert (one_more["open"].after.end, one_more["open"].after.verdict) == (None, "open")
    assert (one_more["stopped"].after.end, one_more["stopped"].after.ended) == ("stopped", at("21 08:00"))
    assert one_more["stopped"].after.legs == {FIRST: 1, SECOND: 1}


def test_what_cannot_be_planned_is_left_out_and_says_why() -> None:
    told = simple()
    told.add("intake.dossier-received", at("17 09:00"), "parked", {**told.documents[4]["data"], "code": "z"})

    totals = told.totals(Alternative((process(leg("a", "H47.55")),))).as_json({})
    no_kind = told.totals(Alternative((process(leg("a", {"kind": "x", "level": "commune"})),)))
    nobody = told.totals(Alternative((process(leg("a", "competent")),)))

    assert totals["left_out"] == {"agency-unknown": 1, "not-planned": 1}
    assert (totals["dossiers"], totals["load_by_agency"]) == (0, [])
    assert set(no_kind.left_out) == {"no-agency-of-kind", "not-planned"}
    assert set(nobody.left_out) == {"no-competent-agency", "not-planned"}


def test_an_appointment_that_the_rules_do_not_give_stays_and_is_counted() -> None:
    told = simple()
    told.documents[4]["data"]["due_at"] = to_text(at("28 08:00"))
    off = Alternative(calendar=read_calendar("- {day: 2019-06-18, kind: off, source: bão}"))

    totals = told.totals(off).as_json({})

    assert totals["due_dates"]["equal"] == 1
    assert totals["model"]["due_left_as_recorded"] == 1


def test_a_leg_that_its_term_ended_is_ended_by_its_new_term() -> None:
    old = process(leg("post", FIRST, "2", at_term="elapse", pause="posting"), leg("b", SECOND))
    told = Told(old)
    told.received("d", at("17 08:00"))
    told.turn("d", 1, at("17 08:00"), at("19 08:00"), "elapsed")
    told.turn("d", 2, at("19 08:00"), at("20 08:00"))
    told.ended("d", at("20 08:00"))
    shorter = process(leg("post", FIRST, "1", at_term="elapse", pause="posting"), leg("b", SECOND))

    it = told.under(processes=(shorter,))["d"]

    assert it.after.ended == at("19 08:00")
    assert it.after.legs == {SECOND: 1}  # a notice is nobody's work


def test_a_dossier_that_was_moved_and_handed_on_is_known_by_its_last_way() -> None:
    new = process(leg("b", SECOND), leg("a", BOARD), version=2)
    told = Told(TWO, new)
    told.received("d", at("17 08:00"))
    name = told.turn("d", 1, at("17 08:00"))
    told.legs["d"] = plan(new, DESK, None, told.registry.at(to_text(at("17 08:00"))), {})
    moved = {"code": "code-d", "process": "p", "from_version": 1, "version": 2, "legs": told.legs["d"]}
    told.add("routing.itinerary-moved", at("17 10:00"), "d", moved)
    handed_on = {"leg": name, "number": 2, "agency": BOARD, "due_at": None}
    told.add("routing.leg-rehomed", at("18 08:00"), "d", handed_on)
    told.add("routing.leg-closed", at("19 08:00"), "d", {**handed_on, "outcome": "completed"})
    told.ended("d", at("19 08:00"))

    assert not told.under(processes=(new,))["d"].changed
    it = told.under(processes=(process(leg("a", BOARD)),))["d"]

    assert {who: hours(time) for who, time in it.before.held.items()} == {BOARD: 8, FIRST: 8}
    assert (it.after.ended, it.after.legs) == (at("19 08:00"), {BOARD: 1})


def test_a_desk_that_may_not_enter_keeps_its_process() -> None:
    other = process(leg("a", BOARD), entry=[{"id": HEIR}], version=2)

    assert not simple().under(processes=(other,))["d"].changed


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"change": "merge", "agencies": ["H47.77"], "into": HEIR}, "agency-unknown"),
        ({"change": "rename", "agency": FIRST, "to": "H47.78"}, "unknown-successor"),
        ({"change": "rename", "agency": FIRST, "to": FIRST}, "agency-succeeds-itself"),
        ({"change": "merge", "agencies": [FIRST, HEIR], "into": HEIR}, "agency-succeeds-itself"),
        (
            {
                "change": "split",
                "agency": FIRST,
                "successors": [{"agency": SECOND}, {"agency": HEIR}],
            },
            "split-without-rule",
        ),
        ({"change": "re-parent", "agency": FIRST, "parent": FIRST}, "agency-parent-cycle"),
        ({"change": "re-parent", "agency": FIRST, "parent": "H47.79"}, "agency-parent-unknown"),
    ],
    ids=["unknown", "no-heir", "itself", "merged-into-itself", "split", "own-parent", "unknown-parent"],
)
def test_plans_that_could_not_be_carried_out_are_refused(change: dict[str, Any], code: str) -> None:
    plan = read_plan(plan_of(change))
    with pytest.raises(RefusedError) as refused:
        simple().simulation(Alternative(plan=plan))
    assert refused.value.code == code


def test_what_changes_nothing_or_has_no_record_is_refused() -> None:
    with pytest.raises(RefusedError, match="plan-without-changes"):
        read_plan(plan_of())
    with pytest.raises(RefusedError, match="nothing-recorded"):
        Told().simulation(Alternative())
