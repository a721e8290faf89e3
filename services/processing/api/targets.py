"""processing's doors on targets: what figures are to reach."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema
from werkzeug.wrappers import Request, Response

from services.processing.api.wired import WiredDoors
from services.processing.application.targets import Targets
from services.processing.domain.target import Aim, Mark
from shared.access import OPERATORS
from shared.acts import HISTORIAN
from shared.contracts.fields import Moment, StrictSchema, one_of, text
from shared.contracts.parsing import check
from shared.contracts.routing import LEVELS
from shared.entrypoints.http import caller, door, json_response
from shared.entrypoints.orders import order_of
from shared.entrypoints.wiring import Wired

DECIDERS = (*OPERATORS, HISTORIAN)
"""Who sets targets."""


class AimSchema(StrictSchema):
    """Which figure a target is about."""

    indicator = fields.String(required=True, validate=validate.Regexp(r"^[a-z0-9][a-z0-9.-]{0,59}$"))
    scope = one_of("province", "level", "agency")
    of = text(60, required=False)
    """The level or the agency."""
    year = fields.Integer(required=True, validate=validate.Range(2000, 2200))

    @validates_schema
    def _is_of_somebody(self, data: dict[str, Any], **_: Any) -> None:
        of, scope = data.get("of"), data["scope"]
        if (of is None) != (scope == "province"):
            raise ValidationError("must name the level or the agency, and nobody for the province", "of")
        if scope == "level" and of not in LEVELS:
            raise ValidationError(f"must be one of {', '.join(LEVELS)}", "of")


class TargetSchema(AimSchema):
    """What the figure is to reach."""

    percent = fields.String(
        required=True, validate=validate.Regexp(r"^(100(\.0{1,2})?|[0-9]{1,2}(\.[0-9]{1,2})?)$")
    )
    """A decimal number from 0 to 100, as text."""
    reach_by = fields.Date(required=True)
    basis = text(1000)
    """The decision by which it is set."""
    happened_at = Moment()


_AIM = AimSchema()
_TARGET = TargetSchema()


class TargetDoors(WiredDoors):
    """The doors on targets."""

    targets: Targets = Wired("targets")

    @door("GET", "/v1/targets")
    def target(self, request: Request) -> Response:
        """Say what a figure is to reach."""
        caller(request, self.tokens)
        asked = check(dict(request.args), _AIM)
        with self.unit.begin():
            standing = self.targets.standing(_aim(asked))
        return json_response(standing)

    @door("POST", "/v1/targets")
    def set_target(self, request: Request) -> Response:
        """Set or change what a figure is to reach."""
        order = order_of(request, self.tokens, self.clock, _TARGET, DECIDERS)
        asked, act = order.asked, order.happened_at(order.asked.get("happened_at"), self.tolerance)
        mark = Mark(_plain(asked["percent"]), asked["reach_by"].isoformat(), asked["basis"])
        work = order.once(lambda: self.targets.set(_aim(asked), mark, act))
        return json_response(self.group.run_one(work))


def _aim(asked: dict[str, Any]) -> Aim:
    return Aim(asked["indicator"], asked["scope"], asked.get("of"), asked["year"])


def _plain(percent: str) -> str:
    return f"{Decimal(percent).normalize():f}"
