"""A province where things go wrong: a stack of its own, an agency for each fault, and a Prometheus that watches."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from time import monotonic
from typing import Any

import orjson
import psycopg

from deploy.play.client import DoorError
from deploy.provision import DATABASE
from deploy.stack import Stack
from tests.end_to_end import province
from tests.end_to_end.records import number, rows
from tests.end_to_end.reliability.table import Row, Table
from tests.end_to_end.reliability.worker import Worker, out_of_order
from tests.end_to_end.waiting import eventually
from tests.fixtures.prometheus import Prometheus

DESK = "H72.20.11"
AGENCIES = {
    name: f"H72.{40 + place}"
    for place, name in enumerate(
        (
            "well",
            "stops",
            "acks-nothing",
            "nacks",
            "answers-oddly",
            "floods",
            "malformed",
            "clock",
            "replayed",
            "wiped",
        )
    )
}
"""By what happens there; `well` works whatever happens to the others."""
LEGS = 2
"""Of each dossier, both before the same agency: so there is an order to keep."""
DOSSIERS_UNREAD = 20
"""Whose hand-overs lie on a queue when it is wiped."""
PATIENCE = 240.0
"""Seconds until something is given up: long enough for a machine on which other things run as well."""

_MORE_THAN_ONCE = """
    SELECT coalesce(sum(many - 1), 0) FROM (
        SELECT count(*) AS many FROM statistics.ledger
        WHERE root_id = ANY(%s::uuid[]) AND leg_id IS NOT NULL
            AND type NOT LIKE '%%.internal-event' AND type NOT LIKE '%%.act-refused'
        GROUP BY type, leg_id
    ) AS said
"""
_BEHIND = """
    SELECT count(*) FROM (
        SELECT message_id::bigint AS position, lag(message_id::bigint) OVER (
            PARTITION BY split_part(source, '/', 3), root_id ORDER BY sequence
        ) AS before FROM statistics.ledger WHERE root_id = ANY(%s::uuid[])
    ) AS neighbours WHERE position <= before
"""
_ANSWERED = """
    SELECT count(*) FROM processing.delivery
    WHERE agency = %s AND kind = 'hand-over' AND state = 'answered' AND dossier_id = ANY(%s::uuid[])
"""
_DONE = """
    SELECT count(DISTINCT leg_id) FROM statistics.ledger
    WHERE root_id = ANY(%s::uuid[]) AND type = 'lienthong.processing.leg-completed'
"""
_LATER = """
    UPDATE processing.delivery SET created_at = created_at - %(by)s, first_sent_at = first_sent_at - %(by)s,
        tried_at = tried_at - %(by)s, next_try_at = next_try_at - %(by)s
    WHERE agency = %(agency)s AND next_try_at IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """When an alert fired, and when it had cleared."""

    alert: str
    fired_after: float
    cleared_after: float


@dataclass(slots=True)
class Watch:
    """One alert, from the fault on."""

    site: Site
    alert: str
    labels: dict[str, str]
    began: float = field(default_factory=monotonic)
    fired_after: float = 0.0
    healed: float | None = None

    def fires(self, seconds: float = PATIENCE) -> None:
        """Wait until Prometheus says that it fires."""
        eventually(self._fires, f"{self.alert} fires", seconds)
        self.fired_after = monotonic() - self.began

    def heal(self) -> None:
        """Note that the fault is over from now on."""
        self.healed = monotonic()

    def clears(self, seconds: float = PATIENCE) -> Seen:
        """Wait until it fires no more."""
        eventually(lambda: not self._fires(), f"{self.alert} clears", seconds)
        now = monotonic()
        return Seen(self.alert, round(self.fired_after, 1), round(now - (self.healed or now), 1))

    def _fires(self) -> bool:
        return bool(self.site.prometheus.alerts(self.alert, **self.labels))


