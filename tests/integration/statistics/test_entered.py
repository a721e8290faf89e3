"""Scores with entered figures, against a count by hand: only what was checked for the whole period counts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.statistics.api import report_of
from services.statistics.papers.formats import FORMATS
from services.statistics.papers.paper import Imprint
from services.statistics.reports.entered import Span, whole
from services.statistics.reports.rule_sets import RuleSets
from shared.clock import SetClock
from shared.errors import RefusedError
from shared.signing import Signer
from tests.builders.statistics import COMMUNE, LAND, Province, vietnam
from tests.integration.statistics.conftest import Office
from tests.integration.statistics.test_online import DISTRICT, OTHER, YEAR
from tests.integration.statistics.test_scores import adopt, known, rules_of

pytestmark = pytest.mark.integration

HALVES = (("2019-01-01", "2019-06-30"), ("2019-07-01", "2019-12-31"))


class Scored:
    """A province whose dossiers are known, and what its units enter."""

    def __init__(self, office: Office, story: Province) -> None:
        self.office = office
        self._story = story

    def enter(self, figure: str, unit: str, value: int, month: int = 2, **more: Any) -> None:
        """Let a figure be known, by a message."""
        self._story.entered(figure, unit, value, vietnam(2020, month, 5), **more)
        self.office.take(self._story.sent[-1:])

    def row(self, **words: str) -> dict[str, Any]:
        """Return the indicator on feedback, 6 points."""
        rows = report_of(self.office.reports, "index", {**YEAR, **words})["rows"]
        found: dict[str, Any] = next(row for row in rows if row["indicator"] == "5.2")
        return found

    def points(self, **words: str) -> tuple[Any, ...]:
        """Return its figures and points."""
        row = self.row(**words)
        return row["numerator"], row["denominator"], row["points"]


@pytest.fixture
def scored(office: Office, clock: SetClock, tmp_path: Path) -> Scored:
    story = known(office)
    rule_sets = RuleSets(office.database, office.application, Signer.of(tmp_path / "report.key"))
    adopt(office, clock, rule_sets, rules_of("quyet-dinh-766"))
    clock.set(vietnam(2020, 12, 1))
    return Scored(office, story)


NOTHING = (None, None, None)


def test_checked_figures_of_the_very_period_count(scored: Scored) -> None:
    for figure, value in (("feedback", 8), ("feedback_on_time", 6)):
        scored.enter(figure, LAND, value, 1, state="entered")
    assert scored.points(unit=LAND) == NOTHING, "nobody has checked them"
    for figure, value in (("feedback", 8), ("feedback_on_time", 6)):
        scored.enter(figure, LAND, value, 2)
    assert scored.points(unit=LAND) == (6, 8, "4.50"), "6 / 8 of 6 points"
    assert scored.points(unit=LAND, as_of="2020-01-20T00:00:00Z") == NOTHING, "not known then"
    ranked = report_of(scored.office.reports, "ranking", YEAR)["rows"]
    assert {one["unit"]: one["covered"] for one in ranked}[LAND] == "26.00", "20 of dossiers, 6 entered"
    half = {"from": "2019-01-01", "to": "2019-06-30"}
    assert scored.points(unit=LAND, **half) == NOTHING, "a year is no half-year"


def test_a_correction_counts_once_it_is_checked(scored: Scored) -> None:
    scored.enter("feedback", LAND, 8)
    scored.enter("feedback_on_time", LAND, 4, 4, version=2)
    scored.enter("feedback_on_time", LAND, 8, 2)
    assert scored.points(unit=LAND) == (4, 8, "3.00"), "the higher version, whichever came last"
    scored.enter("feedback_on_time", LAND, 2, 5, version=3, state="entered")
    assert scored.points(unit=LAND) == (None, 8, None), "nobody has checked it yet"
    scored.enter("feedback_on_time", LAND, 2, 6, version=3, state="locked")
    assert scored.points(unit=LAND) == (2, 8, "1.50")


def test_halves_make_a_year(scored: Scored) -> None:
    for days in HALVES:
        scored.enter("feedback", LAND, 5, days=days)
    scored.enter("feedback_on_time", LAND, 3, days=HALVES[0])
    assert scored.points(unit=LAND) == (None, 10, None), "half a year is no year"
    scored.enter("feedback_on_time", LAND, 4, days=HALVES[1])
    assert scored.points(unit=LAND) == (7, 10, "4.20")


def test_the_province_has_a_figure_once_every_unit_with_dossiers_entered_it(scored: Scored) -> None:
    units = (LAND, DISTRICT, COMMUNE)
    for unit in units:
        scored.enter("feedback", unit, 10)
        scored.enter("feedback_on_time", unit, 5)
    assert scored.points() == NOTHING
    assert {tuple(one["lacking"]) for one in scored.row()["figures"]} == {(OTHER,)}
    scored.enter("feedback", OTHER, 10)
    scored.enter("feedback_on_time", OTHER, 10)
    assert scored.points() == (25, 40, "3.75")
    assert {tuple(one["lacking"]) for one in scored.row()["figures"]} == {()}


def test_what_is_entered_and_what_is_missing_are_listed(scored: Scored) -> None:
    scored.enter("feedback", LAND, 8, 2, state="entered")
    scored.enter("feedback", LAND, 9, 4, state="entered", version=2)
    scored.enter("feedback", LAND, 8, 3, days=HALVES[0])
    scored.enter("feedback_on_time", COMMUNE, 5, 2)
    answer = report_of(scored.office.reports, "entered", YEAR)
    wanted = len(rules_of("quyet-dinh-766")["entered"])
    units = (LAND, DISTRICT, COMMUNE, OTHER)
    assert answer["total"] == {
        "entered": 1,
        "checked": 2,
        "locked": 0,
        "missing": len(units) * wanted - 2,
        "unfit": 0,
    }
    of_land = report_of(scored.office.reports, "entered", {**YEAR, "unit": LAND})["rows"]
    told = [row for row in of_land if row["figure"] == "feedback"]
    assert [(row["last"], row["state"], row["value"], row["corrections"]) for row in told] == [
        ("2019-06-30", "checked", 8, 0),
        ("2019-12-31", "entered", 9, 1),
    ]
    assert {row["state"] for row in of_land if row["figure"] != "feedback"} == {"missing"}
    assert told[0]["names"]["state"]["vi"] == "Đã kiểm tra"
    early = report_of(scored.office.reports, "entered", {**YEAR, "as_of": "2020-02-20T00:00:00Z"})
    assert early["total"]["missing"] == len(units) * wanted - 2
    assert early["total"]["checked"] == 1, "the half-year was not known then"
    with pytest.raises(RefusedError, match="no-rule-set"):
        report_of(scored.office.reports, "entered", {**YEAR, "rules": "khong-co"})


def test_without_rules_what_was_entered_is_listed_and_nothing_is_missing(office: Office) -> None:
    story = known(office)
    story.entered("feedback", LAND, 8, vietnam(2020, 2, 5))
    office.take(story.sent[-1:])
    assert report_of(office.reports, "entered", YEAR)["total"] == {
        "entered": 0,
        "checked": 1,
        "locked": 0,
        "missing": 0,
        "unfit": 0,
    }


def test_what_half_a_year_lacks_is_listed(scored: Scored) -> None:
    def listed() -> list[tuple[Any, ...]]:
        rows = report_of(scored.office.reports, "entered", {**YEAR, "unit": LAND})["rows"]
        return [(row["first"], row["last"], row["state"]) for row in rows if row["figure"] == "feedback"]

    scored.enter("feedback", LAND, 5, days=("2019-04-01", "2019-06-30"))
    entered = ("2019-04-01", "2019-06-30", "checked")
    rest = ("2019-07-01", "2019-12-31", "missing")
    assert listed() == [("2019-01-01", "2019-03-31", "missing"), entered, rest]
    scored.enter("feedback", LAND, 5, days=("2019-01-01", "2019-03-31"))
    scored.enter("feedback", LAND, 5, days=("2019-06-01", "2019-12-31"))
    assert ("2019-01-01", "2019-12-31", "unfit") in listed(), "every day is there, June twice"
    scored.enter("feedback", LAND, 5, days=("2019-07-01", "2019-12-31"))
    assert {state for _first, _last, state in listed()} == {"checked"}, "parts that make the year are there"
    assert scored.row(unit=LAND)["denominator"] == 15


@pytest.mark.parametrize("name", FORMATS)
def test_the_list_comes_in_every_format(scored: Scored, name: str) -> None:
    scored.enter("feedback", LAND, 8, 2, state="entered")
    answer = report_of(scored.office.reports, "entered", YEAR)
    assert FORMATS[name].make(answer, Imprint(date(2020, 12, 1)), lambda: None)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], None),
        ([(1, 10)], 1),
        ([(1, 4), (5, 10)], 11),
        ([(5, 10), (1, 4)], 11),
        ([(1, 4), (6, 10)], None),
        ([(1, 5), (5, 10)], None),
        ([(1, 9)], None),
        ([(1, 10), (1, 4)], 1),
        ([(1, 2), (3, 4), (1, 4), (5, 10)], 1100),
        ([(1, 2), (3, 4), (5, 10), (2, 4)], 111),
    ],
)
def test_periods_make_a_whole_without_gap_or_overlap(
    days: list[tuple[int, int]], expected: int | None
) -> None:
    spans = [Span(date(2019, 1, a), date(2019, 1, b), 10**number) for number, (a, b) in enumerate(days)]
    assert whole(spans, date(2019, 1, 1), date(2019, 1, 10)) == expected


def test_a_province_s_own_rules_count_its_own_figures(
    office: Office, clock: SetClock, scored: Scored, tmp_path: Path
) -> None:
    own = RuleSets(office.database, office.application, Signer.of(tmp_path / "report.key"))
    adopt(office, clock, own, rules_of("tinh-mau"))
    asked = {**YEAR, "rules": "tinh-mau", "unit": LAND}

    def total() -> tuple[str, ...]:
        found = report_of(office.reports, "index", asked)["total"]
        return found["points"], found["covered"], found["max"]

    assert total() == ("80.00", "80.00", "100.00"), "two dossiers, both early; nobody has entered the rest"
    scored.enter("meetings_held", LAND, 3)
    scored.enter("meetings_planned", LAND, 4)
    assert total() == ("95.00", "100.00", "100.00"), "3 of 4 meetings: 15 of 20 points"
