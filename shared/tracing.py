"""Traces: which span an act is, in whichever service, told by what events and messages carry anyway.

A dossier's way is one trace. Nothing is kept for it: the trace's id is a digest of the correlation
(by default the dossier), a span's id a digest of the message that was sent or of the cause that was
handled. So a trace outlives the log between two services, weeks of waiting for an agency, and a broker
that was wiped; and what knows nothing of traces breaks none. ADR 22.

A span never names a person: no principal, no key, no reason, no text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from hashlib import blake2b
from typing import Protocol

HEADER = "traceparent"
"""W3C Trace Context; on AMQP a header of this name."""

DOSSIER = "lienthong.dossier"
DOSSIER_CODE = "lienthong.dossier.code"
CORRELATION = "lienthong.correlation"
AGENCY = "lienthong.agency"
PROBLEM = "lienthong.problem"
"""The stable code of a refusal, or the class of what stood in the way."""

_CODE = re.compile(r"[0-9A-Z.]{3,30}-[0-9]{6}-[0-9]{4,}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
_HANDLED = ("/http/", "/agencies/", "/lienthong/")
"""How causes begin that are handled in a span of their own; a deadline's is not."""
_MANY = "/reference"
"""The end of the cause of all that is ever taken in as reference data: no single act."""


class Kind(Enum):
    """What a span is about, in OpenTelemetry's words."""

    SERVER = "server"
    PRODUCER = "producer"
    CONSUMER = "consumer"


@dataclass(frozen=True, slots=True)
class Place:
    """Names a span within all traces."""

    trace: int
    span: int

    def traceparent(self) -> str:
        """Return the place as W3C Trace Context carries it."""
        return f"00-{self.trace:032x}-{self.span:016x}-01"


@dataclass(frozen=True, slots=True)
class Span:
    """Something that was done, with its begin and end."""

    name: str
    kind: Kind
    place: Place
    parent: int | None
    began: datetime
    ended: datetime
    attributes: Mapping[str, str] = field(default_factory=dict)
    failed: bool = False
    link: Place | None = None
    """A span of somebody else's trace that led to this one."""


class Tracer(Protocol):
    """Takes spans of one service."""

    def record(self, spans: Sequence[Span]) -> None:
        """Take spans that have ended; never raises, never waits for anybody."""
        ...

    def close(self) -> None:
        """Send on what was taken, and end."""
        ...


def trace_of(correlation: str) -> int:
    """Return the trace of everything that belongs together."""
    return _digest(f"trace|{correlation}", 16)


def sent(source: str, message_id: str) -> int:
    """Return the span in which a message was sent."""
    return _digest(f"sent|{source}/{message_id}", 8)


def handled(service: str, cause: str) -> int:
    """Return the span in which a service handled a cause: a request, a command or a message."""
    return _digest(f"handled|{service}|{cause}", 8)


def parent_of(service: str, cause: str | None) -> int | None:
    """Return the span in which a service did what it says it did because of `cause`."""
    if not cause or not cause.startswith(_HANDLED) or cause.endswith(_MANY):
        return None
    return handled(service, cause)


def read_traceparent(text: object) -> Place | None:
    """Return the place that somebody's `traceparent` names, None if it names none."""
    found = _TRACEPARENT.fullmatch(text) if isinstance(text, str) else None
    if found is None or str(text).startswith("ff"):
        return None
    trace, span = int(found[1], 16), int(found[2], 16)
    return Place(trace, span) if trace and span else None


def about(dossier: str | None, code: object, **more: str | None) -> dict[str, str]:
    """Return the attributes that say what a span is about."""
    attributes = {DOSSIER: dossier, **more}
    if isinstance(code, str) and _CODE.fullmatch(code):
        attributes[DOSSIER_CODE] = code
    return {name: value for name, value in attributes.items() if value}


def _digest(text: str, size: int) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=size).digest(), "big") or 1
