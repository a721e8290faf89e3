"""processing's HTTP doors on the accounts of agencies' own systems: for administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from marshmallow import fields
from werkzeug.wrappers import Request, Response

from services.processing.api.wired import WiredDoors
from services.processing.problems import UNKNOWN_ACCOUNT_ACT
from shared.access import require
from shared.acts import Act, Actor
from shared.contracts.fields import StrictSchema, text
from shared.contracts.parsing import parse
from shared.entrypoints.http import body_of, caller, door, json_response
from shared.entrypoints.lines import check_key
from shared.errors import RefusedError
from shared.persistence.grouping import Request as Grouped

MAY = ("administrator",)
WATCHERS = ("administrator", "auditor")
"""Auditors look; administrators act."""
ACTS = ("enrol", "rotate", "retire")


class AccountActSchema(StrictSchema):
    """What is done with an account, and why."""

    reason = text(500)
    accept_unanswered = fields.Boolean(load_default=False)
    """For `retire`: hand-overs that the agency has not answered may go nowhere."""


_ACT = AccountActSchema()


class AccountDoors(WiredDoors):
    """The doors on accounts."""

    @door("GET", "/v1/agencies/<agency>/account")
    def account(self, request: Request, agency: str) -> Response:
        """Say how an agency's account stands."""
        require(caller(request, self.tokens), *WATCHERS)
        with self.unit.begin():
            standing = self.accounts.standing(agency)
        return json_response(standing)

    @door("POST", "/v1/agencies/<agency>/account/<act>")
    def act_on_account(self, request: Request, agency: str, act: str) -> Response:
        """Record that an account is made, renewed or ended; whoever asks then does it on the broker."""
        actor = caller(request, self.tokens)
        require(actor, *MAY)
        if act not in ACTS:
            raise RefusedError(UNKNOWN_ACCOUNT_ACT, act=act)
        key = check_key(request.headers.get("Idempotency-Key") or None)
        body = body_of(request)
        work = self._account_work(agency, act, parse(body, _ACT), self._administration(actor, key))
        said = f"account/{act}/{agency}/".encode() + body
        return json_response(self.group.run_one(Grouped(work, actor.principal, key, said)))

    def _account_work(
        self, agency: str, act: str, asked: dict[str, Any], circumstances: Act
    ) -> Callable[[], dict[str, Any]]:
        reason = asked["reason"]
        if act == "enrol":
            return lambda: self.accounts.enrol(agency, reason, circumstances)
        if act == "rotate":
            return lambda: self.accounts.rotate(agency, reason, circumstances)
        unanswered = self.deliveries.unanswered(agency)
        accept = bool(asked["accept_unanswered"])
        return lambda: self.accounts.retire(agency, reason, unanswered, accept, circumstances)

    def _administration(self, actor: Actor, key: str) -> Act:
        now = self.clock.now()
        return Act(actor, now, now, now, root=UUID(int=0), causation=f"/http/{actor.principal}/{key}")
