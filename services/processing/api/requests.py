"""processing's doors on reminders and requests for a written report; addressees answer by commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from marshmallow import fields, validate
from werkzeug.wrappers import Request, Response

from services.processing.api.wired import WiredDoors
from services.processing.api.works import AGENCY_ROLES
from services.processing.application.requests import due_at_of
from services.processing.domain.request import APPROVED, DECLINED, Terms
from services.processing.problems import UNKNOWN_REQUEST, UNKNOWN_REQUEST_ACT
from shared.access import OPERATORS, WATCHERS, require
from shared.acts import HISTORIAN, Actor
from shared.contracts.agencies import is_a_date
from shared.contracts.fields import ListOfFew, Moment, StrictSchema, one_of, text
from shared.entrypoints.http import caller, door, json_response
from shared.entrypoints.orders import Order, order_of
from shared.entrypoints.paging import limit_of
from shared.errors import FORBIDDEN, INVALID, RefusedError

FOR_THE_PROVINCE = (*OPERATORS, HISTORIAN)
"""Who acts for any issuer, and decides on what addressees propose."""
ISSUERS = (*FOR_THE_PROVINCE, *AGENCY_ROLES)
"""Who issues: an agency only in its own name, to those under it or under the one above it."""
MOST_ADDRESSEES = 1000
USUAL_LIST, LONGEST_LIST = 100, 1000
STATES = ("open", "overdue", "answered", "consolidated", "withdrawn")


class AddresseeSchema(StrictSchema):
    """Who is asked, with its figure as it stood."""

    agency = text(60)
    figure = text(40, required=False, allow_none=True)
    target = text(10, required=False, allow_none=True)


class AboutSchema(StrictSchema):
    """Which figure a request is about: report, words of its question and moment give the very figure again."""

    report = text(60)
    question = fields.Dict(
        keys=fields.String(validate=validate.Length(max=40)),
        values=fields.String(validate=validate.Length(max=200)),
        required=True,
        validate=validate.Length(max=20),
    )
    as_of = Moment(required=True)
    indicator = text(60, required=False, allow_none=True)
    """The indicator of targets that is meant, if one is."""


class IssueSchema(StrictSchema):
    """A reminder, or a request for a written report."""

    kind = one_of("reminder", "report")
    reference = text(100)
    issuer = text(60)
    subject = text(2000)
    basis = text(1000)
    due_on = fields.String(required=True, validate=is_a_date)
    consolidator = text(60, required=False, allow_none=True)
    """Who puts the answers together; the issuer, if nobody is named."""
    about = fields.Nested(AboutSchema, allow_none=True, load_default=None)
    addressees = ListOfFew(
        fields.Nested(AddresseeSchema), required=True, validate=validate.Length(min=1, max=MOST_ADDRESSEES)
    )
    happened_at = Moment()


class ConsolidateSchema(StrictSchema):
    """The answers in one text."""

    text = text(20_000)
    happened_at = Moment()


class WithdrawSchema(StrictSchema):
    """Why nobody need answer."""

    reason = text(2000)
    happened_at = Moment()


class DecideSchema(StrictSchema):
    """What becomes of the target that an addressee proposed."""

    agency = text(60)
    decision = one_of(APPROVED, DECLINED)
    basis = text(1000)
    """The deciding document."""
    happened_at = Moment()


STEERING: dict[str, tuple[StrictSchema, tuple[str, ...]]] = {
    "consolidate": (ConsolidateSchema(), ISSUERS),
    "withdraw": (WithdrawSchema(), ISSUERS),
    "decide": (DecideSchema(), FOR_THE_PROVINCE),
}
"""What is done with a request beside answering it, and by whom."""
_ISSUE = IssueSchema()


class RequestDoors(WiredDoors):
    """The doors of issuers, and of whoever looks at requests."""

    @door("POST", "/v1/requests")
    def issue_request(self, request: Request) -> Response:
        """Issue a reminder or a request for a report to agencies, in one act; once under its reference."""
        order = order_of(request, self.tokens, self.clock, _ISSUE, ISSUERS)
        asked = order.asked
        by_agency = order.actor.role in AGENCY_ROLES
        if by_agency and order.actor.agency != asked["issuer"]:
            raise RefusedError(FORBIDDEN, role=order.actor.role)
        terms, addressees = _terms(asked), _addressees(asked)
        act = order.happened_at(asked.get("happened_at"), self.tolerance)
        return self._carry_out(
            order, lambda: self.requests.issue(terms, addressees, act, by_agency=by_agency)
        )

    @door("GET", "/v1/requests")
    def list_requests(self, request: Request) -> Response:
        """List requests, the newest first: an agency sees those that it issues, consolidates or is asked by."""
        actor = caller(request, self.tokens)
        require(actor, *WATCHERS, HISTORIAN, *AGENCY_ROLES)
        agency, state = _whose(actor, request.args.get("agency")), request.args.get("state")
        if state is not None and state not in STATES:
            raise RefusedError(INVALID, field="state", reason=f"one of {', '.join(STATES)}")
        limit = limit_of(request, USUAL_LIST, LONGEST_LIST)
        return json_response({"requests": self.request_table.all(agency, state, limit)})

    @door("GET", "/v1/requests/<request_id>")
    def show_request(self, request: Request, request_id: str) -> Response:
        """Say how a request stands: issuer and consolidating agency see all answers, an addressee its own."""
        actor = caller(request, self.tokens)
        require(actor, *WATCHERS, HISTORIAN, *AGENCY_ROLES)
        agency = _whose(actor, None)
        with self.unit.begin():
            standing = self.requests.standing(_id(request_id))
        return json_response(_seen_by(agency, standing))

    @door("POST", "/v1/requests/<request_id>/<act>")
    def steer_request(self, request: Request, request_id: str, act: str) -> Response:
        """Put the answers together, withdraw the request, or decide on what an addressee proposed."""
        if act not in STEERING:
            raise RefusedError(UNKNOWN_REQUEST_ACT, act=act)
        schema, roles = STEERING[act]
        order = order_of(request, self.tokens, self.clock, schema, roles)
        said = {name: value for name, value in order.asked.items() if name != "happened_at"}
        done = order.happened_at(order.asked.get("happened_at"), self.tolerance)
        do = getattr(self.requests, act)
        return self._carry_out(order, lambda: do(_id(request_id), **said, act=done))

    def _carry_out(self, order: Order, work: Callable[[], dict[str, Any]]) -> Response:
        return json_response(self.group.run_one(order.once(work)))


def _terms(asked: dict[str, Any]) -> Terms:
    return Terms(
        kind=asked["kind"],
        reference=asked["reference"],
        issuer=asked["issuer"],
        subject=asked["subject"],
        basis=asked["basis"],
        due_on=asked["due_on"],
        due_at=due_at_of(asked["due_on"]),
        consolidator=asked.get("consolidator") or asked["issuer"],
        about=asked["about"],
    )


def _addressees(asked: dict[str, Any]) -> list[dict[str, Any]]:
    agencies = [one["agency"] for one in asked["addressees"]]
    if len(set(agencies)) < len(agencies):
        raise RefusedError(INVALID, field="addressees", reason="each agency once")
    return [
        {"agency": one["agency"], "figure": one.get("figure"), "target": one.get("target")}
        for one in asked["addressees"]
    ]


def _whose(actor: Actor, asked: str | None) -> str | None:
    """Return whose requests are seen: an agency's own, any or all for those who watch."""
    if actor.role in {*WATCHERS, HISTORIAN}:
        return asked
    if actor.agency is None or (asked and asked != actor.agency):
        raise RefusedError(FORBIDDEN, role=actor.role)
    return actor.agency


def _seen_by(agency: str | None, standing: dict[str, Any]) -> dict[str, Any]:
    if agency is None or agency in {standing["issuer"], standing["consolidator"]}:
        return standing
    own = [part for part in standing["addressees"] if part["agency"] == agency]
    if not own:
        raise RefusedError(UNKNOWN_REQUEST, request=standing["request"])
    return {**standing, "addressees": own}


def _id(request: str) -> UUID:
    try:
        return UUID(request)
    except ValueError:
        raise RefusedError(UNKNOWN_REQUEST, request=request) from None
