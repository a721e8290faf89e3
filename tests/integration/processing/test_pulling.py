"""The ledger over HTTP: the same rows in the same order, whatever is lost on the way."""

from __future__ import annotations

from datetime import timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

import pytest

from services.processing.application import hand_over_id
from services.processing.domain.serving import PULLED, Way
from services.processing.messages import Refusal
from services.processing.problems import UNKNOWN_LEG
from services.processing.tables.pulling import Pulling
from shared.contracts.envelope import from_bytes
from shared.errors import RefusedError
from shared.messaging.broker import Outcome
from tests.builders.processing import LAND, TAX, act_at
from tests.integration.processing.conftest import Office

pytestmark = pytest.mark.integration

MINUTE = timedelta(minutes=1)


def dossier(number: int) -> UUID:
    return uuid5(NAMESPACE_OID, f"dossier/{number}")


class Puller:
    """An agency's system that asks."""

    def __init__(self, office: Office) -> None:
        self.office, self.cursor = office, 0
        self.pulling = Pulling(office.database, office.ledger)

    def ask(self, after: int | None = None, limit: int = 100) -> list[str]:
        after = self.cursor if after is None else after
        page = self.pulling.page(LAND, after, limit, self.office.clock.now())
        self.cursor = page.next
        return [from_bytes(body).id for body in page.bodies]


@pytest.fixture
def puller(office: Office) -> Puller:
    serve(office, Way(PULLED))
    return Puller(office)


def serve(office: Office, way: Way) -> None:
    office.unit.run(lambda _tx: office.servings.settle(LAND, way, "tường lửa", act_at(office.clock.now())))


def send(office: Office) -> list[str]:
    """Put onto the queue what is due."""
    claimed = office.ledger.claim(office.clock.now(), 100)
    office.ledger.record_outcomes(office.clock.now(), [(one, Outcome.CONFIRMED) for one in claimed])
    return [one.message_id for one in claimed]


def refuse(office: Office, command: str) -> str:
    refused = RefusedError(UNKNOWN_LEG, leg="x")
    refusal = Refusal(LAND, f"/agencies/{LAND}", command, refused, office.clock.now())
    with office.unit.begin():
        office.deliveries.refuse(refusal)
    return refusal.message_id


def test_messages_come_in_order_one_a_dossier_and_are_counted_as_tried(
    office: Office, puller: Puller
) -> None:
    first, behind = office.open_leg(number=1), office.open_leg(number=2)
    other = office.open_leg(dossier=dossier(1))
    assert puller.ask() == [hand_over_id(first), hand_over_id(other)]
    assert puller.ask() == []
    assert office.rows("SELECT state, attempts, next_try_at FROM delivery ORDER BY sequence") == [
        ("sent", 1, office.clock.now() + MINUTE),
        ("waiting", 0, office.clock.now()),
        ("sent", 1, office.clock.now() + MINUTE),
    ]
    office.execute("acknowledge-message", first)
    assert puller.ask() == [hand_over_id(behind)]


def test_an_answer_lost_on_the_way_is_given_again_to_the_same_cursor(office: Office, puller: Puller) -> None:
    legs = [office.open_leg(dossier=dossier(number)) for number in range(5)]
    first = puller.ask(0, limit=2)
    assert puller.ask(0, limit=2) == first == [hand_over_id(leg) for leg in legs[:2]]
    assert puller.ask() == [hand_over_id(leg) for leg in legs[2:]]
    assert puller.ask(0) == [hand_over_id(leg) for leg in legs]


def test_what_became_of_a_leg_never_comes_before_its_hand_over(office: Office, puller: Puller) -> None:
    office.register(TAX)
    leg = office.open_leg(agency=TAX)
    office.execute("accept-leg", leg, TAX)
    office.execute("request-supplement", leg, TAX, reason="Thiếu bản vẽ")
    with office.unit.begin():
        rehomed = {"leg": str(leg), "agency": LAND, "basis": "NQ 01"}
        office.application.rehome_work(rehomed, act_at(office.clock.now()))
    assert puller.ask(0) == [hand_over_id(leg, LAND)]
    # Answers are lost on the way: the agency goes on asking with its old cursor.
    told = puller.ask(0)
    assert told[0] == hand_over_id(leg, LAND)
    assert len(told) == 2, "the leg waits for the applicant"
    office.clock.advance(2 * MINUTE)
    assert puller.ask(0) == told
    assert puller.ask(0, limit=1) == told[:1]


