from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.intake.consumer import handlers
from services.intake.domain.dossier import Dossier
from services.intake.domain.status import Status
from services.intake.publisher import TRANSLATIONS
from shared.contracts import registry
from shared.contracts.envelope import Message
from shared.event_sourcing import JsonMapper, JsonTranscoder
from tests.unit.intake.one_stop_desk import PROCEDURE, OneStopDesk, desk_message

PRIVATE = {"person", "name", "identity_number", "phone", "address", "email", "components"}


def message(kind: str, data: dict[str, Any], root: UUID | None = None) -> Message:
    return Message(
        id="1",
        source="urn:lienthong:routing:1",
        type=kind,
        subject="x",
        time="2025-07-08T02:00:00.000000Z",
        dataschema=registry.ALL[kind].dataschema,
        data=data,
        rootid=str(root) if root else None,
    )


def whole_lives(desk: OneStopDesk) -> None:
    """Let every event of intake happen that becomes public."""
    intake = desk.intake
    revised = {**PROCEDURE, "sector": "Tư pháp"}
    desk.do(lambda: intake.publish_procedure("1.001193", revised, desk.act("procedure_control")))
    refused, returned, stopped, waiting = desk.filed(), desk.returned(), desk.returned(), desk.paused()
    desk.withdrawn()
    desk.do(lambda: intake.fulfil(waiting, desk.act(), note="Đã nộp bản vẽ"))
    more = {"amount": "2", "unit": "working_day"}
    desk.do(lambda: intake.extend(waiting, more, "Trả lại để hoàn thiện", desk.act("system")))
    desk.do(lambda: intake.refuse(refused, "Không đủ điều kiện", desk.act()))
    desk.do(lambda: intake.stop(stopped, "Công dân đề nghị", desk.act()))
    desk.do(lambda: intake.send_on(returned, "Đã bổ sung", desk.act()))
    desk.do(lambda: intake.resolve(returned, desk.act("system")))
    desk.do(lambda: intake.hand_back(returned, "direct", desk.act("result_officer")))
    content = {**PROCEDURE, "limit": None}
    desk.do(lambda: intake.publish_procedure("1.000001", content, desk.act("procedure_control")))
    without_limit = desk.submit(procedure="1.000001", area="pleiku", foreign_code="G15-1").id
    desk.do(lambda: intake.resolve(without_limit, desk.act("system")))


def test_every_public_event_satisfies_its_contract_and_holds_nothing_personal(desk: OneStopDesk) -> None:
    whole_lives(desk)
    mapper = JsonMapper(transcoder=JsonTranscoder())
    seen = set()
    for entry in desk.recorder.read_log(0, 1000):
        event = mapper.to_domain_event(entry.stored_event())
        if type(event) not in TRANSLATIONS:
            continue
        kind, translate = TRANSLATIONS[type(event)]
        data = translate(event)
        assert registry.load(message(kind, data)) == data
        if isinstance(event, Dossier.Event):
            assert not PRIVATE & data.keys()
        seen.add(type(event))
    assert seen == set(TRANSLATIONS)


def test_every_message_type_of_intake_is_published_by_some_event() -> None:
    ours = {kind for kind, contract in registry.EVENTS.items() if contract.service == "intake"}
    assert {kind for kind, _ in TRANSLATIONS.values()} == ours - {"lienthong.intake.internal-event"}


def take(desk: OneStopDesk, kind: str, data: dict[str, Any], root: UUID) -> None:
    taken = message(kind, data, root)
    act = desk.act("system").on(root=root)
    desk.do(lambda: handlers(desk.intake, desk.tables)[kind](taken, registry.load(taken), act))


def test_an_agency_that_routing_registers_becomes_a_desk_and_a_second_word_replaces_the_first(
    desk: OneStopDesk,
) -> None:
    for code in ("H21.70", "H21.71"):
        take(desk, "lienthong.routing.agency-registered", desk_message("kon-tum", code), uuid4())
    assert desk.submit(desk="kon-tum").code == "H21.71-250707-0001"


LEG = {
    "leg": "x",
    "number": 1,
    "name": {"vi": "Công an", "en": "Police"},
    "agency": "police",
    "direction": "peer",
    "term": None,
    "reason": "x",
}


@pytest.mark.parametrize(
    ("kind", "data", "given", "status"),
    [
        (
            "lienthong.routing.itinerary-planned",
            {"code": "c", "process": "p", "version": 1, "legs": [LEG]},
            OneStopDesk.received,
            Status.PROCESSING,
        ),
        ("lienthong.routing.itinerary-completed", {"code": "c"}, OneStopDesk.received, Status.RESOLVED),
        (
            "lienthong.routing.itinerary-paused",
            {"code": "c", "pause": "p1", "kind": "payment", "leg": "x", "agency": "tax", "reason": "Lệ phí"},
            OneStopDesk.received,
            Status.PAYMENT,
        ),
        (
            "lienthong.routing.itinerary-resumed",
            {"code": "c", "pause": "p1", "kind": "supplement", "leg": "x", "agency": "tax", "due_at": None},
            OneStopDesk.paused,
            Status.PROCESSING,
        ),
        (
            "lienthong.routing.itinerary-extended",
            {"code": "c", "by": {"amount": "2", "unit": "working_day"}, "reason": "Trả lại"},
            OneStopDesk.received,
            Status.RECEIVED,
        ),
        (
            "lienthong.routing.leg-rehomed",
            {
                "leg": "x",
                "number": 1,
                "code": "c",
                "agency": "kon-tum",
                "from_agency": "police",
                "due_at": None,
                "plan": "2025",
                "basis": "Nghị quyết",
            },
            OneStopDesk.received,
            Status.RECEIVED,
        ),
        (
            "lienthong.routing.itinerary-returned",
            {"code": "c", "agency": "police", "reason": "Thiếu chữ ký"},
            OneStopDesk.received,
            Status.RECEIVED,
        ),
    ],
)
def test_what_routing_says_of_a_dossier_moves_it(
    desk: OneStopDesk,
    kind: str,
    data: dict[str, Any],
    given: Callable[[OneStopDesk], UUID],
    status: Status,
) -> None:
    dossier_id = given(desk)
    before = len(desk.events(dossier_id))
    take(desk, kind, data, dossier_id)
    assert len(desk.events(dossier_id)) == before + 1
    assert desk.live(dossier_id).status is status
    assert desk.live(dossier_id).returned is (kind == "lienthong.routing.itinerary-returned")