@dataclass(slots=True)
class Site:
    """The stack, who watches it, and where rows are kept."""

    stack: Stack
    prometheus: Prometheus
    table: Table
    full: bool
    """Whether faults last as long as they are told of."""

    def put_reference(self) -> None:
        """Make the province known, and return when its desk can take dossiers in."""
        with (
            province.at(self.stack, "routing", "administrator") as routing,
            province.at(self.stack, "intake", "administrator") as intake,
        ):
            for client, value in ((routing, _for_routing()), (intake, _for_intake())):
                client.put("/v1/reference", value, sha256(orjson.dumps(value)).hexdigest())
        with province.at(self.stack, "intake", "receiving_officer", DESK) as desk:
            eventually(lambda: _is_known(desk), "intake knows the desk")
        for agency in AGENCIES.values():
            self.stack.enrol(agency)

    def url(self, agency: str) -> str:
        """Return the broker's address as the agency's account."""
        return self.stack.broker_url(f"agency.{agency}")

    def submit(self, name: str, count: int, prefix: str = "") -> list[str]:
        """File so many dossiers that lead to the agency of that name, and return their ids."""
        with province.at(self.stack, "intake", "receiving_officer", DESK) as desk:
            lines = [
                {
                    "key": f"{name}/{prefix}/{one}",
                    "action": "submit",
                    "data": province.submission(f"Người thứ {one}", desk=DESK, procedure=_procedure(name)),
                }
                for one in range(count)
            ]
            return [answer["answer"]["dossier"] for answer in desk.lines("/v1/batches", lines)]

    def await_sent(self, name: str, count: int) -> None:
        """Wait until so many hand-overs lie before an agency, sent and not answered."""
        sql = "SELECT count(*) FROM processing.delivery WHERE agency = %s AND state = 'sent' AND next_try_at IS NOT NULL"
        eventually(
            lambda: number(self.stack, sql, AGENCIES[name]) == count, "hand-overs lie on the queue", PATIENCE
        )

    def let_pass(self, name: str, hours: float) -> None:
        """Let time pass for what an agency leaves unanswered: every moment in its rows is set back."""
        with psycopg.connect(self.stack.postgres.admin_dsn(DATABASE)) as connection:
            connection.execute(_LATER, {"by": timedelta(hours=hours), "agency": AGENCIES[name]})

    def watch(self, alert: str, **labels: str) -> Watch:
        """Look out for an alert from now on; it must not fire yet."""
        watch = Watch(self, alert, labels)
        watch.clears(PATIENCE)
        watch.began = monotonic()
        return watch

    def await_done(self, name: str, dossiers: Sequence[str], seconds: float = PATIENCE) -> None:
        """Wait until an agency's part of these dossiers is done and answered."""
        wanted = LEGS * len(dossiers)
        eventually(lambda: self._done(name, dossiers) == (wanted, wanted), f"{name}: all is done", seconds)

    def _done(self, name: str, dossiers: Sequence[str]) -> tuple[int, int]:
        done = number(self.stack, _DONE, list(dossiers))
        return done, number(self.stack, _ANSWERED, AGENCIES[name], list(dossiers))

    def row(
        self, fault: str, worker: Worker, dossiers: Sequence[str], done: dict[str, int], seen: Seen | None
    ) -> Row:
        """Count what became of dossiers that went to a worker's agency."""
        name = next(name for name, agency in AGENCIES.items() if agency == worker.agency)
        self.await_done(name, dossiers, 5)
        theirs = [message for message in worker.arrived if message.data["dossier"] in set(dossiers)]
        found = rows(self.stack, _MORE_THAN_ONCE, list(dossiers))
        sent = LEGS * len(dossiers)
        delivered = len({message.data["leg"] for message in theirs})
        return Row(
            fault=fault,
            done=done,
            sent=sent,
            delivered=delivered,
            lost=sent - min(delivered, *self._done(name, dossiers)),
            twice=int(found[0][0]),
            copies=len(theirs) - delivered,
            disorder=out_of_order(theirs) + number(self.stack, _BEHIND, list(dossiers)),
            alert=seen.alert if seen else None,
            fired_after=seen.fired_after if seen else None,
            cleared_after=seen.cleared_after if seen else None,
        )


@contextmanager
def working(site: Site, name: str) -> Iterator[Worker]:
    """Let an agency's system work meanwhile."""
    worker = Worker(AGENCIES[name], site.url(AGENCIES[name])).start()
    try:
        yield worker
    finally:
        worker.stop()


class Desk:
    """Files dossiers steadily on a thread; what was not answered is sent again under its keys."""

    def __init__(self, site: Site, name: str, prefix: str, at_once: int = 5) -> None:
        self._site, self._name, self._prefix, self._at_once = site, name, prefix, at_once
        self.dossiers: list[str] = []
        self.waited = 0
        self._enough = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)

    def start(self) -> Desk:
        """Begin."""
        self._thread.start()
        return self

    def came_through(self, seconds: float = PATIENCE) -> None:
        """Wait until more dossiers are taken in: the doors are open."""
        before = len(self.dossiers)
        eventually(lambda: self._failure or len(self.dossiers) > before, "dossiers are taken in", seconds)

    def close(self) -> list[str]:
        """File no more and return all dossiers."""
        self._enough.set()
        self._thread.join(240)
        assert not self._thread.is_alive()
        if self._failure:
            raise self._failure
        return self.dossiers

    def _run(self) -> None:
        wave = 0
        try:
            while not self._enough.is_set():
                try:
                    self.dossiers += self._site.submit(self._name, self._at_once, f"{self._prefix}/{wave}")
                    wave += 1
                except (DoorError, KeyError):
                    # Something is away, or one line of the batch failed: sent again under the same keys.
                    self.waited += 1
                self._enough.wait(0.25)
        except BaseException as failure:  # noqa: BLE001 - told by `close`
            self._failure = failure


def _procedure(name: str) -> str:
    return f"TS-{name.upper()}"


def _for_routing() -> dict[str, Any]:
    agencies = [
        {
            "agency": agency,
            "name": {"vi": agency, "en": agency},
            "level": "province",
            "kind": f"test-{agency}",
            "area": "TS",
            "code": agency,
            "connected": agency != DESK,
            "valid_from": province.BEGAN,
        }
        for agency in (DESK, *AGENCIES.values())
    ]
    processes = [
        {
            "process": f"test.{name}",
            "version": 1,
            "procedure": _procedure(name),
            "valid_from": province.BEGAN,
            "legs": [
                {
                    "name": {"vi": f"Công đoạn {leg}", "en": f"Leg {leg}"},
                    "agency": {"id": agency},
                    "term": {"amount": "2", "unit": "working_day"},
                }
                for leg in range(1, LEGS + 1)
            ],
        }
        for name, agency in AGENCIES.items()
    ]
    return {"agencies": agencies, "processes": processes}


def _for_intake() -> dict[str, Any]:
    return {"procedures": [{**province.CATALOGUE, "procedure": _procedure(name)} for name in AGENCIES]}


def _is_known(desk: Any) -> bool:
    filing = province.submission(desk=DESK, procedure=_procedure("well"), components=[])
    try:
        desk.post("/v1/submissions", filing, "is-it-known")
    except DoorError as error:
        return error.code == "missing-component"
    return False
