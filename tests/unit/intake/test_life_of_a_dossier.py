from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from services.intake.application import Intake
from services.intake.domain.dossier import Dossier
from services.intake.domain.status import Status
from shared.acts import Act
from shared.errors import RefusedError
from tests.unit.intake.one_stop_desk import OneStopDesk

Command = Callable[[Intake, UUID, Act], object]

COMMANDS: dict[str, tuple[str, Command]] = {
    "receive": ("receiving_officer", lambda intake, it, act: intake.receive(it, act)),
    "refuse": ("receiving_officer", lambda intake, it, act: intake.refuse(it, "Không đủ điều kiện", act)),
    "send-on": ("receiving_officer", lambda intake, it, act: intake.send_on(it, "Đã bổ sung", act)),
    "stop": ("receiving_officer", lambda intake, it, act: intake.stop(it, "Công dân đề nghị", act)),
    "fulfil": ("receiving_officer", lambda intake, it, act: intake.fulfil(it, act, note="Đã nộp bản vẽ")),
    "withdraw": ("receiving_officer", lambda intake, it, act: intake.withdraw(it, "Không còn nhu cầu", act)),
    "hand-back": ("result_officer", lambda intake, it, act: intake.hand_back(it, "direct", act)),
    "resolve": ("system", lambda intake, it, act: intake.resolve(it, act)),
    "return-to-desk": ("system", lambda intake, it, act: intake.returned_to_desk(it, "police", "Sai", act)),
    "start-processing": ("system", lambda intake, it, act: intake.start_processing(it, act)),
}

GIVEN: dict[str, Callable[[OneStopDesk], UUID]] = {
    "filed": OneStopDesk.filed,
    "received": OneStopDesk.received,
    "returned": OneStopDesk.returned,
    "paused": OneStopDesk.paused,
    "resolved": OneStopDesk.resolved,
}

TWO_DAYS = {"amount": "2", "unit": "working_day"}

ALLOWED = [
    ("filed", "receive", "received", Status.RECEIVED),
    ("filed", "refuse", "refused", Status.REFUSED),
    ("received", "start-processing", "processing-started", Status.PROCESSING),
    ("received", "resolve", "resolved", Status.RESOLVED),
    ("received", "return-to-desk", "returned-to-desk", Status.RECEIVED),
    ("returned", "send-on", "sent-on", Status.PROCESSING),
    ("returned", "stop", "stopped", Status.STOPPED),
    ("received", "withdraw", "withdrawn", Status.WITHDRAWN),
    ("returned", "withdraw", "withdrawn", Status.WITHDRAWN),
    ("paused", "withdraw", "withdrawn", Status.WITHDRAWN),
    ("paused", "stop", "stopped", Status.STOPPED),
    ("paused", "fulfil", "resumed", Status.PROCESSING),
    ("paused", "resolve", "resolved", Status.RESOLVED),
    ("resolved", "hand-back", "handed-back", Status.HANDED_BACK),
]
REFUSED = [
    (given, command)
    for given in GIVEN
    for command in COMMANDS
    if (command != "start-processing" or given == "filed")
    and (given, command) not in {(row[0], row[1]) for row in ALLOWED}
    and (given, command) != ("paused", "return-to-desk")  # which ends the pause too
]


def when(desk: OneStopDesk, dossier_id: UUID, command: str, act: Act | None = None) -> None:
    role, run = COMMANDS[command]
    desk.do(lambda: run(desk.intake, dossier_id, act or desk.act(role)))


@pytest.mark.parametrize(("given", "command", "event", "status"), ALLOWED)
def test_a_command_in_its_place_records_its_event(
    desk: OneStopDesk, given: str, command: str, event: str, status: Status
) -> None:
    dossier_id = GIVEN[given](desk)
    before = desk.events(dossier_id)

    when(desk, dossier_id, command)

    assert desk.events(dossier_id) == [*before, f"intake.dossier.{event}"]
    assert desk.live(dossier_id).status is status
    assert vars(desk.replayed(dossier_id)) == vars(desk.live(dossier_id))


