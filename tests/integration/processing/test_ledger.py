from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from services.processing.application import hand_over_id
from services.processing.messages import Refusal
from services.processing.problems import UNKNOWN_LEG
from services.processing.tables.ledger import LEASE, PAUSE, Backoff
from shared.contracts.envelope import from_bytes
from shared.errors import RefusedError
from shared.messaging.broker import Outcome
from shared.persistence.database import Transaction
from tests.builders.processing import LAND, MORNING, TAX
from tests.integration.processing.conftest import Office

pytestmark = pytest.mark.integration

OTHER_DOSSIER = UUID("0f6c8a52-1f0e-4b57-9a64-2d0f6c8a5202")
STATE = "SELECT state, attempts, next_try_at, last_outcome FROM delivery WHERE message_id = :id"
HOUR = timedelta(hours=1)


def claim(office: Office, limit: int = 100) -> list[str]:
    return [claimed.message_id for claimed in office.ledger.claim(office.clock.now(), limit)]


def send(office: Office, outcome: Outcome = Outcome.CONFIRMED) -> list[str]:
    """One pass of a deliverer whose broker answers always the same."""
    claimed = office.ledger.claim(office.clock.now(), 100)
    office.ledger.record_outcomes(office.clock.now(), [(one, outcome) for one in claimed])
    return [one.message_id for one in claimed]


def refuse(office: Office, command: str = "c-1", agency: str = LAND) -> str:
    refused = RefusedError(UNKNOWN_LEG, leg="x")
    refusal = Refusal(agency, f"/agencies/{agency}", command, refused, office.clock.now())
    with office.unit.begin():
        office.deliveries.refuse(refusal)
    return refusal.message_id


def test_a_hand_over_is_due_at_once_and_holds_its_message(office: Office) -> None:
    leg = office.open_leg()
    (claimed,) = office.ledger.claim(MORNING, 10)
    assert (claimed.message_id, claimed.agency) == (hand_over_id(leg), LAND)
    assert from_bytes(claimed.body).id == claimed.message_id


def test_what_was_claimed_is_claimed_by_nobody_else(open_office: Callable[[], Office]) -> None:
    one, two = open_office(), open_office()
    one.open_leg()
    assert len(claim(one)) == 1
    assert claim(two) == []


def test_what_a_claimer_never_reported_on_comes_due_again(office: Office) -> None:
    office.open_leg()
    first = claim(office)
    office.clock.advance(LEASE)
    assert claim(office) == first


def test_what_is_being_claimed_elsewhere_is_skipped_not_waited_for(
    open_office: Callable[[], Office], request: pytest.FixtureRequest
) -> None:
    if "sqlite" in request.node.name:
        pytest.skip("SQLite has one writer at a time: it waits")
    one, two = open_office(), open_office()
    mine, theirs = one.open_leg(), one.open_leg(agency=TAX, number=2)
    with one.database.transaction() as tx:
        tx.execute("SELECT 1 FROM delivery WHERE leg_id = :leg FOR UPDATE", {"leg": mine})
        assert claim(two) == [hand_over_id(theirs)]


def test_a_released_message_is_due_at_once(office: Office) -> None:
    office.open_leg()
    claimed = office.ledger.claim(MORNING, 10)
    office.ledger.release(claimed, MORNING)
    assert claim(office) == [one.message_id for one in claimed]


def test_of_an_agency_and_dossier_only_the_oldest_unanswered_is_sent(office: Office) -> None:
    first, second = office.open_leg(number=1), office.open_leg(number=2)
    assert send(office) == [hand_over_id(first)]
    assert claim(office) == []
    office.execute("acknowledge-message", first)
    assert send(office) == [hand_over_id(second)]


def test_hand_overs_wait_in_the_order_in_which_their_legs_were_opened(office: Office) -> None:
    legs = [office.open_leg(number=number) for number in (3, 1, 2)]
    seen = []
    for leg in legs:
        seen += send(office)
        office.execute("acknowledge-message", leg)
    assert seen == [hand_over_id(leg) for leg in legs]


def test_other_dossiers_and_other_agencies_do_not_wait(office: Office) -> None:
    ours = office.open_leg(number=1)
    others = [
        office.open_leg(number=2, agency=TAX),
        office.open_leg(dossier=OTHER_DOSSIER),
    ]
    assert sorted(send(office)) == sorted(map(hand_over_id, [ours, *others]))


