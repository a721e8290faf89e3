"""The resolution report against figures counted by hand, and by another program."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.statistics.api import history_of, report_of
from services.statistics.read_model import versions
from services.statistics.read_model.working_set import WorkingSet
from services.statistics.reports.answers import Question
from services.statistics.reports.columns import FIGURES
from services.statistics.reports.periods import parts
from services.statistics.reports.resolution import figures
from shared.clock import SetClock
from shared.errors import RefusedError
from tests.builders.statistics import CENTRE, COMMUNE, Province, code_of, vietnam, with_bodies
from tests.integration.statistics.conftest import Office

pytestmark = pytest.mark.integration

JUNE = date(2019, 6, 1), date(2019, 6, 30)
JULY = date(2019, 7, 1), date(2019, 7, 31)
AUGUST = date(2019, 8, 1), date(2019, 8, 31)


def twelve_dossiers() -> Province:
    """Return a summer; what it comes to in each month was counted by hand."""
    province = Province()
    province.agency(CENTRE, "province")
    province.agency(COMMUNE, "commune", parent=CENTRE)
    province.procedure()
    province.receive(1, vietnam(2019, 6, 20), vietnam(2019, 7, 5))
    province.resolve(1, vietnam(2019, 7, 3), "early")
    province.receive(2, vietnam(2019, 6, 20), vietnam(2019, 6, 25))
    province.resolve(2, vietnam(2019, 6, 25), "on_time")
    # The first and the last minute of July in Viet Nam; both lie in other days of UTC.
    province.receive(3, vietnam(2019, 7, 1, 0, 0), vietnam(2019, 7, 15))
    province.resolve(3, vietnam(2019, 7, 15), "on_time")
    province.receive(4, vietnam(2019, 7, 31, 23, 59), vietnam(2019, 8, 14))
    province.resolve(4, vietnam(2019, 8, 20), "late")
    # Due on the last day of July: at its end it is not late yet.
    province.receive(5, vietnam(2019, 7, 10), vietnam(2019, 7, 31, 8))
    province.resolve(5, vietnam(2019, 8, 1), "late")
    province.receive(6, vietnam(2019, 7, 10), vietnam(2019, 7, 30))
    province.stop(6, vietnam(2019, 8, 15))
    province.receive(7, vietnam(2019, 7, 5))
    province.resolve(7, vietnam(2019, 7, 8), "none")
    province.receive(8, vietnam(2019, 7, 5), vietnam(2019, 7, 20), channel="online")
    province.stop(8, vietnam(2019, 7, 9))
    province.submit(9, vietnam(2019, 7, 5))
    # A limit in hours counts by the minute.
    province.receive(
        10,
        vietnam(2019, 7, 12),
        vietnam(2019, 7, 12, 15),
        channel="online",
        desk=COMMUNE,
        unit="working_hour",
    )
    # Its reception is missing: it shows in the residual, and is not smoothed away.
    province.resolve(11, vietnam(2019, 7, 20), "late")
    province.receive(12, vietnam(2019, 7, 2), vietnam(2019, 7, 20), channel="post")
    province.resolve(12, vietnam(2019, 7, 3), "early")
    return province


@pytest.fixture
def summer(office: Office) -> Office:
    office.take(twelve_dossiers().sent)
    return office


def counted(row: dict[str, Any]) -> dict[str, int]:
    """Return a row's figures that are not zero."""
    return {key: value for key, value in row.items() if isinstance(value, int) and value}


def test_july_is_as_counted_by_hand(summer: Office) -> None:
    report = summer.report(*JULY)
    assert counted(report["total"]) == {
        "received_total": 9,
        "received_in_period": 8,
        "received_online": 2,
        "received_direct_or_post": 6,
        "carried": 1,
        "resolved_total": 5,
        "resolved_early": 2,
        "resolved_on_time": 1,
        "resolved_late": 1,
        "resolved_no_verdict": 1,
        "stopped": 1,
        "in_progress_total": 4,
        "in_progress_within_limit": 2,
        "in_progress_overdue": 2,
        # The stopped one and the one that was never received cancel out in the form's own balance.
        "residual_unexplained": -1,
    }
    assert [counted(row) for row in report["rows"]] == [counted(report["total"])]
    assert report["as_of"] == "2019-07-31T17:00:00.000000Z"
    assert report["ledger_sequence"] == len(twelve_dossiers().sent)


def test_august_begins_with_what_july_left(summer: Office) -> None:
    assert counted(summer.report(*AUGUST)["total"]) == {
        "received_total": 4,
        "carried": 4,
        "resolved_total": 2,
        "resolved_late": 2,
        "stopped": 1,
        "in_progress_total": 1,
        "in_progress_overdue": 1,
        "residual_balance": 1,
    }


