"""What agencies' own systems do wrong: each function does it once to a site and counts what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import uuid4

from kombu import Connection

from deploy.conformance.proxy import Proxy
from shared.contracts.envelope import Message
from shared.messaging.broker import Delivery, Outcome, Outgoing
from shared.messaging.rabbitmq import RabbitBroker
from shared.topology import COMMANDS, agency_queue
from tests.end_to_end import province
from tests.end_to_end.own_system import command, outgoing
from tests.end_to_end.records import number
from tests.end_to_end.reliability.site import AGENCIES, PATIENCE, Site, Watch, working
from tests.end_to_end.reliability.table import Row
from tests.end_to_end.reliability.worker import Worker
from tests.end_to_end.waiting import eventually

DOSSIERS = 20
A_NIGHT, A_MINUTE, A_YEAR = 9.0, 1 / 60, 365 * 24.0
NACKED = 500
WRONG_CLOCK = timedelta(days=1, hours=1)

Fault = Callable[[Site], Row]


def stops_in_the_middle(site: Site) -> Row:
    """The line is cut while a batch is being answered, and nobody is there for a night."""
    agency, watch = _of(site, "stops")
    dossiers = site.submit("stops", DOSSIERS)
    site.await_sent("stops", DOSSIERS)
    account, _, place = site.url(agency).rpartition("@")
    host, _, rest = place.partition(":")
    port, _, path = rest.partition("/")
    proxy = Proxy((host, int(port)))
    first = Worker(agency, f"{account}@{proxy.place[0]}:{proxy.place[1]}/{path}")
    first.start()
    eventually(lambda: len(first.arrived) >= DOSSIERS // 2, "half of it has come")
    proxy.hold()
    proxy.close()
    first.stop()
    site.let_pass("stops", A_NIGHT)
    watch.fires()
    with working(site, "stops") as worker:
        watch.heal()
        site.await_done("stops", dossiers)
        seen = watch.clears()
        worker.arrived[:0] = first.arrived
        return site.row("stops", worker, dossiers, {"cut": len(first.arrived)}, seen)


def acks_nothing(site: Site) -> Row:
    """A system takes everything and says nothing, neither to the broker nor to us."""
    agency, watch = _of(site, "acks-nothing")
    dossiers = site.submit("acks-nothing", DOSSIERS)
    site.await_sent("acks-nothing", DOSSIERS)
    broker = RabbitBroker(site.url(agency))
    inbox = broker.subscribe([agency_queue(agency)], 1000)
    taken: list[Delivery] = []
    while len(taken) < DOSSIERS:
        taken += inbox.take(100, PATIENCE)
    site.let_pass("acks-nothing", A_NIGHT)
    watch.fires()
    inbox.close()
    broker.close()
    with working(site, "acks-nothing") as worker:
        watch.heal()
        site.await_done("acks-nothing", dossiers)
        return site.row("acks-nothing", worker, dossiers, {"not acknowledged": len(taken)}, watch.clears())


def nacks_everything(site: Site) -> Row:
    """A system gives everything back, again and again; then it throws it away."""
    agency, watch = _of(site, "nacks")
    dossiers = site.submit("nacks", DOSSIERS)
    site.await_sent("nacks", DOSSIERS)
    broker = RabbitBroker(site.url(agency))
    inbox = broker.subscribe([agency_queue(agency)], 10)
    nacked = 0
    while nacked < NACKED:
        deliveries = inbox.take(10, 1)
        inbox.requeue(deliveries)
        nacked += len(deliveries)
    inbox.close()
    broker.close()
    thrown = _throw_away(site.url(agency), agency)
    site.let_pass("nacks", A_NIGHT)
    watch.fires()
    with working(site, "nacks") as worker:
        watch.heal()
        site.await_done("nacks", dossiers)
        done = {"nacked": nacked, "thrown away": thrown}
        return site.row("nacks", worker, dossiers, done, watch.clears())


def _throw_away(url: str, agency: str) -> int:
    """Reject all that lies on a queue, for good, and return how much it was."""
    thrown = 0
    with Connection(url) as connection:
        channel = connection.channel()
        while message := channel.basic_get(agency_queue(agency)):
            channel.basic_reject(message.delivery_tag, requeue=False)
            thrown += 1
    return thrown


def answers_oddly(site: Site) -> Row:
    """A system answers after a year: the end before the beginning, each command twice, and as of a year ago."""
    agency, watch = _of(site, "answers-oddly")
    dossiers = site.submit("answers-oddly", DOSSIERS)
    site.await_sent("answers-oddly", DOSSIERS)
    site.let_pass("answers-oddly", A_YEAR)
    watch.fires()
    worker = _Odd(agency, site.url(agency))
    worker.start()
    try:
        watch.heal()
        site.await_done("answers-oddly", dossiers)
        wrong = {id_: worker.expected[id_] for id_ in worker.expected}
        eventually(lambda: worker.refused.keys() >= wrong.keys(), "each wrong answer is refused", PATIENCE)
        assert worker.refused == wrong, "what was right was taken, what was wrong was refused"
        done = {"commands": worker.said, "wrong": len(wrong)}
        return site.row("answers-oddly", worker, dossiers, done, watch.clears())
    finally:
        worker.stop()


class _Odd(Worker):
    """Says everything wrong first, and everything twice."""

    def __init__(self, agency: str, url: str) -> None:
        super().__init__(agency, url)
        self.expected: dict[str, str] = {}
        self.said = 0

    def answers(self, message: Message) -> list[Outgoing]:
        early = self.say(message, "complete-leg", f"{message.id}/early")
        self.clock_is_off = timedelta(days=-365)
        late = self.say(message, "accept-leg", f"{message.id}/a-year-ago")
        self.clock_is_off = timedelta()
        self.expected |= {early.id: "out-of-turn", late.id: "time-out-of-tolerance"}
        said = [outgoing(early), outgoing(late), *super().answers(message)]
        self.said += 2 * len(said)
        return [one for one in said for _ in range(2)]


def floods(site: Site) -> Row:
    """A system sends commands without end about legs that nobody knows; its own work goes on beside it."""
    agency, watch = _of(site, "floods", "CommandsRefused")
    dossiers = site.submit("floods", DOSSIERS)
    flood = 20_000 if site.full else 2_000
    refused = "SELECT count(*) FROM processing.delivery WHERE agency = %s AND kind = 'refusal'"
    with working(site, "floods") as worker:
        ids = _publish(
            site.url(agency), [outgoing(command(agency, "accept-leg", str(uuid4()))) for _ in range(flood)]
        )
        watch.heal()
        watch.fires()
        eventually(lambda: len(worker.refused.keys() & ids) == flood, "each is refused", PATIENCE * 2)
        site.await_done("floods", dossiers)
        seen = watch.clears()
        assert number(site.stack, refused, agency) == flood
        return site.row("floods", worker, dossiers, {"commands": flood, "refused": len(worker.refused)}, seen)


def sends_malformed(site: Site) -> Row:
    """A system sends ten thousand messages that are none; an operator sets them aside."""
    agency = AGENCIES["malformed"]
    watch = site.watch("MessagesParked", service="processing", reason="poison")
    dossiers = site.submit("malformed", DOSSIERS)
    many, source = 10_000, f"account/agency.{agency}"
    lie = "SELECT count(*) FROM processing.parked WHERE source = %s AND state = 'parked'"
    with working(site, "malformed") as worker:
        _publish(
            site.url(agency),
            [
                Outgoing(
                    COMMANDS,
                    "accept-leg",
                    b"%d" % one if one % 2 else b'{"specversion": "1.0", "id": "%d"}' % one,
                    str(one),
                )
                for one in range(many)
            ],
        )
        eventually(lambda: number(site.stack, lie, source) == many, "each lies parked", PATIENCE * 2)
        site.await_done("malformed", dossiers)
        watch.fires()
        last = number(site.stack, "SELECT max(id) FROM processing.parked WHERE source = %s", source)
        with province.at(site.stack, "processing", "administrator") as operator:
            asked = {"source": source, "upto": last, "reason": "Đã báo cơ quan"}
            answer = operator.post("/v1/parked/set-aside", asked, "malformed")
        watch.heal()
        done = {"malformed": many, "set aside": answer["set_aside"]}
        return site.row("malformed", worker, dossiers, done, watch.clears())


def clock_is_wrong(site: Site) -> Row:
    """The clock of an agency is a day ahead, then a day behind; then somebody sets it."""
    agency, watch = _of(site, "clock", "CommandsRefused")
    dossiers = site.submit("clock", DOSSIERS)
    site.await_sent("clock", DOSSIERS)
    worker = Worker(agency, site.url(agency), WRONG_CLOCK)
    worker.start()
    try:
        eventually(lambda: _told(worker, "time-in-future") == 2 * DOSSIERS, "all is refused", PATIENCE)
        worker.clock_is_off, worker.round = -WRONG_CLOCK, 1
        site.let_pass("clock", A_MINUTE * 2)
        eventually(lambda: _told(worker, "time-out-of-tolerance") == 2 * DOSSIERS, "again", PATIENCE)
        watch.fires()
        worker.clock_is_off, worker.round = timedelta(), 2
        watch.heal()
        site.let_pass("clock", A_MINUTE * 10)
        site.await_done("clock", dossiers)
        return site.row("clock", worker, dossiers, {"refused": len(worker.refused)}, watch.clears())
    finally:
        worker.stop()


def _told(worker: Worker, code: str) -> int:
    return list(worker.refused.values()).count(code)


def _of(site: Site, name: str, alert: str = "AgencySilent") -> tuple[str, Watch]:
    agency = AGENCIES[name]
    return agency, site.watch(alert, agency=agency)


def _publish(url: str, batch: list[Outgoing]) -> set[str]:
    """Send as fast as the broker takes it, and return the ids."""
    broker = RabbitBroker(url, stamp_user_id=True)
    try:
        publisher = broker.publisher()
        for start in range(0, len(batch), 1000):
            assert set(publisher.publish(batch[start : start + 1000])) == {Outcome.CONFIRMED}
    finally:
        broker.close()
    return {one.message_id for one in batch}


FAULTS: Mapping[str, Fault] = {
    "stops": stops_in_the_middle,
    "acks-nothing": acks_nothing,
    "nacks": nacks_everything,
    "answers-oddly": answers_oddly,
    "floods": floods,
    "malformed": sends_malformed,
    "clock": clock_is_wrong,
}
