"""Doors on what a service could not handle: the same in every service, for administrators."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import fields, validate
from werkzeug.wrappers import Request, Response

from shared.access import WATCHERS, TokenFile, require
from shared.clearings import record_clearing
from shared.clock import Clock
from shared.contracts.fields import text
from shared.entrypoints.http import caller, door, json_response
from shared.entrypoints.orders import ReasonSchema, order_of
from shared.entrypoints.paging import after_of, limit_of
from shared.entrypoints.wiring import Wired
from shared.errors import NOT_FOUND, Problem, RefusedError
from shared.event_sourcing import Application
from shared.messaging.consuming import BatchHandler
from shared.messaging.parking import Lain, Strays, page_of, still_parked
from shared.persistence.database import Database
from shared.persistence.grouping import GroupCommit
from shared.retrials import record_retrial

USUAL_PAGE, LARGEST_PAGE = 50, 200
_NUMBER = re.compile("[0-9]{1,18}")

NOT_RETRIABLE = Problem(
    "not-retriable",
    409,
    "Thông điệp {parked} không thể xử lý lại: nó không thuộc hồ sơ nào của hệ thống",
    "The message {parked} cannot be tried again: it is no message of a dossier",
)

NOTHING_TO_SET_ASIDE = Problem(
    "nothing-to-set-aside",
    409,
    "Không có thông điệp nào của {source} đến số {upto} để gác bỏ: thông điệp của hồ sơ không được gác bỏ ở đây",
    "Nothing of {source} up to {upto} can be set aside: messages of a dossier are not set aside here",
)


class SetAsideSchema(ReasonSchema):
    """Which parked messages: those of a source, up to a number, so that none is meant that nobody saw."""

    source = text(300)
    upto = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=10**18))


SET_ASIDE = SetAsideSchema()


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
        limit, after = limit_of(request, USUAL_PAGE, LARGEST_PAGE), after_of(request)
        with self.parked_database.transaction() as tx:
            lot = page_of(tx, after, limit)
        return json_response({"parked": [one.shown() for one in lot]})

    @door("POST", "/v1/parked/set-aside")
    def set_parked_messages_aside(self, request: Request) -> Response:
        """Set aside all that one source sent, up to a number, which belongs to no dossier.

        The same order again is recorded once.
        """
        order = order_of(request, self.tokens, self.clock, SET_ASIDE)
        asked = order.asked
        strays = Strays(asked["source"], asked["upto"], self.handler.inputs)

        def record() -> dict[str, Any]:
            with self.parked_database.transaction() as tx:
                messages = strays.count(tx)
            if not messages:
                raise RefusedError(NOTHING_TO_SET_ASIDE, source=strays.source, upto=strays.upto)
            record_clearing(
                self.parked_application, strays.source, strays.upto, messages, asked["reason"], order.act
            )
            return {"set_aside": messages}

        ordered = self.parked_group.run_one(order.once(record))
        with self.parked_database.transaction() as tx:
            strays.set_aside(tx)
        return json_response(ordered)

    @door("POST", "/v1/parked/<number>/retry")
    def retry_parked_message(self, request: Request, number: str) -> Response:
        """Try a dossier's parked messages again in order, up to the first that still fails.

        The same order again is recorded once, and says how the message stands now.
        """
        order = order_of(request, self.tokens, self.clock)

        def record() -> dict[str, Any]:
            lain = self._lain(number)
            act, reason = order.act.on(root=lain.root), order.asked["reason"]
            record_retrial(self.parked_application, lain.id, lain.message_id, reason, act)
            return {"parked": lain.id, "partition_key": lain.partition_key}

        ordered = self.parked_group.run_one(order.once(record))
        parked, handled = ordered["parked"], self.handler.retry(ordered["partition_key"])
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
