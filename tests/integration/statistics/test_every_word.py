"""Every report asked with every word: it answers as it would without the word in a province where the word was true of
everything, or it says that it does not take the word. No report lets a word pass unheeded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.statistics.read_model import versions
from services.statistics.read_model.working_set import WorkingSet
from services.statistics.reports.answers import Answer, Question
from services.statistics.reports.asking import REPORTS, periods_of
from services.statistics.reports.periods import PARTS, spelled
from services.statistics.reports.rule_sets import RuleSets
from shared.clock import SetClock
from shared.contracts.envelope import Message
from shared.errors import RefusedError
from shared.signing import Signer
from tests.builders.statistics import (
    CENTRE,
    COMMUNE,
    LAND,
    PROCEDURE,
    Province,
    root_of,
    vietnam,
    with_bodies,
)
from tests.integration.statistics.conftest import Office
from tests.integration.statistics.test_online import ANSWERS, DISTRICT, OTHER, province
from tests.integration.statistics.test_requests import Asked, Part
from tests.integration.statistics.test_requests import tell as ask_units
from tests.integration.statistics.test_scores import adopt, rules_of

pytestmark = pytest.mark.integration

ELSE = "2.000815"
SCRATCH = 90
FIRST, LAST = date(2019, 2, 1), date(2019, 11, 30)
NOW, EARLIER = vietnam(2019, 12, 20, 18), vietnam(2019, 7, 9, 13)
LEVELS = {LAND: "province", DISTRICT: "district", COMMUNE: "commune", OTHER: "commune"}


@dataclass(frozen=True, slots=True)
class Life:
    """One dossier of the province."""

    number: int

    @property
    def lead(self) -> str:
        return sorted(ANSWERS)[self.number % 4]

    @property
    def unit(self) -> str:
        return ANSWERS[self.lead]

    @property
    def channel(self) -> str:
        return ("online", "direct", "post")[self.number % 3]

    @property
    def desk(self) -> str:
        return COMMUNE if self.number % 5 in {1, 2} else CENTRE

    @property
    def procedure(self) -> str:
        return ELSE if self.number % 7 in {0, 3} else PROCEDURE

    @property
    def trial(self) -> bool:
        return self.number % 5 in {0, 1}

    @property
    def leg(self) -> int:
        return 1 + (self.number % 8 in {1, 4, 6})

    @property
    def from_desk(self) -> bool:
        return self.number % 8 in {2, 3}

    @property
    def taken(self) -> bool:
        return self.number % 9 not in {2, 5}

    @property
    def days(self) -> int | None:
        """Until it is resolved; its limit is ten."""
        return (4, 25, None, 10, 40)[self.number % 5]


LIVES = [Life(number) for number in range(28)]


def tell(found: Province, life: Life, heir: Callable[[str], str]) -> None:
    """Publish the messages of a dossier's life, with each agency's part played by whoever is given for it."""
    number, begun = life.number, len(found.sent)
    filed = vietnam(2019, 1 + life.number % 11, 3 + life.number)
    received, desk = filed + timedelta(hours=2 + life.number % 30), heir(life.desk)
    found.submit(number, filed, life.channel, desk)
    found.receive(number, received, received + timedelta(days=10), channel=life.channel, desk=desk)
    found.plan(number, received, heir(life.lead), trial=life.trial, model="four-step")
    found.open_leg(number, life.leg, 1, received)
    for message in found.sent[begun:]:
        if "procedure" in message.data:
            message.data["procedure"] = life.procedure
    if life.from_desk:
        found.sent[-1].data["from_agency"] = None
    if life.taken:
        taken = received + timedelta(hours=5 + 3 * life.number)
        found.work("leg-accepted", number, life.leg, 1, taken, officer="chi-lan")
    if life.days is not None:
        done = received + timedelta(days=life.days)
        late = done + timedelta(hours=20 * (life.number % 3))
        found.work("leg-completed", number, life.leg, 1, done, late, note=None, reference=None)
        found.close_leg(number, life.leg, 1, done)
        verdict = "late" if life.days > 10 else "on_time" if life.days == 10 else "early"
        found.resolve(number, done, verdict)


def others(found: Province, heir: Callable[[str], str]) -> None:
    """Publish what no dossier yields; requests are of whoever is given for an agency."""
    answered = Part(1, 4, proposed=False, decided=None, approved=False)
    silent = Part(None, None, proposed=False, decided=None, approved=False)
    for number, (issued, kind) in enumerate([(40, "reminder"), (170, "report"), (250, "report")]):
        ask_units(found, number, Asked(issued, 10, kind, None, {LAND: answered, heir(COMMUNE): silent}))
    days = ("2019-02-01", "2019-11-30")
    for agency in LEVELS:
        found.entered("feedback_received", agency, 10, vietnam(2019, 5, 5), days=days)
        found.entered("feedback_answered", agency, len(agency), vietnam(2019, 5, 5), days=days)
    found.entered("feedback_answered", LAND, 5, vietnam(2019, 9, 5), days=days, version=2)
    found.target("30", vietnam(2019, 4, 4))
    found.target("50", vietnam(2019, 9, 4), version=2)


def messages(
    keep: Callable[[Life], bool] = lambda _life: True,
    *,
    of_unit: str | None = None,
    heir: Callable[[str], str] = lambda agency: agency,
) -> list[Message]:
    """Return what happened in a province with these dossiers, as it was recorded."""
    found = province()
    found.procedure(ELSE)
    found.process(model="four-step", state="electronic")
    found.end_agency(COMMUNE, OTHER)
    others(found, heir)
    for life in LIVES:
        if keep(life):
            tell(found, life, heir)
    return [
        one
        for one in found.sent
        if not (of_unit and "figure" in one.data and "evidence" in one.data and one.data["agency"] != of_unit)
    ]


@pytest.fixture
def everything(office: Office, clock: SetClock, tmp_path: Path) -> Office:
    """What happened before EARLIER was recorded then, and the rest when it was over."""
    rule_sets = RuleSets(office.database, office.application, Signer.of(tmp_path / "report.key"))
    clock.set(vietnam(2019, 1, 2))
    adopt(office, clock, rule_sets, rules_of("quyet-dinh-766"))
    clock.set(EARLIER - timedelta(minutes=1))
    found = messages()
    early = before(found, recorded=True)
    office.take(early)
    clock.set(NOW)
    known = {(one.source, one.id) for one in early}
    office.take([one for one in found if (one.source, one.id) not in known])
    return office


def before(found: Sequence[Message], *, recorded: bool = False) -> list[Message]:
    """Return what had happened by EARLIER; `recorded`: but for the dossiers that were entered later."""
    late = {str(root_of(life.number)) for life in LIVES if life.number % 6 == 0} if recorded else set()
    until = EARLIER.strftime("%Y-%m-%dT%H:%M:%S")
    return [one for one in found if one.time < until and one.rootid not in late]


Ask = Callable[[str, Question], Answer]


@contextmanager
def world(office: Office, happened: Sequence[Message], at: datetime = NOW) -> Iterator[Ask]:
    """Give a way to ask reports of these messages alone, at a moment; nothing is left behind."""
    with suppress(_RollbackError), office.database.transaction() as tx:
        versions.create(tx, SCRATCH)
        rows = WorkingSet(SCRATCH, new=True)
        rows.take(tx, [body for _message, body in with_bodies(happened)])
        rows.write(tx)
        yield lambda name, question: REPORTS[name].make(tx, SCRATCH, question, periods_of(question, at))[1]
        raise _RollbackError


class _RollbackError(Exception):
    """Leaves nothing behind."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word's value, and the province in which it goes without saying."""

    value: Any
    happened: Callable[[], Sequence[Message]]
    takers: frozenset[str]
    """The reports that obey it."""
    changes: frozenset[str]
    """Those of them that it makes say something else of this province."""
    at: datetime = NOW


