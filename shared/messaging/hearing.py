"""Whether a consumer has heard everything: the chain of positions in each source's partitions.

A message says which position came before it in its partition. If that is not the last one we heard,
something is missing: the message is left aside, and the source sends everything after what we heard
again, in order (as go-back-N does). Markers say how far a source has published, so that a missing
last message is noticed too; consumers ask for them at start and after every reconnect.

Positions go on through the epochs of a log, so one chain does too; but what was said in an epoch
behind the place where a restore ended it is word of another history (`epochs`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import orjson

from shared import topology
from shared.clock import to_text
from shared.contracts.envelope import Message
from shared.messaging import position_age
from shared.messaging.broker import Outgoing
from shared.messaging.epochs import Epochs, epochs_of, service_of
from shared.messaging.position_age import ASKED, asked_now, moment
from shared.partitions import PARTITIONS, partition_of
from shared.persistence.database import Transaction

MARKER = "log-position"
"""Last part of the type of a marker: `lienthong.<source>.log-position`."""


class Place(Enum):
    """Where a message stands in its partition's chain."""

    NEXT = "next"
    HEARD = "heard"
    GAP = "gap"
    ELSEWHERE = "elsewhere"
    """In a history that did not go on: a restore ended it, or has not come here."""


@dataclass(frozen=True, slots=True)
class ResendRequest:
    """Asks a source to send one partition of its log again, or only to say how far it is."""

    service: str
    """Who should send."""
    consumer: str
    partition: int
    after: int | None
    """Send everything after this position; None asks for a marker only."""
    asked: str | None = None
    """When it was asked; the marker says so too."""

    def to_outgoing(self) -> Outgoing:
        """Return the request as a message on `lienthong.resends`."""
        body: dict[str, object] = {
            "consumer": self.consumer,
            "partition": self.partition,
            "after": self.after,
        }
        if self.asked:
            body[ASKED] = self.asked
        return Outgoing(
            exchange=topology.RESENDS,
            routing_key=self.service,
            body=orjson.dumps(body),
            message_id=f"{self.consumer}/{self.partition}/{self.after}",
            content_type="application/json",
        )


def read_request(service: str, body: bytes) -> ResendRequest | None:
    """Return what `service` is asked to send, or None when the bytes ask for nothing that it could."""
    try:
        asked = orjson.loads(body)
        consumer, partition, after = asked["consumer"], asked["partition"], asked["after"]
        known = service in topology.SOURCES[consumer]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    if not known or not _is_below(partition, PARTITIONS) or not (after is None or _is_below(after, 2**63)):
        return None
    asked_at = moment(asked.get(ASKED))
    return ResendRequest(service, consumer, partition, after, to_text(asked_at) if asked_at else None)


def _is_below(value: object, limit: int) -> bool:
    return type(value) is int and 0 <= value < limit


def marker_requests(consumer: str) -> list[ResendRequest]:
    """Return what a consumer asks when it starts or connects again, and now and then."""
    asked = asked_now()
    return [
        ResendRequest(service, consumer, partition, None, asked)
        for service in topology.SOURCES[consumer]
        for partition in range(PARTITIONS)
    ]


class Hearing:
    """How far one consumer has heard each partition of each source; valid within one transaction."""

    def __init__(self, tx: Transaction, epochs: Mapping[str, Epochs]) -> None:
        self._tx = tx
        self._epochs = epochs
        self._heard: dict[tuple[str, int], int] = {}
        for source, partition, position in tx.execute("SELECT source, partition, position FROM heard"):
            key = (service_of(source), partition)
            heard = epochs_of(epochs, key[0]).last_of(source, position)
            self._heard[key] = max(self._heard.get(key, 0), heard)
        self._changed: set[tuple[str, int]] = set()
        self._proofs: list[Message] = []
        """Markers before which nothing is missing."""
        self.gaps: dict[tuple[str, int], int] = {}
        """(service, partition) to the last position heard, for every gap found."""

    def place(self, message: Message) -> Place:
        """Return where the message stands, and count it as heard when it is the next one."""
        service, position = service_of(message.source), message.sourceposition or 0
        if not epochs_of(self._epochs, service).holds(message.source, position):
            return Place.ELSEWHERE
        key = (service, partition_of(message.partitionkey or ""))
        return self._place(key, message.previousposition or 0, position)

    def place_marker(self, message: Message) -> Place:
        """Return whether everything up to a marker was heard."""
        service = service_of(message.source)
        if message.source != epochs_of(self._epochs, service).source:
            return Place.ELSEWHERE
        place = self._place((service, int(message.data["partition"])), message.previousposition or 0, 0)
        if place is not Place.GAP:
            self._proofs.append(message)
        return place

    def _place(self, key: tuple[str, int], previous: int, position: int) -> Place:
        heard = self._heard.get(key, 0)
        if previous > heard:
            self.gaps[key] = heard
            return Place.GAP
        if position <= heard:
            return Place.HEARD
        self._heard[key] = position
        self._changed.add(key)
        return Place.NEXT

    def save(self) -> None:
        """Write how far we have heard, and up to when; part of the same transaction as the effects."""
        position_age.note(self._tx, self._proofs)
        rows = [
            {
                "source": epochs_of(self._epochs, service).source_at(self._heard[service, partition]),
                "partition": partition,
                "position": self._heard[service, partition],
            }
            for service, partition in sorted(self._changed)
        ]
        if rows:
            self._tx.execute_many(
                "INSERT INTO heard (source, partition, position) VALUES (:source, :partition, :position)"
                " ON CONFLICT (source, partition) DO UPDATE SET position = excluded.position"
                " WHERE heard.position < excluded.position",
                rows,
            )
