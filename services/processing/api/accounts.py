"""processing's HTTP doors on the accounts of agencies' own systems: who orders what is recorded here.

Whoever orders it then does it on the broker, and makes or takes away the token.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import fields
from werkzeug.wrappers import Request, Response

from services.processing.api.wired import WiredDoors
from shared.access import WATCHERS, require
from shared.entrypoints.http import caller, door, json_response
from shared.entrypoints.orders import REASON, Order, ReasonSchema, order_of


class RetireSchema(ReasonSchema):
    """Why an account ends."""

    accept_unanswered = fields.Boolean(load_default=False)
    """Hand-overs that the agency has not answered may go nowhere."""


_RETIRE = RetireSchema()


class AccountDoors(WiredDoors):
    """The doors on accounts."""

    @door("GET", "/v1/accounts")
    def all_accounts(self, request: Request) -> Response:
        """List every account that an agency's own system ever had, and how it stands."""
        require(caller(request, self.tokens), *WATCHERS)
        with self.unit.begin():
            standings = self.accounts.all(self.clock.now())
        return json_response({"accounts": standings})

    @door("GET", "/v1/agencies/<agency>/account")
    def account(self, request: Request, agency: str) -> Response:
        """Say how an agency's account stands."""
        require(caller(request, self.tokens), *WATCHERS)
        with self.unit.begin():
            standing = self.accounts.standing(agency)
        return json_response(standing)

    @door("POST", "/v1/agencies/<agency>/account/enrol")
    def enrol_account(self, request: Request, agency: str) -> Response:
        """Record that an agency's own system gets an account."""
        order = order_of(request, self.tokens, self.clock, REASON)
        return self._carry_out(order, lambda: self.accounts.enrol(agency, order.asked["reason"], order.act))

    @door("POST", "/v1/agencies/<agency>/account/rotate")
    def rotate_account(self, request: Request, agency: str) -> Response:
        """Record that an account gets new secrets."""
        order = order_of(request, self.tokens, self.clock, REASON)
        return self._carry_out(order, lambda: self.accounts.rotate(agency, order.asked["reason"], order.act))

    @door("POST", "/v1/agencies/<agency>/account/retire")
    def retire_account(self, request: Request, agency: str) -> Response:
        """Record that an account ends."""
        order = order_of(request, self.tokens, self.clock, _RETIRE)
        asked = order.asked

        def retire() -> dict[str, Any]:
            unanswered = self.deliveries.unanswered(agency)
            return self.accounts.retire(
                agency, asked["reason"], unanswered, asked["accept_unanswered"], order.act
            )

        return self._carry_out(order, retire)

    def _carry_out(self, order: Order, work: Callable[[], dict[str, Any]]) -> Response:
        return json_response(self.group.run_one(order.once(work)))
