"""The further reports against figures counted by another program, and each in every format."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from statistics import median_low
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.statistics.api import report_of
from services.statistics.papers.formats import FORMATS
from services.statistics.papers.paper import Imprint
from services.statistics.read_model import versions
from services.statistics.read_model.working_set import WorkingSet
from services.statistics.reports.answers import Answer, Question
from services.statistics.reports.asking import REPORTS
from services.statistics.reports.periods import whole
from shared.acts import Actor
from shared.clock import VIETNAM
from shared.contracts.envelope import Message
from shared.errors import RefusedError
from shared.working_time.elapsed import working_minutes_between
from shared.working_time.vietnam import vietnam_calendar
from tests.builders.statistics import (
    CENTRE,
    COMMUNE,
    LAND,
    PROCEDURE,
    TAX,
    Province,
    code_of,
    vietnam,
    with_bodies,
)
from tests.integration.statistics.conftest import Office
from tests.integration.statistics.test_online import ANSWERS, DISTRICT, HEAD, OFFICE, OTHER, YEAR, province

pytestmark = pytest.mark.integration

CALENDAR = vietnam_calendar()
CUT = vietnam(2019, 12, 20, 18)
START = vietnam(2019, 1, 1, 0)
FURTHER = (
    "late",
    "carried",
    "acceptance",
    "districts",
    "discipline",
    "adoption",
    "flows",
    "legs",
    "dossiers",
)


@dataclass(frozen=True, slots=True)
class Life:
    """One dossier of the recount."""

    lead: str
    channel: str
    filed: datetime
    accepted_after: timedelta | None
    """None: nobody received it yet."""
    limit: int
    resolved_after: int | None
    taken_after: timedelta | None
    """Until the first agency took its leg on."""
    told_after: timedelta
    """Until that it was done was recorded."""

    @property
    def leg(self) -> int:
        """The first leg, which the centre hands to the land office, or the second, to the tax office."""
        return 2 if self.channel == "post" else 1

    @property
    def received(self) -> datetime | None:
        return None if self.accepted_after is None else self.filed + self.accepted_after

    @property
    def resolved(self) -> datetime | None:
        if self.received is None or self.resolved_after is None:
            return None
        return self.received + timedelta(days=self.resolved_after)

    @property
    def due(self) -> datetime | None:
        return self.received + timedelta(days=self.limit) if self.received else None


EDGES = st.sampled_from([24 * 60 - 30, 24 * 60, 24 * 60 + 1])
"""A day on is eight working hours on, as long as both are working days."""


def minutes(most: int) -> st.SearchStrategy[timedelta]:
    return (EDGES | st.integers(0, most)).map(lambda many: timedelta(minutes=many))


lives = st.builds(
    Life,
    lead=st.sampled_from(sorted(ANSWERS)),
    channel=st.sampled_from(["online", "direct", "post"]),
    filed=st.integers(-40, 400).map(lambda day: vietnam(2019, 1, 1, 9) + timedelta(days=day)),
    accepted_after=st.none() | minutes(4000),
    limit=st.integers(1, 40),
    resolved_after=st.none() | st.integers(1, 60),
    taken_after=st.none() | minutes(6000),
    told_after=minutes(3000),
)


def tell(found: Province, number: int, life: Life) -> None:
    found.submit(number, life.filed, life.channel)
    if life.received is None or life.due is None:
        return
    found.receive(number, life.received, life.due, channel=life.channel)
    found.plan(number, life.received, lead=life.lead)
    found.open_leg(number, life.leg, 1, life.received)
    if life.taken_after is not None:
        found.work("leg-accepted", number, life.leg, 1, life.received + life.taken_after, officer="chi-lan")
    if life.resolved is not None:
        told = {"recorded": life.resolved + life.told_after}
        found.work("leg-completed", number, life.leg, 1, life.resolved, **told, note=None, reference=None)
        found.close_leg(number, life.leg, 1, life.resolved)
        found.resolve(number, life.resolved, verdict(life))


def verdict(life: Life) -> str:
    assert life.resolved
    assert life.due
    done, due = (moment.astimezone(VIETNAM).date() for moment in (life.resolved, life.due))
    return "early" if done < due else "on_time" if done == due else "late"


def at_cut(life: Life) -> bool:
    return life.received is not None and life.received < CUT


def is_open(life: Life) -> bool:
    return at_cut(life) and (life.resolved is None or life.resolved >= CUT)


def in_period(moment: datetime | None) -> bool:
    return moment is not None and START <= moment < CUT


def is_late(life: Life) -> bool:
    if in_period(life.resolved):
        return verdict(life) == "late"
    assert life.due or not at_cut(life)
    return is_open(life) and life.due is not None and life.due.astimezone(VIETNAM).date() < CUT.date()


def arrivals(sent: Sequence[Message], order: Random) -> list[Message]:
    """Return messages as they may arrive: each source's of a dossier in order, all others anyhow, and some twice."""
    queues: dict[tuple[str, str | None], deque[Message]] = defaultdict(deque)
    for message in sent:
        queues[message.source, message.rootid].append(message)
    turns = [key for key, queue in queues.items() for _message in queue]
    order.shuffle(turns)
    found: list[Message] = []
    for key in turns:
        found.append(queues[key].popleft())
        if order.random() < 0.2:
            found.append(order.choice(found))
    return found


