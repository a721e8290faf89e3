"""Messages to rows, in order and out of order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.statistics.projection.columns import (
    AGENCY,
    APPOINTMENT,
    DOSSIER,
    LEG,
    PAUSE,
    PROCEDURE,
    PROCESS,
    TABLES,
)
from services.statistics.projection.moments import local_date, moment
from services.statistics.projection.rows import Rows, complete
from services.statistics.projection.rules import RULES, keys, project
from shared.clock import VIETNAM, to_text
from shared.contracts import registry
from shared.contracts.envelope import Message
from tests.builders.statistics import (
    CENTRE,
    LAND,
    NEW_LAND,
    TAX,
    Province,
    a_province,
    an_eventful_province,
    leg_of,
    pause_of,
    root_of,
    vietnam,
)
from tests.builders.statistics import (
    PROCEDURE as BIRTH,
)

MESSAGES = a_province(2)
EVENTFUL = an_eventful_province()
YEARS = (datetime(1976, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001 - as Hypothesis takes them
PAUSES = {
    "ask_papers": ("papers", "supplement"),
    "ask_money": ("money", "payment"),
    "post_notice": ("notice", "posting"),
}
SAID_BY_ROUTING = (
    "leg-transferred",
    "leg-recalled",
    "leg-resumed",
    "leg-lapsed",
    "leg-withdrawn",
    "work-rehomed",
    "supplement-requested",
    "payment-requested",
)
MOMENTS = st.datetimes(*YEARS, timezones=st.just(UTC))


def rows_after(messages: Iterable[Message]) -> Rows:
    rows = Rows()
    for message in messages:
        project(rows, orjson.loads(message.to_bytes()))
    for table in TABLES:
        for row in rows.by_table[table].values():
            complete(table, row)
    return rows


def dump(rows: Rows) -> bytes:
    return orjson.dumps(
        [[table.name, sorted(rows.by_table[table].items())] for table in TABLES],
        option=orjson.OPT_SORT_KEYS,
    )


def dossier(messages: Iterable[Message], number: int = 0) -> dict[str, Any]:
    return rows_after(messages).by_table[DOSSIER][str(root_of(number))]


def test_a_whole_life_fills_the_row_of_the_dossier() -> None:
    row = dossier(MESSAGES)
    assert row["code"] == "000.00.14.H47-190724-0000"
    assert (row["desk"], row["procedure"], row["channel"]) == (CENTRE, BIRTH, "direct")
    assert (row["submitted_on"], row["received_on"]) == ("2019-07-01", "2019-07-01")
    assert (row["resolved_on"], row["verdict"]) == ("2019-07-07", "early")
    assert (row["handed_back_on"], row["manner"], row["status"]) == ("2019-07-08", "direct", 10)
    assert (row["legs_planned"], row["legs_opened"], row["legs_completed"], row["legs_returned"]) == (
        2,
        2,
        2,
        0,
    )


def test_a_leg_that_was_returned_counts_as_work_of_its_own() -> None:
    rows = rows_after(MESSAGES)
    row = rows.by_table[DOSSIER][str(root_of(1))]
    assert (row["legs_opened"], row["legs_completed"], row["legs_returned"]) == (4, 3, 1)
    returned = rows.by_table[LEG][str(leg_of(1, 2, 1))]
    again = rows.by_table[LEG][str(leg_of(1, 2, 2))]
    assert (returned["outcome"], returned["overdue_at"] is not None, returned["completed_at"]) == (
        "returned",
        True,
        None,
    )
    assert (again["outcome"], again["attempt"], again["agency"], again["from_agency"]) == (
        "completed",
        2,
        TAX,
        LAND,
    )


def test_a_leg_keeps_every_moment_of_its_work() -> None:
    leg = rows_after(MESSAGES).by_table[LEG][str(leg_of(0, 1, 1))]
    moments = ("opened_at", "handed_over_at", "acknowledged_at", "accepted_at", "completed_at", "closed_at")
    assert [leg[name][11:13] for name in moments] == ["03", "03", "04", "05", "07", "07"]
    assert (leg["steps"], leg["root_id"], leg["term_amount"], leg["opened_on"]) == (
        1,
        str(root_of(0)),
        "2.5",
        "2019-07-01",
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
@pytest.mark.parametrize("messages", [MESSAGES, EVENTFUL], ids=["plain", "eventful"])
def test_whatever_order_messages_come_in_the_rows_are_the_same(
    messages: list[Message], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(messages))
    assert dump(rows_after(shuffled)) == dump(rows_after(messages))


def test_every_row_that_a_message_changes_is_named_by_its_keys() -> None:
    for message in (*MESSAGES, *EVENTFUL):
        document = orjson.loads(message.to_bytes())
        rows = Rows()
        project(rows, document)
        named = {table: set(found) for table, found in keys([document]).items()}
        assert {table: set(rows.changed[table]) for table in TABLES} == named


def test_a_message_about_an_unknown_dossier_makes_its_row() -> None:
    province = Province()
    province.open_leg(7, 1, 1, vietnam(2019, 7, 1))
    rows = rows_after(province.sent)
    row = rows.by_table[DOSSIER][str(root_of(7))]
    assert (row["code"], row["received_at"], row["legs_opened"]) == (None, None, 1)


def test_a_dossier_is_where_legs_are_open_however_many() -> None:
    province = Province()
    province.open_leg(0, 1, 1, vietnam(2019, 7, 1))
    province.open_leg(0, 2, 1, vietnam(2019, 7, 2))
    for messages in (province.sent, list(reversed(province.sent))):
        legs = rows_after(messages).by_table[LEG].values()
        assert {leg["agency"] for leg in legs if leg["closed_at"] is None} == {LAND, TAX}
    province.close_leg(0, 1, 1, vietnam(2019, 7, 3))
    legs = rows_after(reversed(province.sent)).by_table[LEG].values()
    assert [leg["agency"] for leg in legs if leg["closed_at"] is None] == [TAX]


def test_a_dossier_that_came_back_to_the_desk_and_went_on_says_so() -> None:
    province = Province()
    province.open_leg(0, 1, 1, vietnam(2019, 7, 1))
    data = {"code": "x", "agency": LAND, "reason": "thiếu"}
    province.send("routing.itinerary-returned", root_of(0), vietnam(2019, 7, 2), data)
    province.send("intake.dossier-sent-on", root_of(0), vietnam(2019, 7, 3), {"code": "x", "note": "đủ"})
    row = dossier(province.sent)
    assert (row["desk_returns"], row["times_sent_on"]) == (1, 1)


def test_pauses_and_extensions_move_the_due_time_and_keep_what_the_receipt_said() -> None:
    rows = rows_after(EVENTFUL)
    row = rows.by_table[DOSSIER][str(root_of(1))]
    assert (row["first_due_at"], row["due_on"], row["due_moves"]) == (
        to_text(vietnam(2019, 7, 16, 8)),
        "2019-07-21",
        3,
    )
    assert (row["pauses"], row["awaited_supplements"], row["awaited_payments"]) == (3, 1, 0)
    moves = sorted(rows.by_table[APPOINTMENT].values(), key=lambda move: move["position"])
    assert [move["due_on"] for move in moves] == ["2019-07-18", "2019-07-19", "2019-07-21"]
    pause = rows.by_table[PAUSE][pause_of(1, "1")]
    assert (pause["kind"], pause["agency"], pause["paused_at"], pause["resumed_at"]) == (
        "supplement",
        LAND,
        to_text(vietnam(2019, 7, 3, 8)),
        to_text(vietnam(2019, 7, 5, 8)),
    )
    assert rows.by_table[PAUSE][pause_of(1, "3")]["resumed_at"] is None


def test_a_dossier_keeps_its_model_and_whether_it_was_a_trial_when_it_moves_to_another_version() -> None:
    row = rows_after(EVENTFUL).by_table[DOSSIER][str(root_of(1))]
    assert (row["model"], row["trial"], row["process_version"]) == ("four-step", True, 2)
    plain = rows_after(EVENTFUL).by_table[DOSSIER][str(root_of(0))]
    assert (plain["model"], plain["trial"], plain["legs_planned"]) == (None, False, 2)


def test_legs_that_end_otherwise_count_as_what_they_are() -> None:
    row = rows_after(EVENTFUL).by_table[DOSSIER][str(root_of(1))]
    counts = ("legs_opened", "legs_completed", "legs_returned")
    assert [row[count] for count in counts] == [5, 2, 0]


def test_a_leg_keeps_who_had_it_and_who_has_it_now() -> None:
    leg = rows_after(EVENTFUL).by_table[LEG][str(leg_of(1, 1, 1))]
    assert (leg["first_agency"], leg["agency"]) == (LAND, NEW_LAND)
    [[_position, at, agency]] = orjson.loads(leg["rehomed"])
    assert (at, agency) == (to_text(vietnam(2019, 7, 9, 8)), NEW_LAND)
    opinion = rows_after(EVENTFUL).by_table[LEG][str(leg_of(1, 2, 1))]
    assert (opinion["opinion"], opinion["outcome"]) == ("agree", "completed")


def test_versions_of_a_process_and_the_ends_of_agencies_are_kept() -> None:
    rows = rows_after(EVENTFUL)
    one, two = rows.by_table[PROCESS]["qt-1/1"], rows.by_table[PROCESS]["qt-1/2"]
    assert (one["state"], one["trial"], one["model"]) == ("trial", True, "four-step")
    assert (two["state"], two["trial"], two["legs"]) == ("in-force", False, 2)
    ended = rows.by_table[AGENCY][LAND]
    assert (ended["ended_change"], ended["ended_at"]) == ("merge", to_text(vietnam(2019, 7, 1)))
    assert orjson.loads(ended["successors"]) == [{"agency": NEW_LAND, "areas": None}]
    assert ended["name_en"] == f"Agency {LAND}"


def test_what_the_desk_accepted_prevails_over_what_was_filed() -> None:
    province = Province()
    province.submit(0, vietnam(2019, 7, 1), channel="online")
    province.receive(0, vietnam(2019, 7, 2), channel="post")
    assert dossier(province.sent)["channel"] == "post"
    assert dossier(reversed(province.sent))["channel"] == "post"


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        (["submit"], 1),
        (["submit", "receive"], 2),
        (["submit", "refuse"], 3),
        (["submit", "receive", "plan"], 4),
        (["submit", "receive", "plan", "ask_papers"], 5),
        (["submit", "receive", "plan", "ask_money"], 6),
        (["submit", "receive", "plan", "ask_money", "ask_papers"], 5),
        (["submit", "receive", "plan", "ask_papers", "get_papers"], 4),
        (["submit", "receive", "plan", "post_notice"], 4),
        (["submit", "receive", "plan", "ask_papers", "withdraw"], 7),
        (["submit", "receive", "plan", "stop"], 8),
        (["submit", "receive", "plan", "return_to_desk"], 2),
        (["submit", "receive", "plan", "return_to_desk", "send_on"], 4),
        (["submit", "receive", "plan", "resolve"], 9),
        (["submit", "receive", "plan", "resolve", "hand_back"], 10),
    ],
)
def test_the_status_follows_from_what_happened(steps: list[str], status: int) -> None:
    province, at = Province(), vietnam(2019, 7, 1)
    for step in steps:
        if step == "resolve":
            province.resolve(0, at, "on_time")
        elif step == "get_papers":
            province.resume(0, "papers", at, None)
        elif step in PAUSES:
            province.pause(0, PAUSES[step][0], at, PAUSES[step][1])
        elif step == "refuse":
            data = {"procedure": BIRTH, "desk": CENTRE, "channel": "online", "reason": "sai thẩm quyền"}
            province.send("intake.dossier-refused", root_of(0), at, data)
        elif step == "return_to_desk":
            data = {"code": "x", "agency": LAND, "reason": "thiếu"}
            province.send("routing.itinerary-returned", root_of(0), at, data)
        elif step == "send_on":
            province.send("intake.dossier-sent-on", root_of(0), at, {"code": "x", "note": "đủ"})
        else:
            getattr(province, step)(0, at)
    assert dossier(province.sent)["status"] == status
    assert dossier(reversed(province.sent))["status"] == status


def test_the_newest_description_of_an_agency_and_a_procedure_holds_whichever_comes_last() -> None:
    province = Province()
    province.agency(LAND, "district")
    province.agency(LAND, "province", parent="ubnd-tinh")
    province.procedure(version=2)
    province.procedure(version=1)
    for messages in (province.sent, list(reversed(province.sent))):
        rows = rows_after(messages)
        assert rows.by_table[AGENCY][LAND]["level"] == "province"
        assert rows.by_table[AGENCY][LAND]["parent"] == "ubnd-tinh"
        assert rows.by_table[PROCEDURE][BIRTH]["version"] == 2
        assert rows.by_table[PROCEDURE][BIRTH]["name_en"] == "Procedure 2"


def test_a_dossier_says_whether_a_historian_asserted_any_of_its_times() -> None:
    province = Province()
    province.submit(0, vietnam(2019, 7, 1))
    assert dossier(province.sent)["historical"] is False
    data = {"code": "x", "reason": "y"}
    province.send("intake.dossier-stopped", root_of(0), vietnam(2019, 7, 2), data, historical=True)
    assert dossier(province.sent)["historical"] is True


def test_a_message_of_a_type_that_no_row_depends_on_changes_nothing() -> None:
    province = Province()
    province.send("intake.unheard-of", root_of(0), vietnam(2019, 7, 1), {})
    province.send("routing.internal-event", root_of(0), vietnam(2019, 7, 1), {})
    assert not any(rows_after(province.sent).changed.values())


def test_every_rule_is_about_a_published_type() -> None:
    unprojected = {
        "lienthong.routing.itinerary-extended",
        "lienthong.routing.itinerary-withdrawn",
        "lienthong.processing.leg-reminded",
        "lienthong.processing.request-overdue",
        *(f"lienthong.processing.{what}" for what in SAID_BY_ROUTING),
        *(f"lienthong.{service}.internal-event" for service in ("intake", "routing", "processing")),
    }
    assert set(RULES) == set(registry.EVENTS) - unprojected


@given(MOMENTS)
def test_a_local_date_is_the_date_on_the_wall_in_viet_nam(at: datetime) -> None:
    assert local_date(to_text(at)) == at.astimezone(VIETNAM).date().isoformat()


@pytest.mark.parametrize(
    "text",
    ["2019-07-01T00:00:00+07:00", "2019-06-30T17:00:00Z", "2019-06-30T17:00:00.000000Z"],
)
def test_a_moment_is_written_in_one_way(text: str) -> None:
    assert moment(text) == "2019-06-30T17:00:00.000000Z"