def _late(life: Life) -> bool:
    done = vietnam(2019, 1 + life.number % 11, 3 + life.number) + timedelta(hours=2 + life.number % 30)
    ended = done + timedelta(days=life.days or 0)
    return (
        life.days is not None and life.days > 10 and vietnam(2019, 2, 1, 0) <= ended < vietnam(2019, 12, 1, 0)
    )


ALL = frozenset(REPORTS)
LISTS = frozenset({"late", "dossiers"})
NOT_OF_DOSSIERS = frozenset({"requests"})
NOT_BY_UNITS = frozenset({"models", "lateness"})
SCORES = frozenset({"index", "ranking", "entered"})


def only(keep: Callable[[Life], bool], **more: Any) -> Callable[[], list[Message]]:
    return lambda: messages(keep, **more)


def _of_unit(unit: str) -> Word:
    takers = LISTS | {"index", "entered"}
    return Word(unit, only(lambda one: one.unit == unit, of_unit=unit), takers, takers)


WORDS: dict[str, list[Word]] = {
    "as_of": [Word(EARLIER, lambda: before(messages()), ALL, ALL, EARLIER)],
    "published_at": [Word(EARLIER, lambda: before(messages(), recorded=True), ALL, ALL, EARLIER)],
    "trial": [
        Word(value, only(keep), ALL - NOT_OF_DOSSIERS, ALL - NOT_OF_DOSSIERS - {"entered"})
        for value, keep in (("only", lambda one: one.trial), ("without", lambda one: not one.trial))
    ],
    "structure": [
        Word(
            "now",
            only(lambda _one: True, heir=lambda agency: OTHER if agency == COMMUNE else agency),
            ALL - NOT_BY_UNITS,
            frozenset({"resolution", "online", "late", "carried", "acceptance", "dossiers", "ranking"})
            | {"adoption"},
        )
    ],
    "procedure": [
        Word(
            ELSE,
            only(lambda one: one.procedure == ELSE),
            LISTS | {"resolution", "online", "flows", "legs"},
            LISTS | {"resolution", "online", "flows", "legs"},
        )
    ],
    "level": [
        Word(
            "commune",
            only(lambda one: LEVELS[one.unit] == "commune"),
            LISTS | {"resolution", "online"},
            LISTS | {"resolution", "online"},
        )
    ],
    "unit": [_of_unit(DISTRICT), _of_unit(LAND)],
    "agency": [Word(COMMUNE, only(lambda one: one.desk == COMMUNE), LISTS, LISTS)],
    "giver": [
        Word("", only(lambda one: one.from_desk), frozenset({"legs"}), frozenset({"legs"})),
        Word(
            LAND,
            only(lambda one: one.leg == 2 and not one.from_desk),
            frozenset({"legs"}),
            frozenset({"legs"}),
        ),
    ],
    "taker": [Word(LAND, only(lambda one: one.leg == 1), frozenset({"legs"}), frozenset({"legs"}))],
    "direction": [Word("desk", only(lambda one: one.from_desk), frozenset({"legs"}), frozenset({"legs"}))],
    "figure": [
        Word("resolved_late", only(_late), frozenset({"dossiers"}), frozenset({"dossiers"})),
        Word("waiting", only(lambda one: not one.taken), frozenset({"legs"}), frozenset({"legs"})),
    ],
}
ELSEWHERE = {"first", "last", "by", "scratch", "within", "skip", "rules"}
"""Words of a question that other tests hold against a recount: those below, of scratch states, and of who may see."""