@contextmanager
def told(office: Office, dossiers: list[Life], order: Random | None = None) -> Iterator[Any]:
    """Give a way to ask reports of these dossiers alone; nothing is left behind.

    `order` lets their messages come mixed up, in small batches, some again long after.
    """
    found = province()
    for number, life in enumerate(dossiers):
        tell(found, number, life)
    with suppress(_RollbackError), office.database.transaction() as tx:
        versions.create(tx, 0)
        rows = WorkingSet(0, new=True)
        coming = arrivals(found.sent, order) if order else found.sent
        size = order.randint(3, 60) if order else len(coming)
        for start in range(0, len(coming), size):
            rows.take(tx, [body for _message, body in with_bodies(coming[start : start + size])])
            rows.write(tx)
            rows = WorkingSet(0)

        def ask(name: str, *by: str, **more: Any) -> Answer:
            first, last = date(2019, 1, 1), date(2019, 12, 31)
            question = Question(first, last, by=by, **more)
            return REPORTS[name].make(tx, 0, question, [whole(first, last, CUT)])[1]

        yield ask
        raise _RollbackError


class _RollbackError(Exception):
    """Leaves nothing behind."""


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dossiers=st.lists(lives, max_size=20), order=st.none() | st.randoms(use_true_random=False))
def test_every_further_report_is_what_a_naive_recount_gives(
    office: Office, dossiers: list[Life], order: Random | None
) -> None:
    with told(office, dossiers, order) as ask:
        _late(ask, dossiers)
        _carried(ask, dossiers)
        _acceptance(ask, dossiers)
        _districts(ask, dossiers)
        _discipline(ask, dossiers)
        _adoption(ask, dossiers)
        _flows(ask, dossiers)
        _legs(ask, dossiers)
        _levels(ask)
        _lists(ask, dossiers)


def _late(ask: Any, dossiers: list[Life]) -> None:
    wanted = {}
    for number, life in enumerate(dossiers):
        if is_late(life):
            assert life.due
            end = life.resolved if in_period(life.resolved) else CUT
            wanted[code_of(number)] = max(0, working_minutes_between(life.due, end or CUT, CALENDAR))
    answer = ask("late")
    assert {row["code"]: row["minutes"] for row in answer["rows"]} == wanted
    assert answer["total"] == {"dossiers": len(wanted), "minutes": sum(wanted.values())}
    assert [row["minutes"] for row in answer["rows"]] == sorted(wanted.values(), reverse=True)


def _carried(ask: Any, dossiers: list[Life]) -> None:
    total = ask("carried")["total"] or defaultdict(int)
    before = [life for life in dossiers if life.received and life.received < START]
    assert total["carried"] == sum(1 for life in before if life.resolved is None or life.resolved >= START)
    left = [life for life in dossiers if is_open(life)]
    ages = [(CUT - life.received) for life in left if life.received]
    assert total["carried_out"] == len(left)
    assert total["overdue"] == sum(1 for life in left if is_late(life))
    limits = [timedelta(0), *(timedelta(days=days) for days in (10, 30, 90)), timedelta.max]
    for key, over, upto in zip(
        ("up_to_10", "up_to_30", "up_to_90", "over_90"), limits, limits[1:], strict=False
    ):
        assert total[key] == sum(1 for age in ages if over < age <= upto)


