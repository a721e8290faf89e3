"""A report as it went out: its whole content, signed, for good. Topics are durable."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from shared.acts import Act
from shared.event_sourcing import Aggregate

DOMAIN = b"lienthong/publication/1\n"
"""Stands before a document where it is signed, so that no signature of ours passes for another's."""


def publication_key(number: str) -> UUID:
    """Return the aggregate id of the report that went out under a number."""
    return uuid5(NAMESPACE_URL, f"urn:lienthong:statistics:publication/{number}")


class Seal(NamedTuple):
    """What proves that a document is the one that went out."""

    digest: str
    """SHA-256 of the document, as hexadecimal text."""
    signature: str
    """Ed25519, over the document with its domain before it, in base64."""
    key: str
    """The public key to check it with, in base64."""


class Publication(Aggregate):
    """A report that went out. It never changes: what turns out wrong is corrected by another one."""

    TOPIC: ClassVar[str] = "statistics.publication"

    if TYPE_CHECKING:  # the library would make annotated attributes arguments of __init__
        number: str
        corrects: str | None
        document: str
        seal: Seal

    class Event(Aggregate.Event):
        """Base of a publication's events."""

        TOPIC: ClassVar[str] = "statistics.publication.event"

    class Published(Event, Aggregate.Created):
        """The report went out under a number."""

        TOPIC: ClassVar[str] = "statistics.publication.published"
        number: str
        corrects: str | None
        """The number of the report that this one takes the place of."""
        document: str
        """Canonical JSON: what was asked, when, by whom, and the answer."""
        seal: list[str]

        def apply(self, aggregate: Publication) -> None:
            """Assign."""
            aggregate.number = self.number
            aggregate.corrects = self.corrects
            aggregate.document = self.document
            aggregate.seal = Seal(*self.seal)

    @classmethod
    def publish(cls, number: str, corrects: str | None, document: str, seal: Seal, act: Act) -> Publication:
        """Send a report out."""
        key = publication_key(number)
        return cls.begin(
            cls.Published,
            key,
            act.on(root=key),
            number=number,
            corrects=corrects,
            document=document,
            seal=list(seal),
        )