def test_a_report_as_of_a_moment_leaves_out_what_happened_later(summer: Office) -> None:
    total = summer.report(*JULY, as_of=vietnam(2019, 7, 14, 12))["total"]
    assert counted(total) == {
        "received_total": 8,
        "received_in_period": 7,
        "received_online": 2,
        "received_direct_or_post": 5,
        "carried": 1,
        "resolved_total": 3,
        "resolved_early": 2,
        "resolved_no_verdict": 1,
        "stopped": 1,
        "in_progress_total": 4,
        "in_progress_within_limit": 3,
        "in_progress_overdue": 1,
        "residual_balance": 1,
    }


@pytest.mark.parametrize(
    ("moment", "overdue"),
    [(vietnam(2019, 7, 12, 15, 0), 0), (vietnam(2019, 7, 12, 15, 1), 0), (vietnam(2019, 7, 12, 15, 2), 1)],
)
def test_a_limit_in_hours_is_overdue_when_its_minute_is_past(
    summer: Office, moment: datetime, overdue: int
) -> None:
    rows = summer.report(*JULY, "agency", as_of=moment)["rows"]
    assert [row["in_progress_overdue"] for row in rows if row["agency"] == COMMUNE] == [overdue]


def test_a_period_that_is_not_over_is_reported_as_of_now(summer: Office, clock: SetClock) -> None:
    clock.set(vietnam(2019, 7, 14, 12))
    assert summer.report(*JULY) == summer.report(*JULY, as_of=vietnam(2019, 7, 14, 12))


def test_a_moment_that_is_yet_to_come_counts_as_now(summer: Office, clock: SetClock) -> None:
    clock.set(vietnam(2019, 7, 14, 12))
    assert summer.report(*JULY, as_of=vietnam(2019, 7, 30)) == summer.report(*JULY)


def test_what_is_resolved_in_a_month_s_first_moment_was_carried_into_it(office: Office) -> None:
    province = Province()
    province.receive(0, vietnam(2019, 7, 5), vietnam(2019, 8, 5))
    province.resolve(0, vietnam(2019, 8, 1, 0), "early")
    province.receive(1, vietnam(2019, 7, 5), vietnam(2019, 8, 5))
    province.stop(1, vietnam(2019, 8, 1, 0))
    office.take(province.sent)
    july, august = office.report(*JULY)["total"], office.report(*AUGUST)["total"]
    assert (july["resolved_total"], july["stopped"], july["in_progress_total"]) == (0, 0, 2)
    assert (august["carried"], august["resolved_total"], august["stopped"], august["in_progress_total"]) == (
        2,
        1,
        1,
        0,
    )


def test_figures_by_agency_show_the_dossier_without_a_reception_apart(summer: Office) -> None:
    rows = {row["agency"]: row for row in summer.report(*JULY, "agency")["rows"]}
    assert set(rows) == {CENTRE, COMMUNE, None}
    assert counted(rows[None]) == {
        "resolved_total": 1,
        "resolved_late": 1,
        "residual_balance": -1,
        "residual_unexplained": -1,
    }
    assert rows[CENTRE]["residual_unexplained"] == 0
    assert rows[COMMUNE]["names"] == {"agency": {"vi": f"Cơ quan {COMMUNE}", "en": f"Agency {COMMUNE}"}}


@pytest.mark.parametrize(
    ("dimension", "received"),
    [
        ("level", {"province": 8, "commune": 1, None: 0}),
        ("channel", {"direct": 6, "online": 2, "post": 1, None: 0}),
        ("procedure", {"1.001193": 9, None: 0}),
    ],
)
def test_figures_can_be_divided(summer: Office, dimension: str, received: dict[str | None, int]) -> None:
    report = summer.report(*JULY, dimension)
    assert {row[dimension]: row["received_total"] for row in report["rows"]} == received
    assert report["total"] == summer.report(*JULY)["total"]


def test_months_carry_over_what_is_in_progress(summer: Office) -> None:
    report = summer.report(JUNE[0], AUGUST[1], "month")
    figures_of = [(row["month"], row["carried"], row["in_progress_total"]) for row in report["rows"]]
    assert figures_of == [("2019-06", 0, 1), ("2019-07", 1, 4), ("2019-08", 4, 1)]
    assert report["total"] is None
    [july] = [row for row in report["rows"] if row["month"] == "2019-07"]
    assert counted(july) == counted(summer.report(*JULY)["total"])