def _acceptance(ask: Any, dossiers: list[Life]) -> None:
    filed = [life for life in dossiers if life.channel == "online" and in_period(life.filed)]
    waits = [
        working_minutes_between(
            life.filed, life.received if at_cut(life) and life.received else CUT, CALENDAR
        )
        for life in filed
    ]
    total = ask("acceptance", "unit")["total"] or defaultdict(int)
    assert total["filed"] == len(filed)
    assert total["answered"] == sum(1 for life in filed if at_cut(life))
    assert total["over_8h"] == sum(1 for wait in waits if wait > 480)
    assert (total["longest"] or 0) == max(waits, default=0)


def _districts(ask: Any, dossiers: list[Life]) -> None:
    rows = {row["part"]: row for row in ask("districts")["rows"] if row["district"] == DISTRICT}
    of = {"own": {OFFICE}, "communes": {COMMUNE, OTHER}, "all": {OFFICE, COMMUNE, OTHER}}
    for part, leads in of.items():
        theirs = [life for life in dossiers if life.lead in leads]
        assert rows[part]["received_in_period"] == sum(1 for life in theirs if in_period(life.received))
        assert rows[part]["resolved_total"] == sum(1 for life in theirs if in_period(life.resolved))
        assert rows[part]["in_progress_total"] == sum(1 for life in theirs if is_open(life))
        online = [life for life in theirs if in_period(life.resolved) and life.channel == "online"]
        assert rows[part]["resolved_online"] == len(online)
    assert rows["all"]["units"] == 3


def _discipline(ask: Any, dossiers: list[Life]) -> None:
    done = [life for life in dossiers if life.resolved and in_period(life.resolved)]
    delays = [
        working_minutes_between(life.resolved, life.resolved + life.told_after, CALENDAR)
        for life in done
        if life.resolved
    ]
    total = ask("discipline", "agency")["total"] or defaultdict(int)
    assert total["legs"] == len(done)
    assert total["told_late"] == sum(1 for delay in delays if delay > 480)
    assert total["not_accepted"] == sum(1 for life in done if life.taken_after is None)
    assert (total["longest"] or 0) == max(delays, default=0)


def _adoption(ask: Any, dossiers: list[Life]) -> None:
    received: Counter[str] = Counter(ANSWERS[life.lead] for life in dossiers if in_period(life.received))
    answer = ask("adoption")
    assert {row["unit"]: row["received"] for row in answer["rows"] if row["received"]} == dict(received)
    assert {CENTRE, LAND, TAX, DISTRICT, COMMUNE, OTHER} <= {row["unit"] for row in answer["rows"]}
    assert answer["total"]["received"] == received.total()
    ways = Counter((row["way"], row["uses"]) for row in answer["rows"])
    total = answer["total"]
    assert {row["unit"] for row in answer["rows"] if row["way"] == "system"} == {
        *(CENTRE, LAND, TAX),
        DISTRICT,  # by one of its offices
    }
    assert total["units_with_system_in_use"] == ways["system", True]
    assert total["units_with_worklist_in_use"] == ways["worklist", True]
    assert total["units_with_system"] + total["units_with_worklist"] == total["units"]
    unused = [row for row in answer["rows"] if not row["uses"]]
    assert all(row["ratio_of_all"] is None for row in unused), "no data, not nought"


def _flows(ask: Any, dossiers: list[Life]) -> None:
    opened = [life for life in dossiers if in_period(life.received)]
    waits = [
        working_minutes_between(life.received, life.received + life.taken_after, CALENDAR)
        for life in opened
        if life.received and life.taken_after is not None and life.received + life.taken_after < CUT
    ]
    total = ask("flows")["total"]
    if not opened:
        assert total is None
        return
    assert (total["legs"], total["accepted"]) == (len(opened), len(waits))
    assert total["waiting"] == len(opened) - len(waits)
    assert total["median"] == (median_low(waits) if waits else None)


