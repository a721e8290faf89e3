"""Lateness by hop from the tables: one dossier, and a period."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from deploy.contracts.operations.statistics_answers import LatenessAnswer, RecordedEntry, ReportAnswer
from deploy.contracts.schemas import standing_alone
from services.statistics.api import lateness_of, report_of
from services.statistics.ledger.recorded import page
from services.statistics.reports.answers import Question
from services.statistics.reports.seeing import concerns
from shared.clock import SetClock
from shared.errors import RefusedError
from tests.builders.statistics import (
    CENTRE,
    COMMUNE,
    LAND,
    NEW_LAND,
    TAX,
    Province,
    an_eventful_province,
    code_of,
    root_of,
    vietnam,
)
from tests.integration.statistics.conftest import Office

pytestmark = pytest.mark.integration

JULY = date(2019, 7, 1), date(2019, 7, 31)
DAY = 8 * 60


def late_july() -> Province:
    """Three late dossiers and two that are not: 0 by LAND, 1 by LAND and TAX, 2 still open at TAX."""
    province = Province()
    for agency in (CENTRE, LAND, TAX):
        province.agency(agency, "province")
    for number in range(5):
        province.receive(number, vietnam(2019, 7, 1), vietnam(2019, 7, 8))
        province.plan(number, vietnam(2019, 7, 1), trial=number == 0)
    # Each leg is due after three days: LAND on Thursday, TAX three days after it gets it.
    _leg(province, 0, 1, 1, 9)
    province.resolve(0, vietnam(2019, 7, 9), "late")
    _leg(province, 1, 1, 1, 8)
    _leg(province, 1, 2, 8, 16)
    province.resolve(1, vietnam(2019, 7, 16), "late")
    _leg(province, 2, 1, 1, 2)
    province.open_leg(2, 2, 1, vietnam(2019, 7, 2))
    _leg(province, 3, 1, 1, 2)
    province.resolve(3, vietnam(2019, 7, 2), "early")
    province.withdraw(4, vietnam(2019, 7, 5))
    return province


def _leg(province: Province, number: int, position: int, opened: int, closed: int) -> None:
    province.open_leg(number, position, 1, vietnam(2019, 7, opened))
    province.close_leg(number, position, 1, vietnam(2019, 7, closed))


def ask(office: Office, *by: str, **more: Any) -> dict[str, Any]:
    return office.reports.report("lateness", Question(*JULY, by=by, **more))


def valid(schema: Any, answer: Any) -> None:
    Draft202012Validator(standing_alone(schema)).validate(orjson.loads(orjson.dumps(answer)))


def test_a_period_counts_each_late_dossier_once_and_divides_its_lateness(office: Office) -> None:
    office.take(late_july().sent)
    report = ask(office, "agency", as_of=vietnam(2019, 7, 17))
    # 0: one day, LAND's. 1: six days: LAND went two over (4 to 8), TAX three (11 to 16), and a day no
    # delay explains. 2: seven, TAX's.
    rows = {row["agency"]: (row["holder"], row["dossiers"], row["minutes"]) for row in report["rows"]}
    assert rows == {
        LAND: ("agency", 2, 3 * DAY),
        TAX: ("agency", 2, 10 * DAY),
        None: ("process", 1, DAY),
    }
    assert report["total"] == {"dossiers": 3, "minutes": 14 * DAY}
    assert report["rows"][0]["names"]["holder"] == {"vi": f"Cơ quan {TAX}", "en": f"Agency {TAX}"}
    resolution = office.report(*JULY, as_of=vietnam(2019, 7, 17))["total"]
    assert resolution["resolved_late"] + resolution["in_progress_overdue"] == 3
    valid(ReportAnswer, report)


def test_lateness_as_of_an_earlier_moment_leaves_out_what_came_later(office: Office, clock: SetClock) -> None:
    clock.set(vietnam(2019, 7, 12))
    office.take([message for message in late_july().sent if message.time < "2019-07-12"])
    then = ask(office, "agency")
    clock.set(vietnam(2019, 12, 31))
    office.take([message for message in late_july().sent if message.time >= "2019-07-12"])
    assert ask(office, "agency", as_of=vietnam(2019, 7, 12)) == then | {
        "ledger_sequence": len(late_july().sent)
    }
    published = ask(office, "agency", published_at=vietnam(2019, 7, 12))
    assert (published["rows"], published["total"]) == (then["rows"], then["total"])
    assert then["total"]["dossiers"] == 3


def test_trials_can_be_left_out_and_a_period_without_lateness_says_so(office: Office) -> None:
    office.take(late_july().sent)
    without = ask(office, trial="without", as_of=vietnam(2019, 7, 17))
    assert (without["total"]["dossiers"], without["rows"]) == (2, [])
    empty = office.reports.report("lateness", Question(date(2018, 1, 1), date(2018, 1, 31), by=("agency",)))
    assert (empty["rows"], empty["total"]) == ([], {"dossiers": 0, "minutes": 0})


def test_a_late_dossier_of_whose_way_nothing_is_known_is_not_blamed_on_any_agency(office: Office) -> None:
    province = Province()
    province.receive(0, vietnam(2019, 7, 1), vietnam(2019, 7, 2))
    province.resolve(0, vietnam(2019, 7, 4), "late")
    office.take(province.sent)
    [row] = ask(office, "agency")["rows"]
    assert (row["holder"], row["agency"], row["dossiers"], row["minutes"]) == ("in-transit", None, 1, 2 * DAY)


def test_one_dossier_s_lateness_adds_up_and_names_everybody(office: Office) -> None:
    office.take(late_july().sent)
    found = lateness_of(office.reports, code_of(1), {})
    assert found == lateness_of(office.reports, str(root_of(1)), {})
    assert (found["late"], found["ended"], found["elapsed_minutes"]) == (True, True, 11 * DAY)
    assert sum(share["minutes"] for share in found["shares"]) == 11 * DAY
    parts = {part["agency"]: part["minutes"] for part in found["against_due"]["parts"]}
    assert parts == {LAND: 2 * DAY, TAX: 3 * DAY, None: DAY}
    assert found["against_due"]["time"] == {"vi": "6 ngày làm việc", "en": "6 working days"}
    valid(LatenessAnswer, found)
    still = lateness_of(office.reports, code_of(2), {"as_of": "2019-07-17T09:00:00+07:00"})
    assert (still["ended"], still["late"]) == (False, True)
    assert [leg["number"] for leg in still["open_legs"]] == [2]
    valid(LatenessAnswer, still)


def test_an_eventful_dossier_s_waits_and_successions_are_shown(office: Office) -> None:
    office.take(an_eventful_province())
    found = lateness_of(office.reports, code_of(1), {})
    held = {(share["holder"], share["agency"]) for share in found["shares"]}
    assert {("applicant", None), ("agency", LAND), ("agency", NEW_LAND), ("agency", TAX)} <= held
    assert sum(share["minutes"] for share in found["shares"]) == found["elapsed_minutes"]
    assert (found["late"], found["open_legs"]) == (False, [])
    valid(LatenessAnswer, found)
    for agency in (CENTRE, LAND, NEW_LAND, TAX):
        assert concerns(office.database, root_of(1), agency, vietnam(2019, 12, 31)), agency
    assert not concerns(office.database, root_of(1), COMMUNE, vietnam(2019, 12, 31))


@pytest.mark.parametrize(
    ("dossier", "query", "code"),
    [
        ("000.00.14.H47-190724-9999", {}, "not-found"),
        (str(root_of(77)), {}, "not-found"),
        (code_of(1), {"as_of": "2019-06-01T00:00:00Z"}, "not-found"),
        (code_of(1), {"as_of": "hôm qua"}, "invalid"),
        (code_of(1), {"colour": "red"}, "invalid"),
    ],
)
def test_a_question_without_an_answer_is_refused(
    office: Office, dossier: str, query: dict[str, str], code: str
) -> None:
    office.take(late_july().sent)
    with pytest.raises(RefusedError) as refused:
        lateness_of(office.reports, dossier, query)
    assert refused.value.code == code


def test_reports_cannot_be_divided_by_what_they_do_not_know(office: Office) -> None:
    office.take(late_july().sent)
    with pytest.raises(RefusedError, match="unknown-dimension"):
        report_of(office.reports, "lateness", {"from": "2019-07-01", "to": "2019-07-31", "by": "channel"})


def test_what_other_reports_and_pages_answer_has_the_documented_shape(office: Office) -> None:
    office.take(an_eventful_province())
    for name in ("resolution", "models", "lateness"):
        valid(ReportAnswer, office.reports.report(name, Question(*JULY)))
    for line in page(office.database, 0, 5000):
        valid(RecordedEntry, orjson.loads(line))
