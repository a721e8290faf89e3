from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest

from services.processing.application import Replays
from services.processing.domain.replay import Selection
from services.processing.domain.serving import PULLED, Way
from services.processing.replayer import PAUSE, Replayer
from services.processing.tables.pulling import Pulling
from services.processing.tables.replays import ReplayTable
from shared.acts import Act, Actor
from shared.clock import to_text
from shared.contracts.envelope import Message, from_bytes
from shared.errors import RefusedError
from shared.messaging.broker import Broker, BrokerUnavailableError, Outcome, Outgoing, Publisher
from shared.messaging.memory import MemoryBroker
from shared.messaging.traced import Tracing, place_of
from shared.persistence.unit_of_work import UnitOfWork
from shared.topology import agency_topology, services_topology
from shared.tracing import Span
from tests.builders.processing import DESK, DOSSIER, LAND, TAX
from tests.integration.processing.conftest import Office, deliverer, received

pytestmark = pytest.mark.integration

OPERATOR = Actor("administrator", "Nguyễn Văn An")


@pytest.fixture
def broker() -> Iterator[Broker]:
    broker = MemoryBroker()
    broker.declare(services_topology() + agency_topology(LAND) + agency_topology(TAX))
    yield broker
    broker.close()


class Desk:
    """One process of processing, as far as replays go."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.table = ReplayTable(office.database)
        self.replays = Replays(office.application, office.agencies, self.table)
        self.unit = UnitOfWork(office.database, office.application, [office.agencies, self.table])
        self.tracing: Tracing | None = None

    def replayer(self, publisher: Callable[[], Publisher]) -> Replayer:
        return Replayer(
            self.unit,
            self.replays,
            self.table,
            self.office.ways,
            publisher,
            self.office.clock,
            self.tracing,
        )

    def act(self) -> Act:
        now = self.office.clock.now()
        return Act(OPERATOR, now, now, now, root=UUID(int=0))

    def begin(self, *, rate: int = 100, reason: str = "máy chủ hỏng", **asked: Any) -> dict[str, Any]:
        asked = {"agency": LAND, **asked}
        with self.unit.begin():
            selection = self.replays.checked(Selection(**asked))
        counted, act, replay_id = self.table.count(selection, self.act().recorded_at), self.act(), uuid4()
        return self.unit.run(
            lambda _tx: self.replays.begin(replay_id, selection, counted, reason, rate, act),
        )

    def steer(self, replay: str, what: str) -> dict[str, Any]:
        return self.unit.run(lambda _tx: self.replays.steer(UUID(replay), what, "vì thế", self.act()))

    def shown(self, replay: str) -> dict[str, Any]:
        shown = self.table.one(UUID(replay), self.office.clock.now())
        assert shown is not None
        return shown

    def run_out(self, publisher: Callable[[], Publisher], seconds: int = 60) -> None:
        with closing(self.replayer(publisher)) as ours:
            for _ in range(seconds):
                while ours.replay():
                    pass
                self.office.clock.advance(timedelta(seconds=1))


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


def deliver(office: Office, broker: Broker) -> None:
    with closing(deliverer(office, broker.publisher)) as ours:
        while ours.deliver():
            pass


def history(office: Office, broker: Broker, dossiers: int = 6, legs: int = 2) -> list[str]:
    """Hand legs over, let the agency answer each and end it; return the ids in the order they came."""
    came: list[str] = []
    for number in range(1, legs + 1):
        for dossier in range(dossiers):
            office.open_leg(dossier=uuid5(DOSSIER, str(dossier)), number=number)
        deliver(office, broker)
        taken = [from_bytes(one.body) for one in received(broker, LAND, dossiers)]
        came += [message.id for message in taken]
        office.clock.advance(timedelta(minutes=1))
        for message in taken:
            leg = UUID(message.data["leg"])
            office.execute("acknowledge-message", leg)
            office.execute("accept-leg", leg)
            if number < legs:
                office.execute("complete-leg", leg)
    return came


def replayed(broker: Broker, expected: int) -> list[Message]:
    return [from_bytes(one.body) for one in received(broker, LAND, expected)]


def test_what_an_agency_was_sent_comes_again_in_order_marked_and_as_counted(
    desk: Desk, office: Office, broker: Broker
) -> None:
    came = history(office, broker)
    begun = desk.begin()
    assert (begun["messages"], begun["superseded"], begun["unanswered"], begun["dossiers"]) == (12, 6, 0, 6)
    desk.run_out(broker.publisher)

    messages = replayed(broker, 12)
    assert [message.id for message in messages] == came
    assert {message.replayid for message in messages} == {begun["id"]}
    assert [message.superseded for message in messages] == [True] * 6 + [False] * 6
    shown = desk.shown(begun["id"])
    assert (shown["state"], shown["sent"], shown["sent_superseded"]) == ("finished", 12, 6)
    assert shown["begun_by"] == OPERATOR.subject
    assert shown["reason"] == "máy chủ hỏng"


def test_nothing_is_waited_for_and_the_ledger_stays_as_it_was(
    desk: Desk, office: Office, broker: Broker
) -> None:
    history(office, broker)
    before = office.rows("SELECT * FROM delivery ORDER BY sequence")
    works = office.rows("SELECT * FROM work ORDER BY leg_id")
    desk.begin()
    desk.run_out(broker.publisher)
    office.clock.advance(timedelta(days=1))
    deliver(office, broker)

    assert len(replayed(broker, 12)) == 12
    assert office.rows("SELECT * FROM delivery ORDER BY sequence") == before
    assert office.rows("SELECT * FROM work ORDER BY leg_id") == works


def test_a_message_as_first_sent_says_nothing_of_a_replay(office: Office, broker: Broker) -> None:
    office.open_leg()
    deliver(office, broker)
    (message,) = replayed(broker, 1)
    assert message.replayid is None
    assert b"superseded" not in message.to_bytes()


class Dying:
    """Publishes some pages, then its process dies: the messages are out, nobody wrote it down."""

    def __init__(self, publisher: Publisher, pages: int, fault: BaseException) -> None:
        self.publisher, self.pages, self.fault = publisher, pages, fault

    def publish(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        outcomes = self.publisher.publish(batch)
        if not self.pages:
            raise self.fault
        self.pages -= 1
        return outcomes

    def close(self) -> None:
        self.publisher.close()


@pytest.mark.parametrize("fault", [MemoryError(), BrokerUnavailableError("gone")])
def test_a_replay_killed_half_way_goes_on_where_it_was(
    open_office: Callable[[], Office], broker: Broker, fault: BaseException
) -> None:
    first = Desk(open_office())
    came = history(first.office, broker)
    begun = first.begin(rate=3)
    dying = Dying(broker.publisher(), 1, fault)
    with pytest.raises(type(fault)):
        first.run_out(lambda: dying)

    second = Desk(open_office())
    second.run_out(broker.publisher, 200)
    ids = [message.id for message in replayed(broker, 15)]
    assert ids == came[:6] + came[3:6] + came[6:]
    shown = second.shown(begun["id"])
    assert (shown["state"], shown["sent"]) == ("finished", 12)


def test_no_more_a_second_than_was_asked_for(desk: Desk, office: Office, broker: Broker) -> None:
    history(office, broker)
    desk.begin(rate=5)
    with closing(desk.replayer(broker.publisher)) as ours:
        while ours.replay():
            pass
        assert len(replayed(broker, 5)) == 5
        office.clock.advance(timedelta(seconds=1))
        while ours.replay():
            pass
        assert len(replayed(broker, 5)) == 5


class Full:
    """A queue that refuses one message of a page, and takes those behind it."""

    def __init__(self, publisher: Publisher, refused: int) -> None:
        self.publisher, self.refused = publisher, refused

    def publish(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        through = [one for number, one in enumerate(batch) if number != self.refused]
        outcomes = list(self.publisher.publish(through))
        if len(through) < len(batch):
            outcomes.insert(self.refused, Outcome.REFUSED)
            self.refused = -1
        return outcomes

    def close(self) -> None:
        self.publisher.close()


def test_an_agency_that_is_full_makes_the_replay_wait_and_no_message_overtakes_its_dossiers(
    desk: Desk, office: Office, broker: Broker
) -> None:
    came = history(office, broker)
    begun = desk.begin()
    full = Full(broker.publisher(), 2)
    with closing(desk.replayer(lambda: full)) as ours:
        while ours.replay():
            pass
        # The first wave went out but for one message; nothing of the second wave did.
        assert [one.id for one in replayed(broker, 5)] == came[:2] + came[3:6]
        shown = desk.shown(begun["id"])
        assert (shown["sent"], shown["waits_for"]) == (2, Outcome.REFUSED.value)
        assert shown["waits_until"] == to_text(office.clock.now() + PAUSE)
        office.clock.advance(PAUSE)
        while ours.replay():
            pass
    assert [one.id for one in replayed(broker, 10)] == came[2:]
    assert desk.shown(begun["id"])["state"] == "finished"


def test_the_second_operator_is_refused_and_told_who_was_first(
    open_office: Callable[[], Office], broker: Broker
) -> None:
    first, second = Desk(open_office()), Desk(open_office())
    history(first.office, broker)
    begun = first.begin(rate=1)
    with pytest.raises(RefusedError) as refused:
        second.begin()
    assert refused.value.code == "replay-under-way"
    assert refused.value.facts["replay"] == UUID(begun["id"])
    assert refused.value.facts["by"] == OPERATOR.subject

    first.steer(begun["id"], "cancel")
    assert second.begin()["messages"] == 12


def test_a_paused_replay_sends_nothing_until_it_is_resumed(
    desk: Desk, office: Office, broker: Broker
) -> None:
    history(office, broker)
    replay = desk.begin(rate=4)["id"]
    with closing(desk.replayer(broker.publisher)) as ours:
        assert ours.replay()
        desk.steer(replay, "pause")
        assert desk.steer(replay, "pause")["state"] == "paused"
        office.clock.advance(timedelta(hours=1))
        assert ours.replay() is False
        desk.steer(replay, "resume")
        assert ours.replay()
    desk.steer(replay, "cancel")
    desk.run_out(broker.publisher)
    assert len(replayed(broker, 8)) == 8
    shown = desk.shown(replay)
    assert (shown["state"], shown["sent"]) == ("cancelled", 8)
    with pytest.raises(RefusedError, match="replay-is-over"):
        desk.steer(replay, "resume")


def test_two_processes_send_each_page_once(open_office: Callable[[], Office], broker: Broker) -> None:
    first, second = Desk(open_office()), Desk(open_office())
    clock = first.office.clock
    came = history(first.office, broker)
    begun = first.begin(rate=2)
    with (
        closing(first.replayer(broker.publisher)) as one,
        closing(second.replayer(broker.publisher)) as other,
    ):
        for turn in range(10):
            for replayer in (one, other) if turn % 2 else (other, one):
                while replayer.replay():
                    pass
            clock.advance(timedelta(seconds=1))
    assert [message.id for message in replayed(broker, 12)] == came
    assert second.shown(begun["id"])["state"] == "finished"


def test_a_selection_takes_in_what_it_names(desk: Desk, office: Office, broker: Broker) -> None:
    history(office, broker, dossiers=3, legs=1)
    middle = office.clock.now()
    office.open_leg(dossier=uuid5(DOSSIER, "late"), code="K-9", procedure="2.000001")
    deliver(office, broker)
    received(broker, LAND, 1)
    office.open_leg(dossier=uuid5(DOSSIER, "never sent"))

    def count(**asked: Any) -> int:
        with desk.unit.begin():
            selection = desk.replays.checked(Selection(LAND, **asked))
        return desk.table.count(selection, office.clock.now()).messages

    assert count() == 4
    assert count(until=to_text(middle)) == 3
    assert count(begin=to_text(middle)) == 1
    assert count(dossier="K-9") == count(procedure="2.000001") == 1
    assert count(dossier=str(uuid5(DOSSIER, "1"))) == 1
    assert count(parked=True) == 0
    (message_id,) = office.one(
        "SELECT message_id FROM delivery WHERE dossier_id = :id", id=uuid5(DOSSIER, "late")
    )
    with office.database.transaction() as tx:
        tx.execute("UPDATE delivery SET state = 'parked' WHERE message_id = :id", {"id": message_id})
    assert count(parked=True) == 1


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"agency": "nobody"}, "unknown-agency"),
        ({"agency": DESK}, "agency-has-no-system"),
        ({"dossier": "no such code"}, "unknown-dossier"),
        ({"procedure": "9.999999"}, "nothing-to-replay"),
        ({"begin": "2026-03-02T00:00:00Z", "until": "2026-03-02T00:00:00Z"}, "invalid"),
    ],
)
def test_what_cannot_be_replayed_is_refused_with_a_code(
    desk: Desk, office: Office, broker: Broker, asked: dict[str, Any], code: str
) -> None:
    office.register(DESK, connected=False)
    history(office, broker, dossiers=1, legs=1)
    with pytest.raises(RefusedError) as refused:
        desk.begin(**asked)
    assert refused.value.code == code
    assert office.rows("SELECT id FROM replay") == []


def pull(office: Office) -> None:
    with office.unit.begin():
        office.ways.keep(LAND, Way(way=PULLED), {"now": office.clock.now()})


def asked(office: Office, after: int, limit: int = 100) -> tuple[list[Message], int]:
    page = Pulling(office.database, office.ledger).page(LAND, after, limit, office.clock.now())
    return [from_bytes(body) for body in page.bodies], page.next


def test_an_agency_that_pulls_finds_its_history_behind_its_cursor_in_order_and_once(
    desk: Desk, office: Office, broker: Broker
) -> None:
    came = history(office, broker)
    pull(office)
    begun = desk.begin(rate=5)
    with closing(desk.replayer(broker.publisher)) as ours:
        while ours.replay():
            pass
        assert len(asked(office, 0)[0]) == 5
    before = office.rows("SELECT * FROM delivery ORDER BY sequence")
    desk.run_out(broker.publisher)
    assert office.rows("SELECT * FROM delivery ORDER BY sequence") == before
    assert received(broker, LAND, 0) == []

    # The answer to the first question is lost on the way: asked again, it is the same.
    assert asked(office, 0, 7) == asked(office, 0, 7)
    first, cursor = asked(office, 0, 7)
    second, cursor = asked(office, cursor, 7)
    messages = first + second
    assert [message.id for message in messages] == came
    assert {message.replayid for message in messages} == {begun["id"]}
    assert [message.superseded for message in messages] == [True] * 6 + [False] * 6
    assert asked(office, cursor) == ([], cursor)
    assert office.rows("SELECT * FROM replayed") == []
    assert desk.shown(begun["id"])["state"] == "finished"


def test_a_new_hand_over_comes_to_who_pulls_behind_what_was_replayed_before_it(
    desk: Desk, office: Office, broker: Broker
) -> None:
    came = history(office, broker, dossiers=2, legs=1)
    pull(office)
    desk.begin()
    desk.run_out(broker.publisher)
    office.open_leg(dossier=uuid5(DOSSIER, "new"))
    messages, _ = asked(office, 0)
    assert [message.id for message in messages[:2]] == came
    assert messages[2].replayid is None


def parked(office: Office, broker: Broker) -> list[str]:
    """Hand over two legs of each of two dossiers; the first of each is parked; return those two's ids."""
    for number in (1, 2):
        for dossier in range(2):
            office.open_leg(dossier=uuid5(DOSSIER, str(dossier)), number=number)
    deliver(office, broker)
    ids = [from_bytes(one.body).id for one in received(broker, LAND, 2)]
    with office.database.transaction() as tx:
        tx.execute(
            "UPDATE delivery SET state = 'parked', next_try_at = NULL, unheeded = 24, parked_at = :now"
            " WHERE attempts > 0",
            {"now": office.clock.now()},
        )
    deliver(office, broker)
    assert received(broker, LAND, 0) == []
    return ids