def said(name: str, answer: Answer, question: Question) -> Any:
    """Return what an answer says, but for the question's own terms."""
    rows = [dict(row) for row in answer["rows"]]
    if name == "dossiers" and question.structure == "now":
        for row in rows:  # the desk stays who received it
            row.pop("agency")
            row["names"].pop("agency", None)
    units = None if question.level else answer.get("units")
    return rows, answer["total"], units, answer.get("unanswered")


def divisions(name: str) -> list[tuple[str, ...]]:
    return [(), *((one,) for one in REPORTS[name].dimensions if one in {"unit", "kind", "model", "agency"})]


def test_every_word_of_a_question_is_tried() -> None:
    assert {field.name for field in fields(Question)} == set(WORDS) | ELSEWHERE


def test_each_report_obeys_a_word_or_refuses_it(everything: Office) -> None:
    for word, values in WORDS.items():
        for one in values:
            _is_heeded(everything, word, one)


def _is_heeded(everything: Office, word: str, one: Word) -> None:
    asked_for = [(name, by) for name in REPORTS for by in divisions(name)]
    with world(everything, one.happened(), one.at) as ask:
        wanted = {(name, by): ask(name, Question(FIRST, LAST, by=by)) for name, by in asked_for}
    obeyed, changed = set(), set()
    for name, by in asked_for:
        given: dict[str, Any] = {word: one.value}
        asked = Question(FIRST, LAST, by=by, **given)
        try:
            answer = everything.reports.report(name, asked)
        except RefusedError as refused:
            _is_clear(refused, name, by, word, one)
            continue
        assert said(name, answer, asked) == said(name, wanted[name, by], asked), (name, by, word)
        obeyed.add(name)
        plain = everything.reports.report(name, Question(FIRST, LAST, by=by))
        if said(name, answer, asked) != said(name, plain, asked):
            changed.add(name)
    assert obeyed == one.takers, word
    assert changed >= one.changes, word


def _is_clear(refused: RefusedError, name: str, by: tuple[str, ...], word: str, one: Word) -> None:
    if refused.code == "unknown-figure":
        assert REPORTS[name].is_list
        assert word == "figure"
    elif refused.code == "unknown-dimension":
        assert word == "level"
    else:
        assert refused.code == "not-a-list", (name, by, word)
        assert word in str(refused), (name, by)
    of_desks = name == "resolution" and word in {"structure", "level"} and by in {("agency",), ("model",)}
    assert name not in one.takers or of_desks, (name, by)


SUMMED_APART = {
    "longest",
    "median",
    "nine_of_ten",
    "days_late",
    "missing",
    "units",
    "catalogue",
    "procedures",
}
"""What rows say each for itself: the largest, the middle, and numbers of things that stand in several rows."""


