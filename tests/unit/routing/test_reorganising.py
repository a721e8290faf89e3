"""Agencies end with dossiers before them: who goes on with what, and nothing half-done, doubled or left behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast
from uuid import UUID, uuid5

import pytest

import services.routing
from services.routing.api.finishing import finish
from services.routing.application import reorganising
from services.routing.application.previewing import Previewing
from services.routing.application.register import Register
from services.routing.application.reorganising import Reorganising
from services.routing.application.routing import Routing
from services.routing.domain.itinerary import Itinerary
from services.routing.tables import DirectoryTables
from shared.clock import to_text
from shared.errors import RefusedError
from shared.persistence.database import Database
from shared.persistence.migrations import PLUMBING, MigrationSet, migrate
from shared.persistence.recorder import LogRecorder
from shared.persistence.unit_of_work import UnitOfWork
from shared.working_time.vietnam import vietnam_calendar
from tests.builders.routing import (
    AGENCIES,
    DEPARTMENT,
    DESK,
    DISTRICT,
    DOSSIER,
    NOW,
    POLICE,
    act_at,
    agency,
    leg,
    process,
    received,
)
from tests.fixtures.databases import Open

Result = TypeVar("Result")

MIGRATIONS = MigrationSet("routing", Path(services.routing.__file__ or "").parent / "migrations")
MOMENT = datetime(2019, 6, 30, 17, tzinfo=UTC)
FROM = "2019-06-30T17:00:00.000000Z"
OTHER_DESK, WARD, WEST = "H47.71.02", "H47.101", "H47.102"
WAY = [leg("receiver"), leg({"id": DISTRICT}), leg({"id": DEPARTMENT}, None), leg("receiver", "0.5")]


def plan(*changes: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {
        "plan": "two-levels",
        "basis": "NQ 1",
        "from": FROM,
        "agencies": [
            {**agency(WARD, "commune", "ward", "QNA.TK"), "valid_from": FROM},
            {**agency(WEST, "commune", "ward", "QNA.TK.TT"), "valid_from": FROM},
        ],
        "competences": [],
        "processes": [],
        "changes": list(changes),
        **other,
    }


def merge(*agencies: str, into: str = WARD) -> dict[str, Any]:
    return {"change": "merge", "agencies": list(agencies), "into": into}


def split(*successors: tuple[str, list[str] | None]) -> dict[str, Any]:
    heirs = [{"agency": one, "areas": areas} for one, areas in successors]
    return {"change": "split", "agency": DISTRICT, "successors": heirs}


MERGED = plan(merge(DISTRICT))


def later(**after: float) -> Any:
    return act_at(MOMENT + timedelta(**(after or {"hours": 9})))


class Office:
    """A process of routing over a database, each step a unit of its own."""

    def __init__(self, database: Database) -> None:
        self.log = LogRecorder(database)
        self.directory = DirectoryTables(database)
        self.routing = Routing(self.log, self.directory, vietnam_calendar())
        self.register = Register(self.routing, self.directory)
        self.reorganising = Reorganising(self.routing, self.register)
        self.unit = UnitOfWork(database, self.routing, [self.directory])

    def does(self, step: Callable[..., Result], *arguments: Any) -> Result:
        return self.unit.run(lambda _: step(*arguments))

    def receives(self, *dossiers: UUID, **stated: Any) -> None:
        """Take dossiers in and bring them to their second leg."""
        for dossier in dossiers:
            self.does(self.routing.start, received(**stated), act_at(dossier=dossier))
            (first,) = self.seen(dossier).open
            self.does(self.routing.leg_ended, first, "completed", act_at(NOW + timedelta(hours=1), dossier))

    def seen(self, dossier: UUID = DOSSIER) -> Itinerary:
        return cast("Itinerary", self.does(self.routing.find_afresh, dossier))

    def at(self, dossier: UUID = DOSSIER) -> list[str]:
        """The agencies of its open legs."""
        return sorted(one["agency"] for one in self.seen(dossier).open.values())

    def begins(self, wanted: dict[str, Any]) -> bool:
        return self.does(self.reorganising.begin, wanted, later())

    def rehomes(self, limit: int = 100, after: UUID | None = None, act: Any = None) -> dict[str, Any]:
        return self.does(self.reorganising.rehome, "two-levels", after, limit, act or later())

    def finishes(self) -> dict[str, Any]:
        return finish(self.unit, self.reorganising, "two-levels", later())

    def carries_out(self, wanted: dict[str, Any]) -> dict[str, Any]:
        self.begins(wanted)
        done = self.rehomes()
        self.finishes()
        return done

    def head(self) -> int:
        return self.log.max_notification_id() or 0

    def events(self, topic: str, after: int = 0) -> list[Any]:
        stored = self.log.select_notifications(start=after + 1, limit=1000, topics=[topic])
        return [self.routing.mapper.to_domain_event(one) for one in stored]

    def alive(self, moment: datetime = MOMENT) -> list[str]:
        found = self.does(lambda: self.directory.registry().at(to_text(moment)).alive())
        return [facts["agency"] for facts in found]


REHOMED = "routing.itinerary.leg-rehomed"


@pytest.fixture
def another(open_sqlite: Open) -> Callable[[], Office]:
    """Opens another process over the same database."""
    migrate(open_sqlite(), [PLUMBING, MIGRATIONS])
    return lambda: Office(open_sqlite())


@pytest.fixture
def office(another: Callable[[], Office]) -> Office:
    office = another()
    data = {"agencies": AGENCIES, "processes": [process(WAY)]}
    office.does(office.register.take_in, data, act_at())
    return office


@pytest.fixture
def waiting(office: Office) -> Office:
    """One dossier lies with the district."""
    office.receives(DOSSIER)
    assert office.at() == [DISTRICT]
    return office


def refusal(step: Callable[[], Any]) -> str:
    with pytest.raises(RefusedError) as refused:
        step()
    return refused.value.problem.code


def test_an_open_leg_goes_to_the_successor_as_it_is(waiting: Office) -> None:
    (before,) = waiting.seen().open.items()

    done = waiting.carries_out(MERGED)

    assert done == {
        "examined": 1,
        "dossiers": 1,
        "legs": [{"agency": DISTRICT, "successor": WARD, "legs": 1}],
        "next": None,
    }
    assert list(waiting.seen().open.items()) == [(before[0], {**before[1], "agency": WARD})]
    (event,) = waiting.events(REHOMED)
    assert (event.from_agency, event.agency, event.due_at) == (DISTRICT, WARD, before[1]["due_at"])
    assert (event.plan, event.basis) == ("two-levels", "NQ 1")
    assert "2019-07-01" in event.reasons[0]["en"]
    assert "2019-07-01" in event.reasons[0]["vi"]


@pytest.mark.parametrize(
    ("area", "successor"),
    [("QNA.TK.TT", WEST), ("QNA.TK.TT.01", WEST), ("QNA.TK.AX", WARD), ("QNA.HA", WARD), (None, WARD)],
)
def test_after_a_split_the_dossiers_area_says_who_goes_on(
    office: Office, area: str | None, successor: str
) -> None:
    office.receives(DOSSIER, area=area)

    office.carries_out(plan(split((WARD, None), (WEST, ["QNA.TK.TT"]))))

    assert office.at() == [successor]


def test_a_dossier_about_another_place_goes_with_the_agencys_own_area(office: Office) -> None:
    office.receives(DOSSIER, area="QNA.HA")

    office.carries_out(plan(split((WARD, ["QNA.TK"]), (WEST, ["QNA.TK.TT"]))))

    assert office.at() == [WARD]


def test_a_leg_to_come_opens_at_the_successor_and_says_why(waiting: Office) -> None:
    renamed = {"change": "rename", "agency": DEPARTMENT, "to": WARD}
    waiting.carries_out(plan(renamed, {**split((WARD, None)), "change": "abolish", "agency": DESK}))
    (lies,) = waiting.seen().open
    assert waiting.at() == [DISTRICT]

    waiting.does(waiting.routing.leg_ended, lies, "completed", later(days=1))
    (lies,) = waiting.seen().open
    waiting.does(waiting.routing.leg_ended, lies, "completed", later(days=2))

    opened = waiting.events("routing.itinerary.leg-opened")[-2:]
    assert [event.agency for event in opened] == [WARD, WARD]
    assert ["new identifier" in event.reasons[0]["en"] for event in opened] == [True, False]
    assert "was dissolved" in opened[1].reasons[0]["en"]
    assert waiting.seen().desk == DESK


def test_word_from_before_the_end_that_comes_after_the_plan_opens_no_leg_at_an_ended_agency(
    office: Office,
) -> None:
    office.does(office.routing.start, received(), act_at())
    (first,) = office.seen().open
    office.carries_out(MERGED)
    late = replace(act_at(NOW + timedelta(hours=1)), received_at=MOMENT, recorded_at=MOMENT)

    office.does(office.routing.leg_ended, first, "completed", late)

    assert office.at() == [WARD]


def test_another_parent_ends_nothing(waiting: Office) -> None:
    head = waiting.head()

    done = waiting.carries_out(plan({"change": "re-parent", "agency": DISTRICT, "parent": DEPARTMENT}))

    assert (done["dossiers"], done["legs"]) == (0, [])
    assert waiting.events(REHOMED, head) == []
    structure = waiting.does(waiting.directory.registry)
    assert structure.at(FROM).agency(DISTRICT)["parent"] == DEPARTMENT
    assert structure.at("2019-06-30T16:59:59.000000Z").agency(DISTRICT)["parent"] is None


def test_two_agencies_asked_for_an_opinion_may_become_one(office: Office) -> None:
    asked = {**leg("receiver"), "id": "ask"}
    del asked["agency"]
    way = [leg("receiver"), {**asked, "consult": [{"id": OTHER_DESK}, {"id": POLICE}]}, leg("receiver")]
    office.does(office.register.publish_process, process(way, 2, "2019-02-01"), act_at())
    office.receives(DOSSIER)
    ids = sorted(office.seen().open)

    office.carries_out(plan(merge(OTHER_DESK, POLICE)))

    assert office.at() == [WARD, WARD]
    assert sorted(office.seen().open) == ids
    for opinion in ids:
        office.does(office.routing.leg_ended, opinion, "completed", later(days=1))
    assert [one["number"] for one in office.seen().open.values()] == [4]


def test_a_leg_that_waits_for_the_applicant_goes_too_and_still_waits(waiting: Office) -> None:
    (lies,) = waiting.seen().open
    waiting.does(waiting.routing.pause, lies, "supplement", "thiếu giấy", act_at(NOW + timedelta(hours=2)))

    waiting.carries_out(MERGED)

    ((pause, begun),) = waiting.seen().pauses.items()
    assert begun["agency"] == WARD
    waiting.does(waiting.routing.resume, pause, later(days=1))
    assert waiting.at() == [WARD]
    assert waiting.seen().pauses == {}


def test_what_is_not_before_an_ended_agency_stays(office: Office) -> None:
    done, lies_elsewhere = (uuid5(DOSSIER, name) for name in ("done", "elsewhere"))
    office.receives(done)
    office.does(office.routing.withdraw, "rút", act_at(NOW + timedelta(hours=2), done))
    office.does(office.routing.start, received(), act_at(dossier=lies_elsewhere))
    before = {one: office.seen(one).version for one in (done, lies_elsewhere)}

    found = office.carries_out(MERGED)

    assert (found["examined"], found["dossiers"]) == (1, 0)
    assert {one: office.seen(one).version for one in before} == before


def test_a_chain_of_successions_is_one_step_for_a_leg(waiting: Office) -> None:
    waiting.begins(MERGED)
    rename = {"change": "rename", "agency": WARD, "to": WEST}
    act = later(days=2)
    further = plan(rename, plan="later", agencies=[], **{"from": to_text(MOMENT + timedelta(days=1))})
    waiting.does(waiting.reorganising.begin, further, act)

    waiting.rehomes(act=act)

    (event,) = waiting.events(REHOMED)
    assert (event.from_agency, event.agency, len(event.reasons)) == (DISTRICT, WEST, 2)
    waiting.finishes()


def test_a_plan_is_carried_out_once(waiting: Office) -> None:
    waiting.carries_out(MERGED)
    head = waiting.head()

    assert refusal(lambda: waiting.begins(MERGED)) == "plan-already-applied"
    assert waiting.rehomes()["dossiers"] == 0
    assert refusal(waiting.finishes) == "plan-already-applied"
    assert refusal(lambda: waiting.begins({**MERGED, "basis": "NQ 2"})) == "plan-differs"
    assert waiting.head() == head


def test_another_plan_of_the_same_name_is_refused_from_the_start(waiting: Office) -> None:
    assert waiting.begins(MERGED)
    head = waiting.head()

    assert refusal(lambda: waiting.begins(plan(merge(DISTRICT, into=WEST)))) == "plan-differs"
    assert not waiting.begins(MERGED)
    assert waiting.head() == head


def test_legs_move_when_the_plan_takes_effect_and_not_before(waiting: Office) -> None:
    act = act_at(MOMENT - timedelta(seconds=1))
    waiting.does(waiting.reorganising.begin, MERGED, act)

    assert refusal(lambda: waiting.rehomes(act=act)) == "plan-not-yet-effective"
    early = lambda: finish(waiting.unit, waiting.reorganising, "two-levels", act)  # noqa: E731
    assert refusal(early) == "plan-not-yet-effective"
    assert waiting.at() == [DISTRICT]
    waiting.rehomes(act=act_at(MOMENT))
    assert waiting.at() == [WARD]


def test_a_plan_does_not_end_with_legs_left_behind(waiting: Office) -> None:
    waiting.begins(MERGED)

    assert refusal(waiting.finishes) == "plan-not-finished"
    waiting.rehomes()
    waiting.finishes()


def test_others_write_while_a_plan_looks_for_what_is_left_behind(
    office: Office, another: Callable[[], Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reorganising, "PAGE", 2)
    dossiers = sorted(uuid5(DOSSIER, str(number)) for number in range(5))
    office.receives(*dossiers)
    office.begins(MERGED)
    office.rehomes()
    colleague = another()

    def works(page: int) -> None:
        (lies,) = colleague.seen(dossiers[page]).open
        colleague.does(colleague.routing.leg_ended, lies, "completed", later(days=1).on(root=dossiers[page]))

    office.unit = cast("UnitOfWork", _Between(office.unit, works))

    counts = office.finishes()

    assert counts["dossiers"] == 5
    assert [colleague.at(one) for one in dossiers] == [[WARD], *[[DEPARTMENT]] * 4]


class _Between:
    """Units of work after each of which somebody else works, too."""

    def __init__(self, unit: UnitOfWork, works: Callable[[int], None]) -> None:
        self._unit = unit
        self._works = works
        self._units = 0

    def run(self, step: Callable[..., Result]) -> Result:
        result = self._unit.run(step)
        self._units += 1
        self._works(self._units)
        return result


def test_what_another_process_did_is_seen_before_a_plan_ends(
    office: Office, another: Callable[[], Office]
) -> None:
    office.does(office.routing.start, received(), act_at())
    assert office.at() == [DESK]
    colleague = another()
    (first,) = colleague.seen().open
    colleague.does(colleague.routing.leg_ended, first, "completed", act_at(NOW + timedelta(hours=1)))
    office.begins(MERGED)

    assert refusal(office.finishes) == "plan-not-finished"
    assert office.rehomes()["dossiers"] == 1
    office.finishes()


def test_nothing_is_known_of_a_plan_that_was_not_begun(waiting: Office) -> None:
    assert refusal(waiting.rehomes) == "plan-unknown"
    assert refusal(waiting.finishes) == "plan-unknown"


WRONG = {
    "agency-succeeds-itself": plan(merge(POLICE), merge(DISTRICT, into=DISTRICT)),
    "split-without-rule": plan(merge(POLICE), split((WEST, ["QNA.TK.TT"]))),
    "unknown-successor": plan(merge(POLICE), merge(DISTRICT, into="H47.999")),
    "agency-unknown": plan(merge(POLICE), merge("H47.999")),
    "agency-already-ended": plan(merge(POLICE), merge(POLICE, into=WEST)),
    "agency-parent-unknown": plan(
        merge(POLICE), {"change": "re-parent", "agency": DISTRICT, "parent": "H47.999"}
    ),
}


@pytest.mark.parametrize("code", WRONG)
def test_a_plan_with_something_wrong_in_it_leaves_no_trace(waiting: Office, code: str) -> None:
    head, alive = waiting.head(), waiting.alive()

    assert refusal(lambda: waiting.begins(WRONG[code])) == code

    assert (waiting.head(), waiting.alive()) == (head, alive)
    assert refusal(waiting.rehomes) == "plan-unknown"
    waiting.carries_out(MERGED)  # the name is still free
    assert waiting.at() == [WARD]


def test_whoever_dies_between_batches_begins_again_and_moves_each_leg_once(
    office: Office, another: Callable[[], Office]
) -> None:
    dossiers = [uuid5(DOSSIER, str(number)) for number in range(7)]
    office.receives(*dossiers)
    before = {one: {leg: it["due_at"] for leg, it in office.seen(one).open.items()} for one in dossiers}
    office.begins(MERGED)
    half = office.rehomes(limit=3)
    assert (half["dossiers"], half["next"]) == (3, str(sorted(dossiers)[2]))

    survivor = another()
    assert not survivor.begins(MERGED)
    assert refusal(survivor.finishes) == "plan-not-finished"
    moved, after = [], None
    while True:
        batch = survivor.rehomes(limit=3, after=after)
        moved.append(batch["dossiers"])
        if batch["next"] is None:
            break
        after = UUID(batch["next"])
    counts = survivor.finishes()

    assert moved == [0, 3, 1]
    assert counts["dossiers"] == sum(row["legs"] for row in counts["legs"]) == len(dossiers)
    assert sorted(event.originator_id for event in survivor.events(REHOMED)) == sorted(dossiers)
    assert before == {
        one: {leg: it["due_at"] for leg, it in survivor.seen(one).open.items()} for one in dossiers
    }


def test_a_preview_counts_what_would_go_where_and_may_be_asked_for_a_plan_begun(waiting: Office) -> None:
    wanted = plan(merge(DISTRICT), split((WARD, None)) | {"change": "abolish", "agency": DESK})

    for begun in (False, True):
        head = waiting.head()
        with pytest.raises(_TakenBackError) as seen:
            waiting.does(_preview_and_take_back, waiting, wanted)
        assert waiting.head() == head
        rows = {row["agency"]: row for row in seen.value.args[0]["by_agency"]}
        counted = ("dossiers", "open_legs", "with_due_time", "legs_to_come", "received_here")
        assert [rows[DISTRICT][name] for name in counted] == [1, 1, 1, 0, 0]
        assert [rows[DESK][name] for name in counted] == [1, 0, 0, 1, 1]
        assert rows[DISTRICT]["processes"] == ["a-process 1"]
        if not begun:
            waiting.begins(wanted)


class _TakenBackError(Exception):
    """Carries what a preview saw out of its unit."""


def _preview_and_take_back(office: Office, wanted: dict[str, Any]) -> None:
    raise _TakenBackError(Previewing(office.routing, office.reorganising).preview(wanted, None, 100, later()))


def test_history_told_after_the_end_is_freed_by_another_round(waiting: Office) -> None:
    waiting.carries_out(MERGED)
    late = UUID(int=77)
    told = [replace(act_at(NOW + timedelta(hours=hour), late), historical=True) for hour in (0, 1)]
    waiting.does(waiting.routing.start, received(), told[0])
    (first,) = waiting.seen(late).open
    waiting.does(waiting.routing.leg_ended, first, "completed", told[1])
    assert waiting.at(late) == [DISTRICT]

    assert waiting.rehomes()["dossiers"] == 1
    assert waiting.at(late) == [WARD]


def test_a_plan_moves_only_what_lies_before_the_agencies_that_it_ends(waiting: Office) -> None:
    waiting.begins(MERGED)
    other = {**plan({"change": "rename", "agency": POLICE, "to": WEST}), "plan": "second", "agencies": []}
    waiting.does(waiting.reorganising.begin, other, later())

    assert waiting.does(waiting.reorganising.rehome, "second", None, 100, later())["legs"] == []
    finish(waiting.unit, waiting.reorganising, "second", later())
    assert waiting.rehomes()["legs"] == [{"agency": DISTRICT, "successor": WARD, "legs": 1}]


def test_who_is_unknown_gets_no_other_parent(waiting: Office) -> None:
    head = waiting.head()
    wanted = plan({"change": "re-parent", "agency": "H99.99", "parent": DESK})

    assert refusal(lambda: waiting.begins(wanted)) == "agency-unknown"
    assert waiting.head() == head


@pytest.mark.parametrize("first", ["re-parent", "merge"])
def test_nobody_comes_under_an_agency_that_the_same_plan_ends(waiting: Office, first: str) -> None:
    changes = [
        {"change": "re-parent", "agency": OTHER_DESK, "parent": DISTRICT},
        {"change": "merge", "agencies": [DISTRICT], "into": WARD},
    ]
    with pytest.raises(RefusedError, match="agency-parent-not-operating"):
        waiting.carries_out(plan(*(changes if first == "re-parent" else reversed(changes))))