def states(office: Office) -> list[str]:
    return [state for (state,) in office.rows("SELECT state FROM delivery ORDER BY sequence")]


@pytest.mark.parametrize("way", ["queue", "pull"])
def test_a_replayed_parked_lot_leaves_parking_and_its_dossiers_go_on_in_order(
    desk: Desk, office: Office, broker: Broker, way: str
) -> None:
    ids = parked(office, broker)
    if way == "pull":
        pull(office)
    cursor = 0

    def come(expected: int) -> list[Message]:
        nonlocal cursor
        if way == "pull":
            messages, cursor = asked(office, cursor)
            return messages
        deliver(office, broker)
        return replayed(broker, expected)

    begun = desk.begin(parked=True)
    assert (begun["messages"], begun["unanswered"]) == (2, 2)
    desk.run_out(broker.publisher)
    messages = come(2)
    assert [message.id for message in messages] == ids
    assert {message.replayid for message in messages} == {begun["id"]}
    assert states(office) == ["sent", "sent", "waiting", "waiting"]
    # Nothing twice, and nothing overtakes: the dossiers wait for the answers.
    assert come(0) == []
    with pytest.raises(RefusedError, match="nothing-to-replay"):
        desk.begin(parked=True)

    for message in messages:
        office.execute("acknowledge-message", UUID(message.data["leg"]))
    behind = come(2)
    assert [message.data["number"] for message in behind] == [2, 2]
    assert {message.replayid for message in behind} == {None}
    assert states(office) == ["answered", "answered", "sent", "sent"]


