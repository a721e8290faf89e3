"""The same alternative changes nothing, whatever happened; and what is played anew adds up."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.simulation.alternative import Alternative, read_calendar, read_plan
from deploy.simulation.as_recorded import as_recorded
from deploy.simulation.replaying import played_anew
from deploy.simulation.simulation import Wanted
from services.routing.rules.timetable import timetable
from shared.clock import to_text
from tests.unit.simulation.told import (
    AGENCIES,
    BOARD,
    DAYS_5,
    FIRST,
    HEIR,
    SECOND,
    TWO,
    Told,
    agency,
    at,
    leg,
    process,
    simple,
)

URGENT = {"fact": "urgent", "equals": True}
DEFINITIONS = (
    TWO,
    process(
        leg("start", FIRST, "0"),
        leg("ask", SECOND, "3", after=["start"], at_term="consent"),
        leg("also", BOARD, "2", after=["start"]),
        leg("end", "receiver", None, after=["ask", "also"], join="any"),
        process="parallel",
        procedure="Q",
        cutoff="15:00",
        limit=DAYS_5,
    ),
    process(
        leg("post", FIRST, "2", pause="posting", at_term="elapse"),
        leg("board", BOARD, "2", when=URGENT),
        leg("decide", SECOND, "1"),
        process="posted",
        procedure="R",
        facts={"urgent": {}},
    ),
)
BYSTANDER = agency("H47.98")
NO_CHANGE: dict[str, Any] = {
    "processes": DEFINITIONS,
    "plan": read_plan(
        {
            "plan": "x",
            "basis": "NQ 1",
            "from": "2019-01-02T00:00:00+07:00",
            "changes": [{"change": "rename", "agency": "H47.98", "to": FIRST}],
        }
    ),
    "calendar": read_calendar("- {day: 2019-06-16, kind: off, source: chủ nhật}"),
}
"""The live definitions, a plan for an agency that nobody saw, and a Sunday off."""


def random_history(seed: int, *, turned: bool = True) -> Told:
    """Tell of dossiers on random ways, at all hours, some with waits and transfers, some still open."""
    random = Random(seed)  # noqa: S311 - hypothesis gives the seed
    told = Told(*DEFINITIONS, agencies=[*AGENCIES, BYSTANDER])
    for number in range(random.randint(1, 6)):
        one_dossier(told, f"d{number}", random, turned=turned)
    return told


def one_dossier(told: Told, root: str, random: Random, *, turned: bool) -> None:
    received = at("03 00:00") + timedelta(minutes=random.randrange(10 * 24 * 60))
    limit = random.choice([None, DAYS_5, {"amount": "3", "unit": "calendar_day"}])
    facts = {"facts": {"urgent": True}} if random.random() < 0.5 else {}
    told.received(root, received, random.choice(DEFINITIONS), limit=limit, **facts)

    def closes(_leg: Any, opened: datetime) -> datetime:
        return opened + timedelta(minutes=random.randrange(4 * 24 * 60))

    turns = timetable(told.legs[root], received, closes)
    last = random.choice([None, received + timedelta(days=random.randrange(5))])
    for turn in turns:
        if last is None or turn.opened_at <= last:
            closed = turn.closed_at if last is None or turn.closed_at <= last else None
            one_turn(told, root, turn.number, turn.opened_at, closed, random=random if turned else None)
    if last is None:
        told.ended(root, max(turn.closed_at for turn in turns))
    elif random.random() < 0.5:
        told.ended(root, last, random.choice(["stopped", "withdrawn"]))


def one_turn(
    told: Told, root: str, number: int, opened: datetime, closed: datetime | None, *, random: Random | None
) -> None:
    """Tell of a turn, perhaps with a transfer or a wait in the middle."""
    if random is None or closed is None or random.random() < 0.5:
        told.turn(root, number, opened, closed)
        return
    middle = opened + (closed - opened) / 2
    if random.random() < 0.5:
        told.turn(root, number, opened, middle, "transferred")
        told.turn(root, number, middle, closed, agency=BOARD, from_number=number)
    else:
        due = random.choice([None, to_text(closed)])
        told.waited(root, told.turn(root, number, opened, closed), opened, middle, due)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.sets(st.sampled_from(sorted(NO_CHANGE))))
def test_what_is_the_same_changes_nothing(seed: int, parts: set[str]) -> None:
    alternative = Alternative(**{part: NO_CHANGE[part] for part in parts})

    totals = random_history(seed).totals(alternative)
    found = totals.as_json({})

    assert (totals.changed, totals.modelled, totals.left_out) == (0, 0, {})
    assert found["verdicts"]["before"] == found["verdicts"]["after"]
    for rows in (found["load_by_agency"], found["lateness_by_agency"]):
        assert all(row["before"] == row["after"] for row in rows)
    assert found["due_dates"]["equal"] == found["ends"]["equal"] == found["dossiers"] > 0


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_the_recorded_way_played_anew_is_the_record(seed: int) -> None:
    simulation = random_history(seed, turned=False).simulation(Alternative())

    for it in simulation._dossiers:
        way = simulation._recorded_way(it, simulation._definition(it.process)) if it.process else None
        assert way is not None
        anew, recorded = played_anew(it, way, simulation._recorded_world), as_recorded(it)
        if it.end == "resolved":
            assert (anew.end, anew.ended) == (recorded.end, recorded.ended)
            assert [turn.segments for turn in anew.turns] == [turn.segments for turn in recorded.turns]
            assert [turn.due for turn in anew.turns] == [
                turn.due for turn in recorded.turns
            ] or it.procedure == "Q"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_sources_may_come_in_any_order_among_each_other_and_parts_add_up(seed: int) -> None:
    other = process(leg("b", SECOND, "1"), leg("new", HEIR, "4"), leg("a", FIRST, "1"), version=9)
    plan = read_plan(
        {
            "plan": "x",
            "basis": "NQ 1",
            "from": "2019-06-10T00:00:00+07:00",
            "agencies": [{name: value for name, value in agency(HEIR).items() if name != "area"}],
            "changes": [{"change": "merge", "agencies": [SECOND, BOARD], "into": HEIR}],
        }
    )
    alternative = Alternative((other,), plan, read_calendar("- {day: 2019-06-11, kind: off, source: bão}"))
    told = random_history(seed)
    found: dict[str, Any] = {}
    straight = told.totals(alternative, found).as_json({})

    sources = ("processing", "routing", "intake")
    told.documents.sort(key=lambda document: sources.index(document["type"].split(".")[1]))

    assert told.totals(alternative).as_json({}) == straight
    for it in found.values():
        for course in (it.before, it.after):
            assert sum(course.parts.values(), timedelta()) == course.late
            assert (course.late > timedelta()) <= (course.verdict == "late")


def test_days_and_procedures_can_be_picked_and_nothing_picked_is_refused() -> None:
    told = simple()
    simulation = told.simulation(Alternative())

    assert simulation.run(Wanted("2019-06-17", "2019-06-17", frozenset({"P"}))).dossiers == 1
    for nothing in (
        Wanted(first="2019-06-18"),
        Wanted(last="2019-06-16"),
        Wanted(procedures=frozenset({"X"})),
    ):
        with pytest.raises(Exception, match="nothing-recorded"):
            simulation.run(nothing)