@pytest.mark.parametrize(("given", "command"), REFUSED)
def test_a_command_out_of_place_is_refused_and_records_nothing(
    desk: OneStopDesk, given: str, command: str
) -> None:
    dossier_id = GIVEN[given](desk)
    before = desk.events(dossier_id)

    with pytest.raises(RefusedError) as refused:
        when(desk, dossier_id, command)

    assert refused.value.problem.status == 409
    assert desk.events(dossier_id) == before


@pytest.mark.parametrize("command", ["start-processing", "resolve", "return-to-desk"])
def test_what_agencies_still_do_to_a_dossier_that_was_withdrawn_changes_nothing(
    desk: OneStopDesk, command: str
) -> None:
    dossier_id = desk.withdrawn()
    before = desk.events(dossier_id)

    when(desk, dossier_id, command)
    desk.pause(dossier_id)
    desk.do(lambda: desk.intake.resume(dossier_id, "p1", desk.act("system")))
    desk.do(lambda: desk.intake.extend(dossier_id, TWO_DAYS, "Trả lại", desk.act("system")))
    desk.do(lambda: desk.intake.join(dossier_id, "police", desk.act("system")))

    assert desk.events(dossier_id) == before


@pytest.mark.parametrize("given", ["returned", "resolved"])
def test_word_of_a_planned_way_changes_nothing_on_a_dossier_that_is_elsewhere(
    desk: OneStopDesk, given: str
) -> None:
    dossier_id = GIVEN[given](desk)
    before = desk.events(dossier_id)
    when(desk, dossier_id, "start-processing")
    assert desk.events(dossier_id) == before


@pytest.mark.parametrize("command", COMMANDS)
def test_a_dossier_that_is_not_there_is_refused(desk: OneStopDesk, command: str) -> None:
    with pytest.raises(RefusedError) as refused:
        when(desk, UUID(int=7), command)
    assert refused.value.code == "not-found"


@pytest.mark.parametrize(
    ("given", "command", "role"),
    [
        ("filed", "receive", "applicant"),
        ("filed", "receive", "result_officer"),
        ("filed", "refuse", "postal_employee"),
        ("returned", "send-on", "applicant"),
        ("returned", "stop", "result_officer"),
        ("paused", "fulfil", "postal_employee"),
        ("received", "withdraw", "applicant"),
        ("resolved", "hand-back", "applicant"),
        ("resolved", "hand-back", "receiving_officer"),
    ],
)
def test_a_role_without_the_right_is_refused(desk: OneStopDesk, given: str, command: str, role: str) -> None:
    dossier_id = GIVEN[given](desk)
    with pytest.raises(RefusedError) as refused:
        when(desk, dossier_id, command, desk.act(role))
    assert refused.value.code == "forbidden"


@pytest.mark.parametrize(("given", "command"), [("filed", "receive"), ("returned", "stop")])
def test_an_officer_of_another_desk_is_refused(desk: OneStopDesk, given: str, command: str) -> None:
    dossier_id = GIVEN[given](desk)
    with pytest.raises(RefusedError) as refused:
        when(desk, dossier_id, command, desk.act("receiving_officer", "another"))
    assert refused.value.code == "not-your-desk"


@pytest.mark.parametrize(
    ("given", "command"),
    [
        ("filed", "receive"),
        ("filed", "refuse"),
        ("returned", "send-on"),
        ("received", "withdraw"),
        ("paused", "fulfil"),
        ("resolved", "hand-back"),
    ],
)
def test_nothing_happens_at_the_desk_before_what_happened_last(
    desk: OneStopDesk, given: str, command: str
) -> None:
    dossier_id = GIVEN[given](desk)
    earlier = desk.act("historian", happened_at=desk.clock.now() - timedelta(hours=1))
    with pytest.raises(RefusedError) as refused:
        when(desk, dossier_id, command, earlier)
    assert refused.value.code == "time-before-previous"


