"""processing's doors for agencies' systems that no AMQP reaches: messages by cursor, commands as on the broker."""

from __future__ import annotations

import re
from typing import Any, Protocol

import orjson
from werkzeug.wrappers import Request, Response

from services.processing.api.wired import WiredDoors
from services.processing.api.works import AGENCY_ROLES
from services.processing.problems import CURSOR_INVALID
from services.processing.tables.pulling import Pulling
from shared.access import require
from shared.contracts.envelope import MAX_BYTES, MalformedMessageError
from shared.entrypoints.answers import PROBLEM
from shared.entrypoints.http import body_of, caller, door, json_response
from shared.entrypoints.paging import limit_of
from shared.entrypoints.wiring import Wired
from shared.errors import FORBIDDEN, MALFORMED, TOO_LARGE, RefusedError
from shared.messaging.broker import Delivery
from shared.tracing import HEADER

USUAL_MESSAGES, MOST_MESSAGES = 100, 500
CLOUDEVENTS = "application/cloudevents+json"
_CURSOR = re.compile("[0-9]{1,18}")


class Answered(Protocol):
    """What became of a command."""

    @property
    def command(self) -> str:
        """The command's id."""
        ...

    @property
    def repeated(self) -> bool:
        """Whether it was sent before."""
        ...

    @property
    def refused(self) -> dict[str, Any] | None:
        """The problem details, if it was refused."""
        ...


class TakesCommands(Protocol):
    """Carries out what agencies' systems command, whichever way it came."""

    def take(self, delivery: Delivery, agency: str) -> Answered:
        """Carry out one command whose sender is known. Raises MalformedMessageError for what is none."""
        ...


class PullDoors(WiredDoors):
    """The doors of an agency's own system."""

    pulling: Pulling = Wired("pulling")
    commands: TakesCommands = Wired("commands")

    @door("GET", "/v1/agencies/<agency>/messages")
    def messages(self, request: Request, agency: str) -> Response:
        """Give an agency what is to be delivered to it, behind a cursor; each time counts as a try."""
        self._its_own(request, agency)
        after, limit = _cursor(request.args.get("after")), limit_of(request, USUAL_MESSAGES, MOST_MESSAGES)
        page = self.pulling.page(agency, after, limit, self.clock.now())
        messages = [orjson.Fragment(body) for body in page.bodies]
        return json_response({"messages": messages, "next": str(page.next), "more": page.more})

    @door("POST", "/v1/agencies/<agency>/commands")
    def agency_command(self, request: Request, agency: str) -> Response:
        """Carry out the command in a CloudEvents body, as if it had come through the broker."""
        self._its_own(request, agency)
        body = body_of(request)
        if len(body) > MAX_BYTES:
            raise RefusedError(TOO_LARGE, limit=MAX_BYTES)
        try:
            answered = self.commands.take(_delivery(agency, body, request.headers.get(HEADER)), agency)
        except MalformedMessageError as error:
            raise RefusedError(MALFORMED, reason=f"{error.code}: {error}") from None
        if answered.refused:
            details = {**answered.refused, "command": answered.command}
            return Response(orjson.dumps(details), status=details["status"], content_type=PROBLEM)
        return json_response({"command": answered.command, "repeated": answered.repeated})

    def _its_own(self, request: Request, agency: str) -> None:
        actor = caller(request, self.tokens)
        require(actor, *AGENCY_ROLES)
        if actor.agency != agency:
            raise RefusedError(FORBIDDEN, role=actor.role)


def _delivery(agency: str, body: bytes, traceparent: str | None) -> Delivery:
    return Delivery(
        queue="",
        body=body,
        exchange="",
        routing_key="",
        message_id=None,
        headers={HEADER: traceparent} if traceparent else {},
        content_type=CLOUDEVENTS,
        user_id=f"agency.{agency}",
        redelivered=False,
        tag=0,
    )


def _cursor(value: str | None) -> int:
    if not value:
        return 0
    if not _CURSOR.fullmatch(value):
        raise RefusedError(CURSOR_INVALID, cursor=value[:60])
    return int(value)