def test_months_that_have_not_begun_are_left_out(summer: Office) -> None:
    report = summer.report(JUNE[0], AUGUST[1], "month", as_of=vietnam(2019, 7, 14, 12))
    assert [row["month"] for row in report["rows"]] == ["2019-06", "2019-07"]
    assert report["as_of"] == "2019-07-14T05:00:00.000000Z"


def test_months_and_agencies_cross(summer: Office) -> None:
    rows = summer.report(JUNE[0], AUGUST[1], "month", "agency")["rows"]
    assert [
        (row["month"], row["agency"], row["in_progress_total"]) for row in rows if row["agency"] == COMMUNE
    ] == [
        ("2019-07", COMMUNE, 1),
        ("2019-08", COMMUNE, 1),
    ]


def test_a_period_without_dossiers_is_all_zeros(summer: Office) -> None:
    total = summer.report(date(2018, 1, 1), date(2018, 1, 31))["total"]
    assert not any(total.values())
    assert summer.report(date(2018, 1, 1), date(2018, 1, 31), "agency")["rows"] == []


def test_figures_as_published_leave_out_what_was_recorded_later(office: Office, clock: SetClock) -> None:
    messages = twelve_dossiers().sent
    late = [message for message in messages if message.time >= "2019-07-20"]
    clock.set(vietnam(2019, 8, 1, 7))
    office.take([message for message in messages if message not in late])
    then = office.report(*JULY)
    clock.set(vietnam(2019, 12, 1))
    office.take(late)
    now = office.report(*JULY)
    published = Question(*JULY, published_at=vietnam(2019, 8, 1, 8))
    again = office.reports.report("resolution", published)
    assert again["total"] == then["total"] != now["total"]
    assert again["ledger_sequence"] == then["ledger_sequence"]
    assert office.reports.report("resolution", published) == again


def test_figures_as_published_in_the_middle_of_a_period_end_there(office: Office, clock: SetClock) -> None:
    clock.set(vietnam(2019, 7, 25))
    office.take([message for message in twelve_dossiers().sent if message.time < "2019-07-25"])
    then = office.report(*JULY)
    clock.set(vietnam(2019, 12, 1))
    published = office.reports.report("resolution", Question(*JULY, published_at=vietnam(2019, 7, 25)))
    assert (published["total"], published["as_of"]) == (then["total"], then["as_of"])
    assert office.report(*JULY)["total"] != then["total"]


def test_a_report_says_what_its_columns_are_called_in_both_languages(summer: Office) -> None:
    report = summer.report(*JULY, "level")
    for row in (*report["rows"], report["total"]):
        assert {column["key"] for column in report["columns"]} >= set(row) - {"names"}
    assert all(column["vi"] and column["en"] for column in report["columns"])