def test_reports_are_divided_by_what_they_are_asked_for_or_say_that_they_are_not(everything: Office) -> None:
    known = sorted({dimension for report in REPORTS.values() for dimension in report.dimensions})
    for name, report in REPORTS.items():
        whole = everything.reports.report(name, Question(FIRST, LAST))
        for dimension in known:
            asked = Question(FIRST, LAST, by=(dimension,))
            if dimension in report.dimensions:
                _adds_up(everything, name, dimension, whole)
            else:
                with pytest.raises(RefusedError) as refusal:
                    everything.reports.report(name, asked)
                assert refusal.value.code == "unknown-dimension"
    for name in ("flows", "legs", "resolution"):
        with pytest.raises(RefusedError) as refusal:
            everything.reports.report(name, Question(FIRST, LAST, by=("unit", "level")))
        assert refusal.value.code == "unknown-dimension"


def _adds_up(everything: Office, name: str, dimension: str, whole: Answer) -> None:
    answer = everything.reports.report(name, Question(FIRST, LAST, by=(dimension,)))
    if dimension in PARTS:
        _is_each_part(everything, name, dimension, answer)
    elif not REPORTS[name].is_list and whole["total"] is not None:
        assert answer["total"] == whole["total"]
        for key, value in whole["total"].items():
            if isinstance(value, int) and key not in SUMMED_APART:
                assert sum(row.get(key, 0) for row in answer["rows"]) == value, (name, dimension, key)


def _is_each_part(everything: Office, name: str, unit: str, answer: Answer) -> None:
    assert answer["rows"]
    for row in answer["rows"]:
        first, last = spelled(row[unit])
        alone = everything.reports.report(name, Question(max(first, FIRST), min(last, LAST)))["rows"]
        own = {
            key: value
            for key, value in row.items()
            if key not in {unit, "names", "target", "reached", "missing"}
        }
        assert own.items() <= alone[0].items(), row[unit]


def test_pages_rules_and_days_are_obeyed_or_refused(everything: Office) -> None:
    for name in REPORTS:
        _is_particular(everything, name)
        _knows_nobody(everything, name)


def _is_particular(everything: Office, name: str) -> None:
    def refusal(first: date = FIRST, last: date = LAST, **words: Any) -> str:
        with pytest.raises(RefusedError) as refused:
            everything.reports.report(name, Question(first, last, **words))
        return refused.value.code

    whole = everything.reports.report(name, Question(FIRST, LAST))
    if REPORTS[name].is_list:
        rest = everything.reports.report(name, Question(FIRST, LAST, skip=2))
        assert len(whole["rows"]) > 2
        assert (rest["rows"], rest["total"]) == (whole["rows"][2:], whole["total"])
    else:
        assert refusal(skip=2) == "not-a-list"
    if name in SCORES:
        assert everything.reports.report(name, Question(FIRST, LAST, rules="quyet-dinh-766")) == whole
        assert refusal(rules="khac") == "no-rule-set"
    else:
        assert refusal(rules="quyet-dinh-766") == "not-a-list"
    assert refusal(LAST, FIRST) == "period-invalid"
    assert refusal(date(2024, 1, 1), date(2024, 12, 31)) == "period-not-begun"
    assert refusal(FIRST, LAST, as_of=vietnam(2019, 1, 1)) == "period-not-begun"


def _knows_nobody(everything: Office, name: str) -> None:
    """An agency that nobody knows has no dossiers and no points: nothing, and never all."""
    for word in ("unit", "agency", "taker"):
        if word in REPORTS[name].words:
            given: dict[str, Any] = {word: "khong-co"}
            answer = everything.reports.report(name, Question(FIRST, LAST, **given))
            assert not answer["rows"] or name == "index"
            assert all(row["points"] is None for row in answer["rows"])
            total = answer["total"] or {}
            assert not any(value for key, value in total.items() if key not in {"max", "covered"})


RATIOS = ("ratio", "share", "points", "reached", "median", "nine_of_ten", "longest", "rank")


def test_where_nothing_happened_there_is_no_data(everything: Office) -> None:
    """In a province without a dossier, and in a period before all of them, nothing is nought or a hundred per cent."""
    reference = [one for one in province().sent if one.source != "/lienthong/processing/1"]
    quiet = Question(date(2019, 1, 1), date(2019, 1, 2))
    with world(everything, reference) as ask:
        answers = [ask(name, Question(FIRST, LAST, by=by)) for name in REPORTS for by in divisions(name)]
    answers += [everything.reports.report(name, quiet) for name in REPORTS]
    for answer in answers:
        for row in (*answer["rows"], answer["total"] or {}):
            told = {key: value for key, value in row.items() if key.startswith(RATIOS)}
            assert set(told.values()) <= {None}, told