def test_an_unanswered_hand_over_is_sent_again_ever_more_rarely(office: Office) -> None:
    leg = office.open_leg()
    for attempt, minutes in enumerate([1, 2, 4, 8, 16, 32, 60, 60], start=1):
        assert send(office) == [hand_over_id(leg)]
        state, attempts, next_try_at, _ = office.one(STATE, id=hand_over_id(leg))
        assert (state, attempts) == ("sent", attempt)
        assert next_try_at == office.clock.now() + timedelta(minutes=minutes)
        office.clock.set(next_try_at - timedelta(seconds=1))
        assert claim(office) == []
        office.clock.set(next_try_at)


def test_backing_off_for_years_does_not_overflow() -> None:
    assert Backoff().after(10_000) == HOUR


def test_an_answered_hand_over_is_never_sent_again(office: Office) -> None:
    leg = office.open_leg()
    send(office)
    office.execute("acknowledge-message", leg)
    office.clock.advance(timedelta(days=30))
    assert claim(office) == []
    assert office.one(STATE, id=hand_over_id(leg))[0] == "answered"


def test_an_answer_that_overtakes_the_brokers_confirm_stands(office: Office) -> None:
    leg = office.open_leg()
    claimed = office.ledger.claim(MORNING, 10)
    office.execute("acknowledge-message", leg)
    office.ledger.record_outcomes(MORNING, [(one, Outcome.CONFIRMED) for one in claimed])
    assert office.one(STATE, id=hand_over_id(leg)) == ("answered", 1, None, "confirmed")


def test_another_agencys_answer_changes_nothing(office: Office) -> None:
    leg = office.open_leg()
    with office.unit.begin():
        office.deliveries.answer(TAX, [hand_over_id(leg)], "c-1")
    assert claim(office) == [hand_over_id(leg)]


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNROUTABLE])
def test_an_agency_that_is_not_reached_pauses_and_the_others_flow_on(
    office: Office, outcome: Outcome
) -> None:
    leg = office.open_leg()
    send(office, outcome)
    behind = office.open_leg(dossier=OTHER_DOSSIER)
    elsewhere = office.open_leg(agency=TAX, number=2)
    assert office.one("SELECT agency, until, reason FROM agency_pause") == (
        LAND,
        MORNING + PAUSE,
        outcome.value,
    )
    assert office.one(STATE, id=hand_over_id(leg)) == ("waiting", 0, MORNING + PAUSE, outcome.value)
    assert send(office) == [hand_over_id(elsewhere)]
    office.execute("acknowledge-message", elsewhere, TAX)
    office.clock.advance(PAUSE)
    assert sorted(send(office)) == sorted(map(hand_over_id, [leg, behind]))


def test_a_pause_can_be_ended_by_a_person(office: Office) -> None:
    office.open_leg()
    send(office, Outcome.UNROUTABLE)
    behind = office.open_leg(dossier=OTHER_DOSSIER)
    assert claim(office) == []
    office.ledger.resume(LAND)
    assert claim(office) == [hand_over_id(behind)]


def test_a_refusal_is_delivered_once_the_broker_has_it(office: Office) -> None:
    answer = refuse(office)
    assert send(office) == [answer]
    office.clock.advance(timedelta(days=1))
    assert claim(office) == []
    assert office.one(STATE, id=answer) == ("sent", 1, None, "confirmed")


def test_a_refusal_does_not_wait_for_unanswered_hand_overs(office: Office) -> None:
    office.open_leg()
    send(office)
    answer = refuse(office)
    assert claim(office) == [answer]


def test_a_refusal_that_was_not_taken_is_tried_again(office: Office) -> None:
    answer = refuse(office)
    send(office, Outcome.REFUSED)
    office.clock.advance(PAUSE)
    assert send(office) == [answer]


def test_no_more_is_claimed_than_asked_for_and_the_longest_due_comes_first(office: Office) -> None:
    early = office.open_leg()
    office.clock.advance(timedelta(seconds=1))
    office.open_leg(dossier=OTHER_DOSSIER)
    assert claim(office, limit=1) == [hand_over_id(early)]


def test_nothing_is_entered_when_the_unit_fails(office: Office) -> None:
    refusal = Refusal(LAND, "/agencies/x", "c-1", RefusedError(UNKNOWN_LEG, leg="x"), MORNING)

    def fails(_tx: Transaction) -> None:
        office.deliveries.refuse(refusal)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        office.unit.run(fails)
    with office.unit.begin():
        pass
    assert claim(office) == []