@pytest.mark.parametrize(
    ("name", "query", "code"),
    [
        ("resolution", {"from": "2019-07-31", "to": "2019-07-01"}, "period-invalid"),
        ("resolution", {"from": "1900-01-01", "to": "2019-07-01"}, "period-invalid"),
        ("resolution", {"from": "2024-01-01", "to": "2024-02-01"}, "period-not-begun"),
        ("resolution", {"from": "2019-07-01", "to": "2019-07-31", "by": "agency,moon"}, "unknown-dimension"),
        ("models", {"from": "2019-07-01", "to": "2019-07-31", "by": "agency"}, "unknown-dimension"),
        ("resolution", {"from": "2019-07-01", "to": "2019-07-31", "trial": "maybe"}, "invalid"),
        ("weather", {"from": "2019-07-01", "to": "2019-07-31"}, "unknown-report"),
        ("resolution", {"from": "01/07/2019", "to": "2019-07-31"}, "invalid"),
        ("resolution", {"from": "2019-07-01", "to": "2019-07-31", "as_of": "2019-07-14"}, "invalid"),
        ("resolution", {"from": "2019-07-01"}, "invalid"),
        ("resolution", {"from": "2019-07-01", "to": "2019-07-31", "colour": "red"}, "invalid"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    summer: Office, name: str, query: dict[str, str], code: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        report_of(summer.reports, name, query)
    assert refused.value.code == code


def test_a_query_in_words_is_the_same_question(summer: Office) -> None:
    query = {
        "from": "2019-07-01",
        "to": "2019-07-31",
        "as_of": "2019-07-14T12:00:00+07:00",
        "by": "agency,channel",
    }
    expected = summer.report(*JULY, "agency", "channel", as_of=vietnam(2019, 7, 14, 12))
    assert report_of(summer.reports, "resolution", query) == expected


def test_a_dossier_that_was_withdrawn_counts_as_resolved_on_time(office: Office) -> None:
    province = Province()
    province.receive(0, vietnam(2019, 7, 5), vietnam(2019, 7, 10))
    province.withdraw(0, vietnam(2019, 7, 20))
    office.take(province.sent)
    assert counted(office.report(*JULY)["total"]) == {
        "received_total": 1,
        "received_in_period": 1,
        "received_direct_or_post": 1,
        "resolved_total": 1,
        "resolved_on_time": 1,
        "withdrawn": 1,
    }
    before = counted(office.report(*JULY, as_of=vietnam(2019, 7, 15))["total"])
    assert (before["in_progress_overdue"], "withdrawn" in before) == (1, False)


@pytest.mark.parametrize(
    ("kind", "column"),
    [("supplement", "awaiting_supplement"), ("payment", "awaiting_payment"), ("posting", None)],
)
def test_while_its_clock_stands_still_a_dossier_is_within_limit(
    office: Office, kind: str, column: str | None
) -> None:
    province = Province()
    province.receive(0, vietnam(2019, 7, 1), vietnam(2019, 7, 10))
    province.pause(0, "1", vietnam(2019, 7, 9), kind)
    province.resume(0, "1", vietnam(2019, 7, 19), vietnam(2019, 7, 20), kind)
    office.take(province.sent)
    standing = counted(office.report(*JULY, as_of=vietnam(2019, 7, 15))["total"])
    assert (standing["in_progress_within_limit"], "in_progress_overdue" in standing) == (1, False)
    assert {key for key in standing if key.startswith("awaiting")} == ({column} if column else set())
    late = counted(office.report(*JULY)["total"])
    assert (late["in_progress_overdue"], "awaiting_supplement" in late) == (1, False)


def test_as_of_a_moment_the_due_time_is_the_one_that_held_then(office: Office) -> None:
    province = Province()
    province.receive(0, vietnam(2019, 7, 1), vietnam(2019, 7, 10))
    province.extend(0, vietnam(2019, 7, 15), vietnam(2019, 7, 20))
    province.extend(0, vietnam(2019, 7, 16), vietnam(2019, 7, 25))
    office.take(list(reversed(province.sent)))

    def overdue(day: int) -> int:
        total = office.report(*JULY, as_of=vietnam(2019, 7, day, 12))["total"]
        assert total["in_progress_total"] == 1
        return int(total["in_progress_overdue"])

    assert [overdue(day) for day in (10, 11, 14, 15, 21, 25, 26)] == [0, 1, 1, 0, 0, 0, 1]


def test_figures_by_status_group_and_as_of_a_moment(office: Office) -> None:
    province, due = Province(), vietnam(2019, 7, 10)
    for number in range(6):
        province.receive(number, vietnam(2019, 7, 1), due)
    province.pause(0, "1", vietnam(2019, 7, 5))
    province.pause(1, "1", vietnam(2019, 7, 5), "payment")
    province.stop(2, vietnam(2019, 7, 5))
    province.withdraw(3, vietnam(2019, 7, 5))
    province.resolve(4, vietnam(2019, 7, 5), "early")
    office.take(province.sent)
    groups = {row["group"]: row["received_total"] for row in office.report(*JULY, "group")["rows"]}
    assert groups == {"supplement": 1, "stopped": 2, "returned": 1, "done": 1, "in_progress": 1}
    before = office.report(*JULY, "group", as_of=vietnam(2019, 7, 4))["rows"]
    assert [(row["group"], row["names"]["group"]["vi"], row["received_total"]) for row in before] == [
        ("in_progress", "Đang xử lý", 6)
    ]


def trials() -> Province:
    province = Province()
    province.procedure()
    province.process(model="four-step", state="trial")
    province.process(version=2, model="four-step")
    province.process(version=3, model="direct")
    province.process(version=4, model="direct", state="retired")
    lives: list[dict[str, Any]] = [{"model": "four-step", "trial": True}, {"model": "four-step"}, {}]
    for number, more in enumerate(lives):
        province.receive(number, vietnam(2019, 7, 1), vietnam(2019, 7, 10))
        province.plan(number, vietnam(2019, 7, 1), **more)
    return province


@pytest.mark.parametrize(("trial", "count"), [(None, 3), ("only", 1), ("without", 2)])
def test_dossiers_on_trial_count_and_can_be_counted_apart(
    office: Office, trial: str | None, count: int
) -> None:
    office.take(trials().sent)
    question = {"from": "2019-07-01", "to": "2019-07-31", **({"trial": trial} if trial else {})}
    report = report_of(office.reports, "resolution", question)
    assert (report["trial"], report["total"]["received_total"]) == (trial, count)
    models = report_of(office.reports, "models", question)
    assert sum(row["dossiers"] for row in models["rows"]) == count


def test_models_are_counted_by_procedures_and_dossiers(office: Office) -> None:
    office.take(trials().sent)
    report = office.reports.report("models", Question(*JULY))
    assert {
        row["model"]: [row[column["key"]] for column in report["columns"][1:]] for row in report["rows"]
    } == {
        "four-step": [1, 1, 2, 1],
        "direct": [1, 0, 0, 0],
        None: [0, 0, 1, 0],
    }
    assert report["ledger_sequence"] == len(trials().sent)
    by_model = office.report(*JULY, "model")
    assert {row["model"]: row["received_total"] for row in by_model["rows"]} == {"four-step": 2, None: 1}


def test_tables_of_another_release_are_not_read(summer: Office) -> None:
    summer.ask("UPDATE read_model SET layout = 1")
    with pytest.raises(RefusedError, match="read-model-outdated"):
        summer.report(*JULY)
    with pytest.raises(RefusedError, match="read-model-outdated"):
        history_of(summer.database, code_of(1), {})
    summer.builder.rebuild()
    assert summer.report(*JULY)["total"]["received_total"] == 9


START = vietnam(2019, 5, 20, 0)
MINUTES = st.integers(0, 120 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
LIVES = st.lists(
    st.tuples(
        MINUTES,
        st.none() | MINUTES,
        st.none() | MINUTES,
        st.booleans(),
        st.sampled_from(["direct", "online"]),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LIVES)
def test_any_dossiers_balance_and_agree_with_a_plain_count(office: Office, lives: list[Any]) -> None:
    province = Province()
    expected: list[tuple[datetime, datetime | None, datetime | None, datetime | None]] = []
    for number, (received, due, end, stopped, channel) in enumerate(lives):
        province.receive(number, received, due, channel=channel)
        ended = None if end is None else max(received, end)
        if ended is not None and stopped:
            province.stop(number, ended)
        elif ended is not None:
            province.resolve(number, ended, "early")
        expected.append((received, due, *((None, ended) if stopped else (ended, None))))
    periods = parts(date(2019, 6, 1), date(2019, 8, 31), vietnam(2019, 8, 20), "month")
    with office.database.transaction() as tx:
        versions.drop(tx, 90)
        versions.create(tx, 90)
        rows = WorkingSet(90, new=True)
        rows.take(tx, [body for _message, body in with_bodies(province.sent)])
        rows.write(tx)
        _, found = figures(tx, 90, periods, ("month",))
        versions.drop(tx, 90)
    keys = [figure.key for figure in FIGURES]
    by_month = {row[0]: dict(zip(keys, row[1:], strict=True)) for row in found}
    carried_on = None
    for period in periods:
        month = by_month.get(period.label, dict.fromkeys(keys, 0))
        received_at = [(r, e or s) for r, _d, e, s in expected]
        in_period = sum(period.start_at <= r < period.cut_at for r, _ in received_at)
        carried = sum(r < period.start_at and (e is None or e >= period.start_at) for r, e in received_at)
        left = sum(r < period.cut_at and (e is None or e >= period.cut_at) for r, e in received_at)
        assert (month["received_in_period"], month["carried"], month["in_progress_total"]) == (
            in_period,
            carried,
            left,
        )
        assert month["received_total"] == in_period + carried
        assert month["received_total"] == month["resolved_total"] + month["stopped"] + left
        assert left == month["in_progress_within_limit"] + month["in_progress_overdue"]
        assert carried_on in (None, carried)
        carried_on = left


def test_the_figures_of_one_procedure_are_those_that_the_division_shows(summer: Office) -> None:
    sql = "UPDATE dossier_v# SET procedure = 'khac' WHERE channel <> 'direct' OR verdict = 'late'"
    with summer.database.transaction() as tx:
        tx.execute(versions.at_version(sql, versions.live(tx).version))
    words = {"from": "2019-06-01", "to": "2019-08-31"}
    divided = report_of(summer.reports, "resolution", {**words, "by": "procedure"})["rows"]
    assert len(divided) > 1
    for row in divided:
        one = {**words, "procedure": row["procedure"]}
        alone = report_of(summer.reports, "resolution", one)
        assert counted(alone["total"]) == counted(row)
        assert alone["procedure"] == row["procedure"]
        assert report_of(summer.reports, "resolution", {**one, "by": "unit"})["total"] == alone["total"]
        assert report_of(summer.reports, "online", one)["total"]["resolved"] == row["resolved_total"]
    with pytest.raises(RefusedError) as refused:
        report_of(summer.reports, "carried", {**words, "procedure": "khac"})
    assert refused.value.problem.code == "not-a-list"