@pytest.mark.parametrize(("days", "verdict"), [(2, "early"), (3, "on_time"), (4, "late")])
def test_the_verdict_goes_by_the_date_in_viet_nam(desk: OneStopDesk, days: int, verdict: str) -> None:
    dossier_id = desk.received()
    done = desk.act("system", happened_at=desk.clock.now() + timedelta(days=days, hours=5))
    when(desk, dossier_id, "resolve", done)
    assert desk.live(dossier_id).verdict == verdict


def test_a_returned_dossier_may_come_back_again_after_it_was_sent_on(desk: OneStopDesk) -> None:
    dossier_id = desk.returned()
    for command in ("send-on", "return-to-desk", "send-on", "resolve", "hand-back"):
        when(desk, dossier_id, command)
    assert desk.live(dossier_id).status is Status.HANDED_BACK


def test_look_ups_follow_the_dossier(desk: OneStopDesk) -> None:
    dossier_id = desk.received(foreign_code="G15.99-7")
    lookups = desk.tables.lookups
    code = desk.live(dossier_id).code
    assert code

    when(desk, dossier_id, "resolve")

    found = lookups.by_code(code)
    assert found
    assert (found.dossier_id, found.status) == (dossier_id, Status.RESOLVED)
    assert [it.dossier_id for it in lookups.by_foreign_code("G15.99-7")] == [dossier_id]
    assert [it.dossier_id for it in lookups.at_desk("pleiku", Status.RESOLVED, 10)] == [dossier_id]
    assert [it.dossier_id for it in lookups.by_identity(desk.vault.blind_index("064190001234"))] == [
        dossier_id
    ]


def test_erasing_a_person_leaves_the_history_and_no_way_from_the_person_to_it(desk: OneStopDesk) -> None:
    dossier_id = desk.received()
    sealed = desk.live(dossier_id).person
    assert sealed
    assert desk.vault.open(dossier_id, sealed)["name"] == "Nguyễn Thị Hương Giang"

    erased: Dossier = desk.do(lambda: desk.intake.forget_person(dossier_id, desk.act("administrator")))

    assert erased.person is None
    assert desk.vault.open_many({dossier_id: sealed}) == {}
    assert desk.tables.lookups.by_identity(desk.vault.blind_index("064190001234")) == []
    assert desk.events(dossier_id)[-1] == "intake.dossier.person-erased"
    with pytest.raises(RefusedError) as refused:
        desk.do(lambda: desk.intake.forget_person(dossier_id, desk.act("administrator")))
    assert refused.value.code == "personal-data-erased"
    with pytest.raises(RefusedError):
        desk.do(lambda: desk.intake.forget_person(dossier_id, desk.act("desk_head")))


@pytest.mark.parametrize(
    ("given", "meanwhile", "command"),
    [
        ("filed", "receive", "start-processing"),
        ("filed", "receive", "resolve"),
        ("returned", "send-on", "resolve"),
        ("received", "resolve", "hand-back"),
        ("received", "return-to-desk", "stop"),
        ("paused", "fulfil", "resolve"),
    ],
)
def test_what_another_process_did_meanwhile_counts(
    desk: OneStopDesk, given: str, meanwhile: str, command: str
) -> None:
    dossier_id = GIVEN[given](desk)
    when(OneStopDesk(desk.database, desk.keys, desk.clock), dossier_id, meanwhile)
    before = desk.events(dossier_id)

    when(desk, dossier_id, command)

    assert len(desk.events(dossier_id)) == len(before) + 1
    assert vars(desk.replayed(dossier_id)) == vars(desk.live(dossier_id))


def test_a_reader_sees_what_another_process_did(desk: OneStopDesk) -> None:
    dossier_id = desk.received()
    when(OneStopDesk(desk.database, desk.keys, desk.clock), dossier_id, "resolve")
    assert desk.do(lambda: desk.intake.dossier(dossier_id)).status is Status.RESOLVED
