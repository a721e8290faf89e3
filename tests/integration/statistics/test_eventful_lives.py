"""Every report of dossiers to which everything happens: what a word leaves out is as if it never was.

`test_every_word` walks through all words with plain dossiers; here few words meet pauses, extensions, moves, returns,
transfers, recalls and withdrawals. The reports and what they can be divided by come from the service.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.statistics.api import report_of
from services.statistics.read_model import versions
from services.statistics.read_model.working_set import WorkingSet
from services.statistics.reports.answers import Question
from services.statistics.reports.asking import REPORTS, periods_of
from services.statistics.reports.rule_sets import RuleSets
from shared.acts import Act, Actor
from shared.clock import SetClock, to_text
from shared.contracts.envelope import Message
from shared.signing import Signer
from tests.builders.statistics import COMMUNE, LAND, NEW_LAND, TAX, Province, vietnam, with_bodies
from tests.integration.statistics.conftest import Office
from tests.integration.statistics.test_online import DISTRICT, HEAD, OFFICE, OTHER, YEAR, province
from tests.integration.statistics.test_requests import Asked, Part, tell
from tests.integration.statistics.test_scores import rules_of

pytestmark = pytest.mark.integration

FIRST, LAST = date(2019, 1, 1), date(2019, 12, 31)
END = vietnam(2020, 1, 1, 0)
QUESTIONS = [
    (name, by) for name, report in REPORTS.items() for by in ((), *((one,) for one in report.dimensions))
]
"""Every report, whole and divided by each of its dimensions."""
Answers = dict[tuple[str, tuple[str, ...]], Any]
"""Rows and total of each question."""
Told = Callable[..., Answers]
Life = Callable[[Province, int], None]


def plain(month: int, *, returned: bool = False) -> Life:
    return lambda story, number: story.whole_life(number, vietnam(2019, month, 6, 8), returned=returned)


def eventful(month: int) -> Life:
    """A dossier of a process on trial."""
    return lambda story, number: story.eventful_life(number, vietnam(2019, month, 4, 8))


def of_a_commune(month: int, lead: str = COMMUNE, channel: str = "online") -> Life:
    def live(story: Province, number: int) -> None:
        at = vietnam(2019, month, 6)
        story.submit(number, at, channel)
        story.receive(number, at, at + timedelta(days=5), channel=channel)
        story.plan(number, at, lead=lead)
        story.resolve(number, at + timedelta(days=8), "late")

    return live


def late(month: int) -> Life:
    """A dossier that both agencies took their time with."""

    def live(story: Province, number: int) -> None:
        at = vietnam(2019, month, 6)
        story.submit(number, at)
        story.receive(number, at, at + timedelta(days=3))
        story.plan(number, at)
        for position in (1, 2):
            begun = at + timedelta(days=5 * position)
            story.open_leg(number, position, 1, begun)
            story.work("leg-accepted", number, position, 1, begun + timedelta(days=1), officer="tran-thi-b")
            done = begun + timedelta(days=4)
            story.work(
                "leg-completed",
                number,
                position,
                1,
                done,
                done + timedelta(days=2),
                note=None,
                reference=None,
            )
            story.close_leg(number, position, 1, done)
        story.resolve(number, at + timedelta(days=14), "late")

    return live


def unfinished(month: int) -> Life:
    def live(story: Province, number: int) -> None:
        at = vietnam(2019, month, 6)
        story.submit(number, at)
        story.receive(number, at, at + timedelta(days=5))
        story.plan(number, at, lead=OFFICE)

    return live


LIVES: Sequence[tuple[bool, Life]] = (
    (False, plain(3)),
    (False, plain(5, returned=True)),
    (False, plain(9)),
    (True, eventful(4)),
    (True, eventful(10)),
    (False, of_a_commune(2)),
    (False, of_a_commune(8, OTHER, "direct")),
    (False, unfinished(6)),
    (False, late(7)),
    (True, eventful(12)),
    (False, unfinished(5)),
)
"""Whether it is on trial, and what befalls a dossier."""


class Until(Province):
    """A story in which nothing happens from a moment on."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self._until = until

    def send(
        self, kind: str, root: UUID, at: datetime, data: dict[str, Any], *rest: Any, **more: Any
    ) -> Message:
        sent = super().send(kind, root, at, data, *rest, **more)
        if at >= self._until:
            self.sent.pop()
            self.positions[kind.split(".", maxsplit=1)[0]] -= 1
        return sent


