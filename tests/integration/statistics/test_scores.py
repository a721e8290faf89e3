"""Scores and ranks from dossiers: each point down to its figures, against a count by hand."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from services.statistics.api import report_of
from services.statistics.papers.formats import FORMATS
from services.statistics.papers.paper import Imprint
from services.statistics.reports.rule_sets import RuleSets
from services.statistics.rules.scoring import judge, score
from services.statistics.schemas import RuleSetSchema
from shared.acts import Act, Actor
from shared.clock import SetClock, to_text
from shared.errors import RefusedError
from shared.signing import Signer
from tests.builders.statistics import COMMUNE, LAND, Province, vietnam
from tests.integration.statistics.conftest import Office
from tests.integration.statistics.test_online import DISTRICT, OFFICE, OTHER, YEAR, file, province

pytestmark = pytest.mark.integration

FILES = Path(__file__).parents[3] / "deploy" / "rule-sets"


def rules_of(name: str, **changed: Any) -> dict[str, Any]:
    content = yaml.safe_load((FILES / f"{name}.yaml").read_text(encoding="utf-8"))
    loaded: dict[str, Any] = RuleSetSchema().load({**content, "valid_from": "2018-06-21", **changed})
    return loaded


@pytest.fixture
def rule_sets(office: Office, tmp_path: Path) -> RuleSets:
    return RuleSets(office.database, office.application, Signer.of(tmp_path / "report.key"))


def adopt(office: Office, clock: SetClock, rule_sets: RuleSets, rules: dict[str, Any]) -> dict[str, Any]:
    now = clock.now()
    act = Act(Actor("administrator", "a"), now, now, now, root=UUID(int=0))
    return office.unit.run(lambda _tx: rule_sets.adopt(rules, act))


def known(office: Office) -> Province:
    found = province()
    for number, (lead, channel, days) in enumerate(
        [
            (LAND, "online", 3),
            (LAND, "direct", 3),
            (OFFICE, "direct", 3),
            (COMMUNE, "online", 20),
            (OTHER, "direct", None),
        ]
    ):
        due_at = vietnam(2019, 5, 20) if days else vietnam(2020, 12, 15)
        file(found, number, lead, channel, vietnam(2019, 5, 6), days, due_at)
    for time in ("1", "2"):
        found.pause(2, time, vietnam(2019, 5, 7))
        found.resume(2, time, vietnam(2019, 5, 8), vietnam(2019, 5, 20))
    office.take(found.sent)
    return found


def refusal_of(office: Office, name: str, **words: str) -> str:
    with pytest.raises(RefusedError) as refusal:
        report_of(office.reports, name, {**YEAR, **words})
    return refusal.value.problem.code


def test_every_point_is_explained_down_to_its_figures(
    office: Office, clock: SetClock, rule_sets: RuleSets
) -> None:
    known(office)
    adopt(office, clock, rule_sets, rules_of("quyet-dinh-766"))
    found = report_of(office.reports, "index", {**YEAR, "unit": DISTRICT})
    rows = {row["indicator"]: row for row in found["rows"]}
    progress = rows["2.1"]
    assert (progress["numerator"], progress["denominator"], progress["points"]) == (0, 1, "0.00"), (
        "asked twice"
    )
    assert progress["figures"] == [
        {"figure": "judged_on_time", "value": 0, "counted": True, "name": progress["figures"][0]["name"]},
        {"figure": "judged", "value": 1, "counted": True, "name": progress["figures"][1]["name"]},
    ]
    assert rows["1.1"]["points"] is None
    assert rows["3.3"]["ratio"] is None, "nobody said how many were synchronised"
    assert (found["total"]["points"], found["total"]["covered"], found["total"]["max"]) == (
        "0.00",
        "20.00",
        "100.00",
    )
    listed = report_of(office.reports, "dossiers", {**YEAR, "figure": "asked_again"})
    assert [row["unit"] for row in listed["rows"]] == [DISTRICT], "and down to the dossier"


def test_units_are_ranked_each_level_apart(office: Office, clock: SetClock, rule_sets: RuleSets) -> None:
    known(office)
    adopt(office, clock, rule_sets, rules_of("nghi-dinh-61"))
    rows = report_of(office.reports, "ranking", YEAR)["rows"]
    ranked = [(row["unit"], row["rank"], row["share"]) for row in rows if row["rank"] is not None]
    assert ranked == [
        (LAND, 1, "100.00"),
        (DISTRICT, 1, "33.33"),
        (OTHER, 1, "100.00"),
        (COMMUNE, 2, "66.67"),
    ]
    assert all(row["points"] is None for row in rows if row["rank"] is None), "no data is no rank"


def test_rules_hold_from_their_day_and_never_change(
    office: Office, clock: SetClock, rule_sets: RuleSets
) -> None:
    known(office)
    assert refusal_of(office, "ranking") == "no-rule-set"
    first = adopt(office, clock, rule_sets, rules_of("nghi-dinh-61", valid_from="2019-07-01"))
    events = office.ask("SELECT count(*) FROM event")
    assert adopt(office, clock, rule_sets, rules_of("nghi-dinh-61", valid_from="2019-07-01")) | {
        "adopted_at": ""
    } == first | {"adopted_at": ""}
    assert office.ask("SELECT count(*) FROM event") == events, "the same again changes nothing"
    with pytest.raises(RefusedError) as refusal:
        adopt(office, clock, rule_sets, rules_of("nghi-dinh-61", valid_from="2019-01-01"))
    assert refusal.value.problem.code == "rule-set-exists"
    half = {"from": "2019-01-01", "to": "2019-06-30"}
    with pytest.raises(RefusedError) as refusal:
        report_of(office.reports, "ranking", half)
    assert refusal.value.problem.code == "no-rule-set"
    adopt(office, clock, rule_sets, rules_of("nghi-dinh-61", valid_from="2019-01-01", version=2))
    assert report_of(office.reports, "ranking", YEAR)["rules"]["version"] == 2
    adopt(office, clock, rule_sets, rules_of("quyet-dinh-766"))
    assert refusal_of(office, "ranking") == "no-rule-set", "which of two is meant must be said"
    assert refusal_of(office, "ranking", rules="khac") == "no-rule-set"
    assert report_of(office.reports, "ranking", {**YEAR, "rules": "quyet-dinh-766"})["rows"]
    assert refusal_of(office, "ranking", figure="judged") == "not-a-list"
    assert [one["rule_set"] for one in rule_sets.all()] == ["nghi-dinh-61", "nghi-dinh-61", "quyet-dinh-766"]


def test_rules_adopted_later_do_not_change_what_was_published(
    office: Office, clock: SetClock, rule_sets: RuleSets
) -> None:
    known(office)
    before = clock.now()
    clock.set(before + timedelta(days=1))
    adopt(office, clock, rule_sets, rules_of("nghi-dinh-61"))
    first = clock.now()
    clock.set(first + timedelta(days=1))
    adopt(office, clock, rule_sets, rules_of("nghi-dinh-61", version=2))
    clock.set(first + timedelta(days=2))
    for name in ("index", "ranking"):
        known_then = {**YEAR, "published_at": to_text(first)}
        assert report_of(office.reports, name, known_then)["rules"]["version"] == 1
        assert report_of(office.reports, name, YEAR)["rules"]["version"] == 2
        assert refusal_of(office, name, published_at=to_text(before)) == "no-rule-set"
    assert report_of(office.reports, "entered", {**YEAR, "published_at": to_text(before)})["rows"] == []


def test_who_has_no_due_time_is_neither_in_time_nor_late(
    office: Office, clock: SetClock, rule_sets: RuleSets
) -> None:
    found = province()
    for number, (days, due_at) in enumerate([(3, vietnam(2019, 5, 20)), (3, None), (None, None)]):
        file(found, number, LAND, "online", vietnam(2019, 5, 6), days, due_at)
    file(found, 3, LAND, "online", vietnam(2019, 5, 6), None, vietnam(2019, 5, 20))
    file(found, 4, LAND, "online", vietnam(2019, 5, 6), None)
    found.pause(4, "1", vietnam(2019, 5, 8))
    file(found, 5, LAND, "online", vietnam(2019, 5, 6), None, vietnam(2019, 5, 20))
    found.pause(5, "1", vietnam(2019, 5, 8))
    office.take(found.sent)
    adopt(office, clock, rule_sets, rules_of("quyet-dinh-766"))
    row = next(
        row
        for row in report_of(office.reports, "index", {**YEAR, "unit": LAND})["rows"]
        if row["indicator"] == "2.1"
    )
    assert (row["numerator"], row["denominator"], row["ratio"]) == (2, 3, "66.67"), (
        "one early, one that waits for papers, one overdue"
    )
    listed = report_of(office.reports, "dossiers", {**YEAR, "figure": "judged_no_due"})
    assert len(listed["rows"]) == 3, "resolved, in progress, waiting for papers"


def test_the_province_s_points_are_of_sums(office: Office, clock: SetClock, rule_sets: RuleSets) -> None:
    known(office)
    rules = rules_of("nghi-dinh-61")
    adopt(office, clock, rule_sets, rules)
    found = report_of(office.reports, "index", YEAR)
    whole = {
        "resolved_early": 3,
        "resolved_on_time": 0,
        "resolved_no_verdict": 0,
        "judged_no_due": 0,
        "resolved_total": 4,
        "judged": 5,
        "asked_again": 1,
        "in_progress_total": 1,
        "in_progress_overdue": 0,
        "resolved_online": 2,
        "resolved": 4,
    }
    by_hand = judge(rules, {name: Fraction(value) for name, value in whole.items()})
    assert [row["points"] for row in found["rows"]] == [
        None if one.points is None else f"{float(one.points):.2f}" for one in by_hand
    ]
    assert found["total"]["covered"] == f"{float(score(by_hand).covered):.2f}"
    assert date.fromisoformat(found["to"]) == date(2019, 12, 31)


@pytest.mark.parametrize("name", ["index", "ranking"])
def test_scores_are_given_in_every_format(
    office: Office, clock: SetClock, rule_sets: RuleSets, name: str
) -> None:
    known(office)
    adopt(office, clock, rule_sets, rules_of("quyet-dinh-766"))
    answer = report_of(office.reports, name, YEAR)
    for wanted in FORMATS.values():
        assert len(wanted.make(answer, Imprint(date(2019, 12, 31)), lambda: None)) > 100
    text = FORMATS["text"].make(answer, Imprint(date(2019, 12, 31)), lambda: None).decode()
    assert "Điểm tối đa: " in text


@pytest.mark.timeout(30)
def test_units_without_a_dossier_have_no_rank(office: Office, clock: SetClock, rule_sets: RuleSets) -> None:
    office.take(province().sent)
    adopt(office, clock, rule_sets, rules_of("quyet-dinh-766"))
    rows = report_of(office.reports, "ranking", YEAR)["rows"]
    assert rows
    assert {row["rank"] for row in rows} == {None}
    assert report_of(office.reports, "index", YEAR)["total"]["points"] is None
