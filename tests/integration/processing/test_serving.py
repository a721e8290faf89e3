"""Windows, rates and parking: how much lies before an agency, how fast it comes, and what is put aside."""

from __future__ import annotations

from datetime import timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

import pytest

from services.processing.application import hand_over_id
from services.processing.domain.serving import Way
from services.processing.tables.parked import ParkedHandOvers
from services.processing.tables.standing import DeliveryStanding
from shared.clock import to_text
from shared.errors import RefusedError
from shared.messaging.broker import Outcome
from tests.builders.processing import LAND, MORNING, TAX, act_at
from tests.integration.processing.conftest import Office

pytestmark = pytest.mark.integration

STATE = "SELECT state FROM delivery WHERE message_id = :id"
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def dossier(number: int) -> UUID:
    return uuid5(NAMESPACE_OID, f"dossier/{number}")


def serve(office: Office, agency: str = LAND, **way: object) -> None:
    settled = Way(**way)  # type: ignore[arg-type]
    office.unit.run(lambda _tx: office.servings.settle(agency, settled, "thử", act_at(office.clock.now())))


def send(office: Office, limit: int = 100) -> list[str]:
    claimed = office.ledger.claim(office.clock.now(), limit)
    outcomes = [(one, Outcome.CONFIRMED) for one in claimed]
    office.ledger.record_outcomes(office.clock.now(), outcomes)
    return [one.message_id for one in claimed]


def test_no_more_lies_before_an_agency_than_its_window(office: Office) -> None:
    serve(office, window=2)
    legs = [office.open_leg(dossier=dossier(number)) for number in range(5)]
    assert send(office) == [hand_over_id(leg) for leg in legs[:2]]
    assert send(office) == []
    office.execute("acknowledge-message", legs[0])
    assert send(office) == [hand_over_id(legs[2])]


def test_a_full_window_does_not_keep_what_was_sent_from_being_sent_again(office: Office) -> None:
    serve(office, window=1)
    first, _ = (office.open_leg(dossier=dossier(number)) for number in range(2))
    send(office)
    office.clock.advance(timedelta(minutes=1))
    assert send(office) == [hand_over_id(first)]


def test_an_agency_gets_its_messages_no_faster_than_its_rate(office: Office) -> None:
    serve(office, rate=3)
    legs = [office.open_leg(dossier=dossier(number)) for number in range(7)]
    sent: list[str] = []
    for expected in (3, 6, 7):
        sent += send(office) + send(office)
        assert sent == [hand_over_id(leg) for leg in legs[:expected]]
        office.clock.advance(SECOND)


def test_one_agencys_backlog_does_not_starve_another(office: Office) -> None:
    for number in range(30):
        office.open_leg(dossier=dossier(number))
    office.clock.advance(DAY)
    late = office.open_leg(agency=TAX, dossier=dossier(99))
    assert hand_over_id(late) in send(office, limit=10)


def test_after_a_month_away_everything_comes_in_order_and_nothing_is_parked(office: Office) -> None:
    serve(office, window=5, tries=3)
    legs = [office.open_leg(dossier=dossier(number)) for number in range(20)]
    for _ in range(31):
        send(office)
        office.clock.advance(DAY)
    got: list[str] = []
    while batch := send(office):
        for message in batch:
            got.append(message)
            office.execute("acknowledge-message", legs[len(got) - 1])
    assert got == [hand_over_id(leg) for leg in legs]
    assert office.rows("SELECT 1 FROM delivery WHERE state <> 'answered'") == []


def parked_one(office: Office) -> tuple[UUID, UUID]:
    """Have a hand-over parked: the agency answers others and never this one; return it and the next leg."""
    serve(office, tries=2)
    unheeded, behind = office.open_leg(number=1), office.open_leg(number=2)
    for number in range(10):
        send(office)
        other = office.open_leg(dossier=dossier(number))
        send(office)
        office.clock.advance(SECOND)
        office.execute("acknowledge-message", other)
        office.clock.advance(timedelta(hours=1))
        if office.one(STATE, id=hand_over_id(unheeded))[0] == "parked":
            break
    return unheeded, behind