def story(trial: bool | None = None, until: datetime = END, *, end: bool = False) -> Sequence[Message]:
    """Tell what happens in the province: to all dossiers or to those on trial alone, or not, until a moment."""
    found = province(Until(until))
    found.agency(NEW_LAND, "province", HEAD)
    found.process()
    found.target("50", vietnam(2019, 4, 4))
    for number, (on_trial, live) in enumerate(LIVES):
        if trial in {None, on_trial}:
            live(found, number)
    if end:
        found.end_agency(TAX, NEW_LAND)
    part = Part(received=2, answered=50, proposed=True, decided=3, approved=True)
    tell(found, 1, Asked(issued=60, term=20, kind="report", withdrawn=None, parts={LAND: part, TAX: part}))
    for unit in (LAND, DISTRICT):
        found.entered("feedback", unit, 8, vietnam(2019, 9, 1), days=("2019-01-01", "2019-12-31"))
    return found.sent


@pytest.fixture
def told(office: Office, clock: SetClock, tmp_path: Path) -> Told:
    """Give a way to ask every report of one story; rules are in force."""
    rule_sets = RuleSets(office.database, office.application, Signer.of(tmp_path / "report.key"))
    now = clock.now()
    act = Act(Actor("administrator", "a"), now, now, now, root=UUID(int=0))
    office.unit.run(lambda _tx: rule_sets.adopt(rules_of("quyet-dinh-766"), act))

    def ask(messages: Sequence[Message], **words: Any) -> Answers:
        found: Answers = {}
        with suppress(_RollbackError), office.database.transaction() as tx:
            versions.create(tx, 0)
            rows = WorkingSet(0, new=True)
            rows.take(tx, [body for _message, body in with_bodies(messages)])
            rows.write(tx)
            for name, by in QUESTIONS:
                question = Question(FIRST, LAST, by=by, **words)
                periods = periods_of(question, min(question.as_of or END, END))
                answer = REPORTS[name].make(tx, 0, question, periods)[1]
                found[name, by] = {key: answer[key] for key in ("rows", "total")}
            raise _RollbackError
        return found

    return ask


class _RollbackError(Exception):
    """Leaves nothing behind."""


def other(one: Answers, another: Answers) -> dict[tuple[str, tuple[str, ...]], Any]:
    """Return what differs, by question."""
    return {
        question: (one[question], another[question]) for question in one if one[question] != another[question]
    }


def test_there_is_something_that_words_can_leave_out(told: Told) -> None:
    for question, answer in told(story()).items():
        assert answer["rows"] or answer["total"]["dossiers"], question


@pytest.mark.parametrize(("word", "trial"), [("only", True), ("without", False)])
def test_only_and_without_trial_are_as_if_the_others_never_were(told: Told, word: str, trial: bool) -> None:
    assert other(told(story(), trial=word), told(story(trial))) == {}


@pytest.mark.parametrize("moment", [vietnam(2019, 5, 9, 12, 30), vietnam(2019, 10, 7, 12, 30)])
def test_as_of_a_moment_is_as_if_nothing_came_after(told: Told, moment: datetime) -> None:
    assert other(told(story(), as_of=moment), told(story(until=moment), as_of=moment)) == {}


def replaced(messages: Sequence[Message], old: str, new: str) -> list[Message]:
    """Tell the same story of another agency."""
    own = [
        message for message in messages if message.data.get("agency") != old or "parent" not in message.data
    ]
    return [
        replace(message, data=json.loads(json.dumps(message.data).replace(f'"{old}"', f'"{new}"')))
        for message in own
    ]


def test_the_structure_now_is_as_if_the_successor_had_always_been_there(told: Told) -> None:
    merged = replaced(story(until=vietnam(2019, 7, 2)), TAX, NEW_LAND)
    assert other(told(story(until=vietnam(2019, 7, 2), end=True), structure="now"), told(merged)) == {}


def test_as_published_is_what_was_answered_then(office: Office, clock: SetClock, told: Told) -> None:
    del told  # it lays down the rules
    whole = list(story(end=True))
    half = len(whole) // 2

    def answered(**words: str) -> Answers:
        found = {name: report_of(office.reports, name, {**YEAR, **words}) for name in REPORTS}
        return {(name, ()): {part: one[part] for part in ("rows", "total")} for name, one in found.items()}

    clock.set(vietnam(2020, 1, 10))
    office.take(whole[:half])
    then, at = answered(), clock.now()
    clock.set(vietnam(2020, 1, 20))
    office.take(whole[half:])
    assert other(answered(published_at=to_text(at)), then) == {}
    assert other(answered(), then).keys() == then.keys(), "more is known today"
