"""The messages of the contract, as an agency's system sees them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

CONTENT_TYPE = "application/cloudevents+json"
HAND_OVER = "lienthong.agency.leg-hand-over"
NOTICE = "lienthong.agency.leg-notice"
REFUSAL = "lienthong.agency.command-refused"
CARRIED_OUT = "lienthong.agency.command-carried-out"
RESTORED = "lienthong.agency.history-restored"
REQUEST = "lienthong.agency.written-request"
REQUEST_NOTICE = "lienthong.agency.request-notice"
NEWEST = {HAND_OVER: 1, NOTICE: 1, REQUEST: 1, REQUEST_NOTICE: 1, REFUSAL: 1, CARRIED_OUT: 1, RESTORED: 1}
"""The newest version of each type that this program understands."""
COMMANDS = (
    "acknowledge-message",
    "accept-leg",
    "record-work",
    "complete-leg",
    "return-leg",
    "give-opinion",
    "transfer-leg",
    "recall-leg",
    "request-supplement",
    "request-payment",
    "receive-request",
    "answer-request",
)
ON_REQUESTS = frozenset({"receive-request", "answer-request"})
"""Commands about a reminder or a request for a report: they name a `request` where the others name a `leg`."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message from the agency's queue that this program understands."""

    id: str
    type: str
    data: Mapping[str, Any]
    body: Mapping[str, Any]
    """The whole message, with attributes that this program does not know."""

    @property
    def is_hand_over(self) -> bool:
        """Whether it hands a leg over, and asks for an answer."""
        return self.type == HAND_OVER

    @property
    def is_request(self) -> bool:
        """Whether it reminds of something, or asks for a report: then it asks for an answer too."""
        return self.type == REQUEST

    @property
    def known_by(self) -> str:
        """What tells it from every other message: its source and id.

        What asks for an answer is the same in whichever epoch it comes: then leg, or request, and id tell it.
        """
        asks = self.is_hand_over or self.is_request
        return f"{self.about if asks else self.body.get('source')}/{self.id}"

    @property
    def about(self) -> str:
        """The id of what it is about: a leg, or a request."""
        return str(self.data.get("request" if self.is_request else "leg"))

    @property
    def is_opinion(self) -> bool:
        """Whether an opinion is asked for, and no work."""
        return self.data.get("kind") == "opinion"


def read(body: bytes | str) -> Incoming | None:
    """Return the message, or None when it is none that this program understands."""
    try:
        document = json.loads(body)
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    kind, data, known_as = document.get("type"), document.get("data"), document.get("id")
    if kind not in NEWEST or not isinstance(data, dict) or not isinstance(known_as, str):
        return None
    return Incoming(known_as, kind, data, document) if _is_known(document, kind) else None


def _is_known(document: Mapping[str, Any], kind: str) -> bool:
    prefix = f"urn:{kind.replace('.', ':')}:"
    return str(document.get("dataschema")) in {f"{prefix}{number + 1}" for number in range(NEWEST[kind])}


def command(
    agency: str,
    name: str,
    about: str,
    fields: Mapping[str, Any] | None = None,
    *,
    answers: str | None = None,
    id_: str | None = None,
    wants_answer: bool = False,
) -> dict[str, Any]:
    """Return a command of an agency about a leg or a request; `answers` is the id of the message that it answers.

    With `wants_answer` word comes when it was carried out; of a refusal word comes anyway.

    Without an id it gets one of its own: keep the command before it is sent, so that it can be sent
    again as it is.
    """
    kind = "request" if name in ON_REQUESTS else "leg"
    body = {
        "specversion": "1.0",
        "id": id_ or str(uuid4()),
        "source": f"/agencies/{agency}",
        "type": f"lienthong.command.{name}",
        "subject": f"{kind}/{about}",
        "time": datetime.now(UTC).isoformat(),
        "dataschema": f"urn:lienthong:command:{name}:1",
        "datacontenttype": "application/json",
        "data": {kind: about, **(fields or {})},
    }
    asked = {"wantsanswer": True} if wants_answer else {}
    return body | asked | ({"causationid": answers} if answers else {})


def answer(agency: str, incoming: Incoming, name: str, **fields: Any) -> dict[str, Any]:
    """Return a command that answers a hand-over, under an id that is the same however often it is asked for."""
    known_as = f"{agency}/{name}/{incoming.id}"
    return command(agency, name, incoming.about, fields, answers=incoming.id, id_=known_as)