def test_a_hand_over_without_an_answer_comes_again_under_its_id(office: Office, puller: Puller) -> None:
    leg = office.open_leg()
    assert puller.ask() == [hand_over_id(leg)]
    office.clock.advance(MINUTE)
    assert puller.ask() == [hand_over_id(leg)]
    assert office.one("SELECT attempts, pulled FROM delivery") == (2, 2)


def test_asking_with_one_cursor_for_ever_parks_nothing(office: Office, puller: Puller) -> None:
    office.open_leg()
    for number in range(40):
        other = office.open_leg(dossier=dossier(number))
        puller.ask(0)
        office.execute("acknowledge-message", other)
    assert office.one("SELECT count(*) FROM delivery WHERE state = 'parked'") == (0,)


def test_a_refusal_is_delivered_once_the_cursor_is_behind_it(office: Office, puller: Puller) -> None:
    answer = refuse(office, "c-1")
    assert puller.ask(0) == puller.ask(0) == [answer]
    assert office.one("SELECT state FROM delivery") == ("waiting",)
    assert puller.ask() == []
    assert office.one("SELECT state, next_try_at FROM delivery") == ("sent", None)


def test_what_is_answered_is_not_given_again(office: Office, puller: Puller) -> None:
    leg = office.open_leg()
    puller.ask()
    office.execute("acknowledge-message", leg)
    assert puller.ask(0) == []


def test_an_agency_that_pulls_is_not_pushed_to_and_the_other_way_round(
    office: Office, puller: Puller
) -> None:
    leg = office.open_leg()
    assert office.ledger.claim(office.clock.now(), 10) == []
    puller.ask()
    serve(office, Way())
    assert [one.message_id for one in office.ledger.claim(office.clock.now(), 10)] == [hand_over_id(leg)]
    with pytest.raises(RefusedError) as refused:
        puller.ask()
    assert refused.value.code == "agency-is-pushed-to"


def test_what_lay_on_the_queue_is_given_at_once_to_an_agency_that_pulls_from_now_on(office: Office) -> None:
    leg = office.open_leg()
    claimed = office.ledger.claim(office.clock.now(), 10)
    office.ledger.record_outcomes(office.clock.now(), [(one, Outcome.CONFIRMED) for one in claimed])
    serve(office, Way(PULLED))
    assert Puller(office).ask() == [hand_over_id(leg)]


def test_a_cursor_that_was_never_given_is_refused(office: Office, puller: Puller) -> None:
    office.open_leg()
    with pytest.raises(RefusedError) as refused:
        puller.ask(7)
    assert refused.value.code == "cursor-unknown"


def test_the_window_bounds_what_is_pulled(office: Office) -> None:
    serve(office, Way(PULLED, window=2))
    legs = [office.open_leg(dossier=dossier(number)) for number in range(4)]
    puller = Puller(office)
    assert puller.ask() == [hand_over_id(leg) for leg in legs[:2]]
    office.execute("acknowledge-message", legs[1])
    assert puller.ask() == [hand_over_id(legs[2])]


def test_what_lay_on_the_queue_beside_hand_overs_comes_again_too(office: Office) -> None:
    leg = office.open_leg()
    for command, more in (("accept-leg", {}), ("request-supplement", {"reason": "Thiếu bản vẽ"})):
        send(office)
        office.execute(command, leg, **more)
    answer, sent = refuse(office, "c-1"), set(send(office) + send(office))
    assert len(sent) == 2
    (notice,) = sent - {answer}
    serve(office, Way(PULLED))
    puller = Puller(office)
    # The hand-over was never answered, and a notice comes behind it.
    assert puller.ask() == [answer, hand_over_id(leg)]
    assert puller.ask() == [notice]
    assert puller.ask() == []
    # It has them now: nothing of this comes once more on the queue.
    office.execute("acknowledge-message", leg)
    serve(office, Way())
    assert send(office) == []


def test_what_was_pulled_and_never_shown_to_have_come_goes_onto_the_queue_at_once(
    office: Office, puller: Puller
) -> None:
    leg = office.open_leg()
    answers = [refuse(office, f"c-{number}") for number in range(2)]
    assert puller.ask(limit=1) == answers[:1]
    assert puller.ask() == [answers[1], hand_over_id(leg)]
    serve(office, Way())
    assert send(office) == [answers[1], hand_over_id(leg)]
    assert send(office) == []
    # Back again: what lay on the queue may not have been read; what the cursor showed to have come was.
    serve(office, Way(PULLED))
    assert puller.ask() == [answers[1], hand_over_id(leg)]
