"""What operators order at a door: who, under which key, why; carried out once, recorded as an act of theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from werkzeug.wrappers import Request

from shared.access import OPERATORS, TokenFile, require
from shared.acts import HISTORIAN, Act, Actor, asserted_time
from shared.clock import Clock
from shared.contracts.fields import StrictSchema, text
from shared.contracts.parsing import parse
from shared.entrypoints.http import body_of, caller
from shared.entrypoints.lines import check_key
from shared.errors import INVALID, RefusedError
from shared.persistence.grouping import Request as Grouped


class ReasonSchema(StrictSchema):
    """Why an operator orders it."""

    reason = text(500)


REASON = ReasonSchema()


@dataclass(frozen=True, slots=True)
class Order:
    """What an operator asks to be done."""

    actor: Actor
    key: str
    asked: dict[str, Any]
    """The request's content, checked."""
    act: Act
    """Its circumstances; the root is nobody's until whoever carries it out says what it is about."""
    said: bytes
    """The request as its key stands for it: another one under the key is refused."""

    def once(self, work: Callable[[], dict[str, Any]]) -> Grouped:
        """Return what a group commit carries out once, however often the order comes."""
        return Grouped(work, self.actor.principal, self.key, self.said)

    def happened_at(self, text: str | None, tolerance: timedelta) -> Act:
        """Return the act as it happened at an asserted RFC 3339 time, now if none is given.

        Raises RefusedError: `invalid`, `time-in-future`, `time-out-of-tolerance`.
        """
        try:
            happened = asserted_time(text, self.actor, self.act.recorded_at, tolerance)
        except ValueError as error:
            raise RefusedError(INVALID, field="happened_at", reason=error) from None
        return replace(self.act, happened_at=happened, historical=self.actor.role == HISTORIAN)


def order_of(
    request: Request,
    tokens: TokenFile,
    clock: Clock,
    schema: StrictSchema = REASON,
    roles: Sequence[str] = OPERATORS,
) -> Order:
    """Return the order in a request.

    Raises RefusedError: `unauthenticated`, `forbidden` unless one of the roles gives it, what is wrong
    with its Idempotency-Key, `malformed`, `invalid`.
    """
    actor = caller(request, tokens)
    require(actor, *roles)
    key = check_key(request.headers.get("Idempotency-Key") or None)
    body, now = body_of(request), clock.now()
    act = Act(actor, now, now, now, root=UUID(int=0), causation=f"/http/{actor.principal}/{key}")
    return Order(actor, key, parse(body, schema), act, f"{request.method} {request.path} ".encode() + body)