@pytest.mark.parametrize("way", ["queue", "pull"])
def test_a_replayed_parked_message_that_stays_unanswered_comes_again_as_any_hand_over(
    desk: Desk, office: Office, broker: Broker, way: str
) -> None:
    ids = parked(office, broker)
    if way == "pull":
        pull(office)
    desk.begin(parked=True)
    desk.run_out(broker.publisher)
    cursor = 0
    if way == "pull":
        first, cursor = asked(office, 0)
    else:
        first = replayed(broker, 2)
    office.clock.advance(timedelta(hours=1))
    if way == "pull":
        again, cursor = asked(office, cursor)
    else:
        deliver(office, broker)
        again = replayed(broker, 2)
    assert [one.id for one in first] == [one.id for one in again] == ids
    assert {one.replayid for one in again} == {None}


class Spans:
    """Where spans are recorded."""

    def __init__(self) -> None:
        self.recorded: list[Span] = []

    def record(self, spans: Sequence[Span]) -> None:
        self.recorded += spans

    def close(self) -> None:
        pass


def test_what_is_replayed_stays_in_the_trace_of_its_dossier(
    desk: Desk, office: Office, broker: Broker
) -> None:
    history(office, broker, dossiers=1)
    spans = Spans()
    desk.tracing = Tracing("processing", spans, office.clock)
    begun = desk.begin()
    desk.run_out(broker.publisher)
    sent = received(broker, LAND, 2)
    for one in sent:
        place = place_of(from_bytes(one.body))
        assert one.headers["traceparent"] == place.traceparent()
    assert len({span.place.trace for span in spans.recorded}) == 1
    assert [span.parent for span in spans.recorded] == [place_of(from_bytes(one.body)).span for one in sent]
    assert len({span.place.span for span in spans.recorded}) == 2
    assert begun["messages"] == 2


def test_who_asked_and_why_stands_in_the_log(desk: Desk, office: Office, broker: Broker) -> None:
    history(office, broker, dossiers=2, legs=1)
    replay = UUID(desk.begin(rate=1)["id"])
    desk.run_out(broker.publisher)
    topics = [event.topic for event in office.application.recorder.select_events(replay)]
    assert topics == [
        "processing.replay.begun",
        "processing.replay.page-done",
        "processing.replay.page-done",
        "processing.replay.finished",
    ]