def test_what_is_never_answered_while_others_are_is_parked_and_holds_its_dossier_alone(
    office: Office,
) -> None:
    unheeded, behind = parked_one(office)
    assert office.one(STATE, id=hand_over_id(unheeded)) == ("parked",)
    other = office.open_leg(dossier=dossier(77))
    elsewhere = office.open_leg(agency=TAX, number=3)
    assert sorted(send(office)) == sorted(map(hand_over_id, [other, elsewhere]))
    (shown,) = ParkedHandOvers(office.database).page(LAND, 0, 10)
    assert (shown["message"], shown["reason"], shown["waiting_behind"]) == (
        hand_over_id(unheeded),
        "unheeded",
        1,
    )
    assert shown["body"]["id"] == hand_over_id(unheeded)
    assert office.one(STATE, id=hand_over_id(behind)) == ("waiting",)


def test_a_parked_hand_over_that_is_retried_goes_first_and_patience_begins_anew(office: Office) -> None:
    unheeded, behind = parked_one(office)
    act = act_at(office.clock.now())
    office.unit.run(lambda _tx: office.servings.retry(hand_over_id(unheeded), "đã sửa", act))
    assert send(office) == [hand_over_id(unheeded)]
    office.execute("acknowledge-message", unheeded)
    assert send(office) == [hand_over_id(behind)]


def test_one_that_is_set_aside_lets_the_next_go_and_is_recorded(office: Office) -> None:
    unheeded, behind = parked_one(office)
    act = act_at(office.clock.now())
    office.unit.run(lambda _tx: office.servings.set_aside(hand_over_id(unheeded), "đã gửi giấy", act))
    assert send(office) == [hand_over_id(behind)]
    topics = [row[0] for row in office.rows("SELECT topic FROM event WHERE topic LIKE '%serving%'")]
    assert topics[-1] == "processing.serving.set-aside"


def test_what_two_operators_do_at_once_is_done_once(office: Office) -> None:
    unheeded, _ = parked_one(office)
    message, act = hand_over_id(unheeded), act_at(office.clock.now())
    office.unit.run(lambda _tx: office.servings.retry(message, "một", act))
    with pytest.raises(RefusedError) as refused:
        office.unit.run(lambda _tx: office.servings.retry(message, "hai", act))
    assert refused.value.code == "not-parked"
    sql = "SELECT count(*) FROM event WHERE topic = 'processing.serving.retried'"
    assert office.one(sql) == (1,)


def test_an_answer_to_a_parked_hand_over_still_counts(office: Office) -> None:
    unheeded, behind = parked_one(office)
    office.execute("accept-leg", unheeded)
    office.execute("acknowledge-message", unheeded)
    assert send(office) == [hand_over_id(behind)]


def test_when_a_queue_was_lost_what_was_sent_is_due_at_once(office: Office) -> None:
    leg = office.open_leg()
    for _ in range(8):
        send(office)
        office.clock.advance(timedelta(hours=1))
    send(office)
    office.ledger.redrive(LAND, office.clock.now())
    assert send(office) == [hand_over_id(leg)]


def test_so_is_what_needs_no_answer_for_nobody_knows_whether_it_was_read(office: Office) -> None:
    leg = office.open_leg()
    send(office)
    office.execute("accept-leg", leg)
    office.execute("request-supplement", leg, reason="Thiếu bản vẽ")
    (notice,) = send(office)
    assert send(office) == []
    office.ledger.redrive(LAND, office.clock.now())
    assert send(office) == [hand_over_id(leg)], "the hand-over that it speaks of comes first"
    office.clock.advance(timedelta(seconds=10))
    assert send(office) == [notice]
    office.clock.advance(timedelta(seconds=10))
    assert send(office) == []


def test_the_standing_counts_what_waits_was_sent_and_is_parked(office: Office) -> None:
    parked_one(office)
    sent = office.open_leg(dossier=dossier(50))
    send(office)
    standing = {one["agency"]: one for one in DeliveryStanding(office.database).agencies(office.clock.now())}
    found = standing[LAND]
    assert (found["waiting"], found["sent"], found["parked"], found["way"]) == (1, 1, 1, "queue")
    assert found["oldest_unanswered_at"] == to_text(MORNING)
    assert found["last_answer_at"] is not None
    assert standing[TAX]["waiting"] == 0
    assert office.one(STATE, id=hand_over_id(sent)) == ("sent",)
