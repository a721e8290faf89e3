"""The patterns of real routes: side by side, consulted, transferred, recalled, paused, moved, withdrawn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.routing.domain.itinerary_events import LegOpened, Planned
from services.routing.publisher import TRANSLATIONS
from shared.contracts.registry import EVENTS
from shared.errors import RefusedError
from tests.builders.routing import (
    DEPARTMENT,
    DESK,
    DISTRICT,
    NOW,
    POLICE,
    act_at,
    leg,
    process,
    received,
)
from tests.unit.routing.conftest import Office

OTHER_DESK = "H47.71.02"
HOUR = timedelta(hours=1)


def named(id_: str, agency: Any, **more: Any) -> dict[str, Any]:
    return {**leg(agency), "id": id_, **more}


CONSULTATION = [
    named("take-in", "receiver"),
    {
        **named("ask", None, kind="opinion", at_term="consent", join="all"),
        "consult": [{"id": POLICE}, {"id": DISTRICT}, {"id": DEPARTMENT}],
    },
    named("appraise", {"id": DEPARTMENT}, join="2"),
]
SIDE_BY_SIDE = [
    named("register", "receiver"),
    named("reside", {"id": POLICE}, after=["register"]),
    named("insure", {"id": DISTRICT}, after=["register"]),
    named("hand-out", "receiver", after=["reside", "insure"]),
]


def begin(office: Office, legs: list[dict[str, Any]], **changes: Any) -> list[Any]:
    office.when("publish_process", process(legs, 2, "2019-02-01") | changes.pop("process", {}), act_at())
    return office.when("start", received(**changes), act_at())


def opened(events: list[Any]) -> list[tuple[int, str]]:
    return [(event.number, event.agency) for event in events if type(event).__name__ == "LegOpened"]


def leg_at(office: Office, number: int) -> str:
    (found,) = [key for key, one in office.itinerary().open.items() if one["number"] == number]
    return str(found)


def end(office: Office, number: int, outcome: str = "completed", after: timedelta = HOUR) -> list[Any]:
    return office.when("leg_ended", leg_at(office, number), outcome, act_at(NOW + after))


def test_legs_side_by_side_are_open_together_and_joined(office: Office) -> None:
    begin(office, SIDE_BY_SIDE)

    assert opened(end(office, 1)) == [(2, POLICE), (3, DISTRICT)]
    assert opened(end(office, 3)) == []
    assert opened(end(office, 2)) == [(4, DESK)]
    assert type(end(office, 4)[-1]).__name__ == "Completed"


def test_enough_opinions_let_the_others_go(office: Office) -> None:
    begin(office, CONSULTATION)
    assert opened(end(office, 1)) == [(2, POLICE), (3, DISTRICT), (4, DEPARTMENT)]
    end(office, 2, "consented")

    events = end(office, 4)

    assert [(type(event).__name__, getattr(event, "outcome", None)) for event in events] == [
        ("LegClosed", "completed"),
        ("LegClosed", "withdrawn"),
        ("LegOpened", None),
    ]
    assert opened(events) == [(5, DEPARTMENT)]


def test_a_leg_is_skipped_by_the_dossiers_facts(office: Office) -> None:
    legs = [
        *SIDE_BY_SIDE[:2],
        {**SIDE_BY_SIDE[2], "when": {"fact": "insure", "equals": True}},
        SIDE_BY_SIDE[3],
    ]

    planned, *_ = begin(office, legs, facts={"insure": False})

    assert planned.legs[2]["skipped"]
    assert planned.legs[2]["skipped_vi"]
    assert opened(end(office, 1)) == [(2, POLICE)]
    assert opened(end(office, 2)) == [(4, DESK)]


def test_the_facts_choose_the_term(office: Office) -> None:
    longer = {"when": {"fact": "remote", "equals": True}, "term": {"amount": "3", "unit": "working_day"}}

    _, event = begin(office, [named("work", "receiver", terms=[longer])], remote=True)

    assert event.due_at == "2019-06-20T02:00:00.000000Z"


def test_a_transferred_leg_keeps_its_due_time(office: Office) -> None:
    begin(office, SIDE_BY_SIDE)
    end(office, 1)
    due_at = office.itinerary().open[leg_at(office, 2)]["due_at"]

    closed, event = office.when(
        "leg_transferred", leg_at(office, 2), DISTRICT, "không thuộc thẩm quyền", act_at(NOW + 5 * HOUR)
    )

    assert (closed.outcome, event.agency, event.attempt, event.due_at) == ("transferred", DISTRICT, 2, due_at)
    assert (event.direction, event.note) == ("up", "không thuộc thẩm quyền")


def test_a_recalled_leg_goes_back_to_where_it_came_from(office: Office) -> None:
    begin(office, SIDE_BY_SIDE)
    end(office, 1)

    events = office.when("leg_recalled", leg_at(office, 2), "gửi nhầm", act_at(NOW + 2 * HOUR))

    assert opened(events) == [(1, DESK)]
    # What runs side by side goes on; both legs of the way back are gone through again.
    assert opened(end(office, 1, after=3 * HOUR)) == [(2, POLICE)]


def test_a_leg_may_be_returned_to_any_earlier_one(office: Office) -> None:
    begin(office, SIDE_BY_SIDE)
    for number in (1, 2, 3):
        end(office, number)
    may = office.when("leg_returned", leg_at(office, 4), "sai", act_at(NOW + 2 * HOUR))

    assert opened(may) == [(3, DISTRICT)]
    assert [one["number"] for one in may[-1].may_return_to] == [1]


def test_back_to_the_desk_everything_open_stops(office: Office) -> None:
    begin(office, SIDE_BY_SIDE)
    end(office, 1)

    asked = (leg_at(office, 2), "thiếu giấy tờ", act_at(NOW + 2 * HOUR), 0)
    closed, withdrawn, back = office.when("leg_returned", *asked)

    assert (closed.number, withdrawn.number, withdrawn.outcome) == (2, 3, "withdrawn")
    assert type(back).__name__ == "ReturnedToDesk"
    assert opened(office.when("send_on", "đủ", act_at(NOW + 3 * HOUR))) == [(1, DESK)]


def test_a_return_may_extend_the_dossier(office: Office) -> None:
    begin(
        office,
        [
            named("a", "receiver", return_extends={"amount": "2", "unit": "working_day"}),
            named("b", {"id": POLICE}),
        ],
    )
    end(office, 1)

    events = office.when("leg_returned", leg_at(office, 2), "bổ sung", act_at(NOW + 2 * HOUR))

    (extended,) = [event for event in events if type(event).__name__ == "Extended"]
    assert (extended.by, extended.reason) == ({"amount": "2", "unit": "working_day"}, "bổ sung")


def test_a_supplement_moves_the_legs_due_time_by_as_much_as_it_took(office: Office) -> None:
    begin(office, SIDE_BY_SIDE)
    leg_id = leg_at(office, 1)

    (paused,) = office.when("pause", leg_id, "supplement", "thiếu bản sao", act_at(NOW + HOUR))
    assert office.when("pause", leg_id, "supplement", "lần nữa", act_at(NOW + HOUR)) == []
    (resumed,) = office.when("resume", paused.pause, act_at(NOW + timedelta(days=2, hours=1)))

    # Due Tuesday nine o'clock; it waited from Monday ten to Wednesday ten: two working days.
    assert resumed.due_at == "2019-06-20T02:00:00.000000Z"
    assert office.when("resume", paused.pause, act_at(NOW + timedelta(days=3))) == []


def test_a_payment_between_two_phases_is_nobodys_work(office: Office) -> None:
    begin(
        office,
        [named("one", "receiver"), named("pay", "receiver", pause="payment"), named("two", "receiver")],
    )

    _, waiting, paused = end(office, 1)
    assert (waiting.number, waiting.pause, paused.kind) == (2, "payment", "payment")

    events = office.when("resume", paused.pause, act_at(NOW + timedelta(days=10)))
    assert [type(event).__name__ for event in events] == ["Resumed", "LegClosed", "LegOpened"]


def test_a_notice_handed_on_hangs_as_long_as_it_would_have(office: Office) -> None:
    notice = named("post", {"id": DISTRICT}, pause="posting", at_term="elapse")
    begin(office, [named("take-in", "receiver"), notice, named("give", "receiver")])
    end(office, 1)
    due_at = office.itinerary().open[leg_at(office, 2)]["due_at"]

    asked = (leg_at(office, 2), POLICE, "không thuộc thẩm quyền", act_at(NOW + 5 * HOUR))
    events = office.when("leg_transferred", *asked)

    assert [type(event).__name__ for event in events] == ["Resumed", "LegClosed", "LegOpened", "Paused"]
    assert office.itinerary().open[leg_at(office, 2)]["due_at"] == due_at


def test_a_withdrawn_dossier_goes_nowhere(office: Office) -> None:
    begin(office, SIDE_BY_SIDE)
    end(office, 1)
    leg_id = leg_at(office, 2)

    events = office.when("withdraw", "người dân rút", act_at(NOW + 2 * HOUR))

    assert [type(event).__name__ for event in events] == ["LegClosed", "LegClosed", "Withdrawn"]
    assert office.when("withdraw", "lần nữa", act_at(NOW + 2 * HOUR)) == []
    assert office.when("leg_ended", leg_id, "completed", act_at(NOW + 2 * HOUR)) == []
    with pytest.raises(RefusedError, match="not-at-the-desk"):
        office.when("send_on", "x", act_at(NOW + 2 * HOUR))


def test_a_dossier_withdrawn_while_it_waits_waits_no_longer(office: Office) -> None:
    begin(office, SIDE_BY_SIDE)
    office.when("pause", leg_at(office, 1), "supplement", "thiếu bản sao", act_at(NOW + HOUR))

    events = office.when("withdraw", "người dân rút", act_at(NOW + 2 * HOUR))

    assert [type(event).__name__ for event in events] == ["Resumed", "LegClosed", "Withdrawn"]
    assert office.itinerary().pauses == {}


def test_the_cut_off_moves_only_what_opens_at_reception(office: Office) -> None:
    late_in_the_day = NOW + timedelta(hours=6, minutes=30)  # half past three
    office.when("publish_process", process(SIDE_BY_SIDE, 2, "2019-02-01") | {"cutoff": "15:00"}, act_at())

    _, first = office.when("start", received(), act_at(late_in_the_day))
    _, second, _ = office.when("leg_ended", leg_at(office, 1), "completed", act_at(late_in_the_day))

    assert first.due_at == "2019-06-19T00:00:00.000000Z"
    assert second.due_at == "2019-06-18T08:30:00.000000Z"


def test_legs_of_the_first_version_of_the_log_can_still_be_read(office: Office) -> None:
    """A route from before there were graphs goes on as the sequence that it was."""
    state: dict[str, Any] = {
        "legs": [{"number": n, "reason": "r", "agency": DESK, "name": {}, "term": None} for n in (1, 2)]
    }
    Planned.upcast_v1_v2(state)
    assert [one["after"] for one in state["legs"]] == [[], [1]]
    event: dict[str, Any] = {"number": 2, "act": {"happened_at": "2019-06-17T02:00:00.000000Z"}}
    LegOpened.upcast_v1_v2(event)
    assert (event["from_number"], event["counting"]["pauses"]) == (1, [])


def test_every_event_can_be_made_public_by_its_contract(office: Office) -> None:
    begin(
        office,
        [named("a", "receiver", return_extends={"amount": "1", "unit": "working_day"}), *CONSULTATION[1:]],
    )
    (paused,) = office.when("pause", leg_at(office, 1), "payment", "lệ phí", act_at(NOW + HOUR))
    office.when("resume", paused.pause, act_at(NOW + 2 * HOUR))
    end(office, 1)
    office.when("leg_returned", leg_at(office, 2), "sai", act_at(NOW + 2 * HOUR))
    office.when("leg_returned", leg_at(office, 1), "sai", act_at(NOW + 3 * HOUR))
    office.when("send_on", "lại", act_at(NOW + 4 * HOUR))
    end(office, 1, after=5 * HOUR)
    end(office, 2, after=5 * HOUR)
    office.when("withdraw", "rút", act_at(NOW + 6 * HOUR))

    public = set()
    for stored in office.recorder.select_notifications(start=1, limit=1000):
        event = office.routing.mapper.to_domain_event(stored)
        if type(event) in TRANSLATIONS:
            message_type, data_of = TRANSLATIONS[type(event)]
            assert EVENTS[message_type].schema().validate(data_of(event)) == {}
            public.add(message_type.rpartition(".")[2])
    assert public >= {
        "itinerary-planned",
        "leg-opened",
        "leg-closed",
        "itinerary-paused",
        "itinerary-resumed",
        "itinerary-extended",
        "itinerary-returned",
        "itinerary-withdrawn",
    }
    assert str(UUID(paused.pause)) == paused.pause
