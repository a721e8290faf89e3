"""Doors on what a service could not handle: the same in every service, for administrators."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.wrappers import Request, Response

from shared.access import TokenFile, require
from shared.acts import Act
from shared.clock import Clock
from shared.contracts.fields import StrictSchema, text
from shared.contracts.parsing import parse
from shared.entrypoints.http import body_of, caller, door, json_response
from shared.entrypoints.lines import check_key
from shared.entrypoints.wiring import Wired
from shared.errors import INVALID, NOT_FOUND, Problem, RefusedError
from shared.event_sourcing import Application
from shared.messaging.consuming import BatchHandler
from shared.messaging.parking import Lain, page_of, still_parked
from shared.persistence.database import Database
from shared.persistence.grouping import GroupCommit
from shared.persistence.grouping import Request as Grouped
from shared.retrials import record_retrial

MAY = ("administrator",)
WATCHERS = ("administrator", "auditor")
"""Auditors look; administrators act."""
USUAL_PAGE, LARGEST_PAGE = 50, 200
_NUMBER = re.compile("[0-9]{1,18}")

NOT_RETRIABLE = Problem(
    "not-retriable",
    409,
    "Thông điệp {parked} không thể xử lý lại: nó không thuộc hồ sơ nào của hệ thống",
    "The message {parked} cannot be tried again: it is no message of a dossier",
)


class RetrySchema(StrictSchema):
    """Why it is tried again."""

    reason = text(500)


_RETRY = RetrySchema()


class ParkedDoors:
    """The doors on parked messages."""

    handler: BatchHandler = Wired("handler")
    parked_database: Database = Wired("database")
    parked_application: Application = Wired("application")
    parked_group: GroupCommit = Wired("group")
    tokens: TokenFile = Wired("tokens")
    clock: Clock = Wired("clock")

    @door("GET", "/v1/parked")
    def parked_messages(self, request: Request) -> Response:
        """List what could not be handled, oldest first, with its reason and the message itself."""
        require(caller(request, self.tokens), *WATCHERS)
        limit, after = _number(request, "limit", USUAL_PAGE), _number(request, "after", 0)
        if not 1 <= limit <= LARGEST_PAGE:
            raise RefusedError(INVALID, field="limit", reason=f"a number from 1 to {LARGEST_PAGE}")
        with self.parked_database.transaction() as tx:
            lot = page_of(tx, after, limit)
        return json_response({"parked": [one.shown() for one in lot]})

    @door("POST", "/v1/parked/<number>/retry")
    def retry_parked_message(self, request: Request, number: str) -> Response:
        """Try a dossier's parked messages again in order, up to the first that still fails."""
        actor = caller(request, self.tokens)
        require(actor, *MAY)
        key = check_key(request.headers.get("Idempotency-Key") or None)
        body = body_of(request)
        reason = parse(body, _RETRY)["reason"]
        lain = self._lain(number)
        parked = lain.id
        now = self.clock.now()
        act = Act(actor, now, now, now, root=lain.root, causation=f"/http/{actor.principal}/{key}")
        said = f"parked/{parked}/".encode() + body

        def order() -> dict[str, Any]:
            record_retrial(self.parked_application, parked, lain.message_id, reason, act)
            return {}

        self.parked_group.run_one(Grouped(order, actor.principal, key, said))
        handled = self.handler.retry(lain.partition_key)
        with self.parked_database.transaction() as tx:
            left = still_parked(tx, parked)
        return json_response({"parked": parked, "handled": handled, "still_parked": left is not None})

    def _lain(self, number: str) -> Lain:
        parked = int(number) if _NUMBER.fullmatch(number) else 0
        with self.parked_database.transaction() as tx:
            lain = still_parked(tx, parked)
        if lain is None:
            raise RefusedError(NOT_FOUND, what=f"parked/{number[:60]}")
        if not self.handler.takes_from(lain.queue) or not lain.partition_key:
            raise RefusedError(NOT_RETRIABLE, parked=parked)
        return lain


def _number(request: Request, name: str, usual: int) -> int:
    value = request.args.get(name)
    if value is None:
        return usual
    if not _NUMBER.fullmatch(value):
        raise RefusedError(INVALID, field=name, reason="a number")
    return int(value)