def _legs(ask: Any, dossiers: list[Life]) -> None:
    waits: dict[str, int | None] = {}
    lives_of = {code_of(number): life for number, life in enumerate(dossiers)}
    for number, life in enumerate(dossiers):
        if life.received and in_period(life.received):
            taken = life.received + life.taken_after if life.taken_after is not None else None
            known = taken is not None and taken < CUT
            waits[code_of(number)] = (
                working_minutes_between(life.received, taken, CALENDAR) if known and taken else None
            )
    found = ask("legs")
    assert {row["code"]: row["waited"] for row in found["rows"]} == waits
    order = [row["waited"] for row in found["rows"]]
    told = [wait for wait in order if wait is not None]
    assert order == [None] * (len(order) - len(told)) + sorted(told, reverse=True)
    for by in ("agency", "unit", "level"):
        for row in ask("flows", by)["rows"]:
            between = {"giver": row["from"], "taker": row["to"], "direction": row["direction"]}
            for figure in ("legs", "accepted", "waiting"):
                behind = ask("legs", by, figure=figure, **between)
                assert behind["total"]["legs"] == len(behind["rows"]) == row[figure]
    of_one, of_none = (ask("flows", procedure=procedure)["total"] for procedure in (PROCEDURE, "khac"))
    assert (of_one, of_none) == (ask("flows")["total"], None)
    assert ask("legs", procedure="khac")["rows"] == []
    first, second = ({code for code in waits if lives_of[code].leg == leg} for leg in (1, 2))
    for agency, theirs in ((CENTRE, first), (LAND, first | second), (TAX, second), (DISTRICT, set())):
        assert {row["code"] for row in ask("legs", within=agency)["rows"]} == theirs


def _levels(ask: Any) -> None:
    units = ask("resolution", "unit")["rows"]
    of_unit = {row["unit"]: row["level"] for row in units}
    assert all(row["level"] == of_unit[row["unit"]] for row in ask("online", "unit")["rows"])
    for level in ("province", "district", "commune", "vertical"):
        theirs = [row for row in units if of_unit.get(row["unit"]) == level]
        whole_level = ask("resolution", level=level)
        assert ask("resolution", "unit", level=level)["rows"] == theirs
        assert ask("resolution", "month", level=level)["level"] == level
        found = whole_level["rows"][0] if theirs else defaultdict(int)
        listed = ask("dossiers", figure="received_total", level=level)
        assert found["received_total"] == sum(row["received_total"] for row in theirs) == len(listed["rows"])
        online = ask("online", "unit", level=level)
        assert {row["unit"] for row in online["rows"]} <= {row["unit"] for row in theirs}
        assert online["total"]["resolved"] == sum(row["resolved_total"] for row in theirs)
        assert [one["level"] for one in online["units"]] == ([level] if level != "vertical" else [])


def _lists(ask: Any, dossiers: list[Life]) -> None:
    resolved = {code_of(number) for number, life in enumerate(dossiers) if in_period(life.resolved)}
    answer = ask("dossiers", figure="resolved_total")
    assert {row["code"] for row in answer["rows"]} == resolved
    assert answer["total"]["dossiers"] == len(resolved)
    for unit in set(ANSWERS.values()):
        theirs = {
            code_of(number)
            for number, life in enumerate(dossiers)
            if ANSWERS[life.lead] == unit and in_period(life.received)
        }
        for structure in ("then", "now"):
            some = ask("dossiers", figure="received_in_period", unit=unit, structure=structure)
            assert {row["code"] for row in some["rows"]} == theirs
    below = ask("dossiers", figure="received_in_period", within=DISTRICT)
    assert {row["unit"] for row in below["rows"]} <= {DISTRICT, COMMUNE, OTHER}
    assert len(below["rows"]) == sum(1 for one in dossiers if one.lead != LAND and in_period(one.received))


EXAMPLE = [
    Life(
        COMMUNE,
        "online",
        vietnam(2019, 5, 6),
        timedelta(hours=30),
        3,
        20,
        timedelta(hours=2),
        timedelta(days=4),
    ),
    Life(LAND, "direct", vietnam(2019, 5, 7), timedelta(0), 5, None, None, timedelta(0)),
    Life(OFFICE, "online", vietnam(2019, 5, 8), None, 5, None, None, timedelta(0)),
]


@pytest.mark.parametrize("name", FURTHER)
def test_each_further_report_is_given_in_every_format(office: Office, name: str) -> None:
    with told(office, EXAMPLE) as ask:
        answer = ask(name) | {"ledger_sequence": 1}
        assert answer["rows"]
        for format_name, wanted in FORMATS.items():
            content = wanted.make(answer, Imprint(date(2019, 12, 31)), lambda: None)
            assert len(content) > 50, format_name
        text = FORMATS["text"].make(answer, Imprint(date(2019, 12, 31)), lambda: None).decode()
        assert text.startswith("Từ ngày 01/01/2019")


def test_pages_of_a_list_follow_one_another(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.statistics.reports.dossiers.PAGE", 2)
    lives_ = [
        Life(COMMUNE, "direct", vietnam(2019, 5, day), timedelta(0), 3, 1, None, timedelta(0))
        for day in range(6, 11)
    ]
    with told(office, lives_) as ask:
        pages = [ask("dossiers", skip=skip) for skip in (0, 2, 4)]
        assert [row["code"] for page in pages for row in page["rows"]] == [
            code_of(number) for number in range(5)
        ]
        assert [page["total"]["dossiers"] for page in pages] == [5, 5, 5]


def test_bad_questions_have_clear_answers(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, more, code in (
        ("dossiers", {"figure": "x"}, "unknown-figure"),
        ("legs", {"figure": "median"}, "unknown-figure"),
        ("legs", {"unit": "x"}, "not-a-list"),
        ("legs", {"direction": "sideways"}, "invalid"),
        ("flows", {"giver": ""}, "not-a-list"),
        ("online", {"unit": "x"}, "not-a-list"),
        ("late", {"skip": "-1"}, "invalid"),
        ("flows", {"by": "month"}, "unknown-dimension"),
    ):
        with pytest.raises(RefusedError) as refusal:
            report_of(office.reports, name, {**YEAR, **more})
        assert refusal.value.problem.code == code
    monkeypatch.setattr("services.statistics.reports.late.MOST", 0)
    with told(office, EXAMPLE) as ask, pytest.raises(RefusedError) as refusal:
        ask("late")
    assert refusal.value.problem.code == "too-many-late"


def test_an_agency_sees_single_dossiers_and_officers_of_its_own_alone(office: Office) -> None:
    found = province()
    for number, life in enumerate(EXAMPLE):
        tell(found, number, life)
    office.take(found.sent)

    def codes(actor: Actor) -> set[str]:
        return {row["code"] for row in report_of(office.reports, "dossiers", YEAR, actor)["rows"]}

    assert codes(Actor("auditor", "a")) == {code_of(0), code_of(1)}
    assert codes(Actor("agency", "b", DISTRICT)) == {code_of(0)}
    assert codes(Actor("agency", "c", LAND)) == {code_of(1)}
    assert codes(Actor("agency", "d", OTHER)) == set()
    assert codes(Actor("agency", "h", HEAD)) == {code_of(0), code_of(1)}, "everything is under it"
    assert codes(Actor("desk_head", "k", CENTRE)) == {code_of(0), code_of(1)}, "it received them"
    with pytest.raises(RefusedError) as refusal:
        codes(Actor("receiving_officer", "e"))
    assert refusal.value.problem.code == "forbidden"
    by_officer = {**YEAR, "by": "officer"}
    assert report_of(office.reports, "discipline", by_officer, Actor("agency", "c", TAX))["rows"] == []
    for role in ("receiving_officer", "processing_officer", "result_officer", "agency-system"):
        with pytest.raises(RefusedError) as refusal:
            report_of(office.reports, "discipline", by_officer, Actor(role, "x", TAX))
        assert refusal.value.problem.code == "forbidden", "nobody reads how colleagues do"


@pytest.mark.timeout(30)
def test_every_report_answers_where_there_is_no_dossier(office: Office) -> None:
    office.take(province().sent)
    for name, report in REPORTS.items():
        if "rules" not in report.words:
            assert report_of(office.reports, name, YEAR)["ledger_sequence"] > 0
