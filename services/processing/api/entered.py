"""processing's doors on figures that no dossier yields: entered, checked, locked, corrected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import fields, validate
from werkzeug.wrappers import Request, Response

from services.processing.api.wired import WiredDoors
from services.processing.api.works import AGENCY_ROLES
from services.processing.application.entered import EnteredFigures
from services.processing.domain.entered import Matter, Said
from shared.access import OPERATORS, WATCHERS
from shared.acts import HISTORIAN, Act
from shared.contracts.fields import Moment, StrictSchema, text
from shared.contracts.parsing import check
from shared.entrypoints.http import caller, door, json_response
from shared.entrypoints.orders import Order, order_of
from shared.entrypoints.wiring import Wired

ENTERERS = (*OPERATORS, HISTORIAN, *AGENCY_ROLES)
"""Who enters and corrects: an agency only its own figures."""
CHECKERS = (*WATCHERS, HISTORIAN, *AGENCY_ROLES)
"""Who checks: an agency only figures of those under it."""
LOCKERS = ENTERERS
"""Who locks: an agency only figures of those under it."""
MOST = 10**12


class MatterSchema(StrictSchema):
    """Which figure, whose, from which day to which; both days count."""

    figure = fields.String(required=True, validate=validate.Regexp(r"^[a-z][a-z0-9_]{0,59}$"))
    """As sets of rules name it."""
    agency = text(60)
    first = fields.Date(required=True)
    last = fields.Date(required=True)


class FigureSchema(MatterSchema):
    """A figure and what proves it."""

    value = fields.Integer(strict=True, required=True, validate=validate.Range(0, MOST))
    evidence = text(1000)
    """The number or digest of a document."""
    happened_at = Moment()


class CorrectionSchema(FigureSchema):
    """What takes a figure's place, and why."""

    reason = text(2000)


class ConfirmSchema(MatterSchema):
    """The figure that is checked or locked."""

    happened_at = Moment()


_MATTER, _FIGURE, _CORRECTION, _CONFIRM = MatterSchema(), FigureSchema(), CorrectionSchema(), ConfirmSchema()


class EnteredDoors(WiredDoors):
    """The doors on entered figures."""

    entered: EnteredFigures = Wired("entered")

    @door("GET", "/v1/figures")
    def figure(self, request: Request) -> Response:
        """Say how an entered figure stands."""
        caller(request, self.tokens)
        matter = _matter(check(dict(request.args), _MATTER))
        with self.unit.begin():
            standing = self.entered.standing(matter)
        return json_response(standing)

    @door("POST", "/v1/figures")
    def enter_figure(self, request: Request) -> Response:
        """Enter a figure of a unit and period; the same again changes nothing."""
        order = order_of(request, self.tokens, self.clock, _FIGURE, ENTERERS)
        asked, act, for_any = order.asked, self._figure_act(order), _for_any(order)
        return self._enter_once(
            order, lambda: self.entered.enter(_matter(asked), _said(asked), act, for_any=for_any)
        )

    @door("POST", "/v1/figures/correct")
    def correct_figure(self, request: Request) -> Response:
        """Correct a figure; once it is locked, only an administrator does."""
        order = order_of(request, self.tokens, self.clock, _CORRECTION, ENTERERS)
        asked, act = order.asked, self._figure_act(order)
        rights = {"for_any": _for_any(order), "unlocks": order.actor.role in OPERATORS}
        return self._enter_once(
            order,
            lambda: self.entered.correct(_matter(asked), _said(asked), asked["reason"], act, **rights),
        )

    @door("POST", "/v1/figures/check")
    def check_figure(self, request: Request) -> Response:
        """Confirm a figure that somebody else entered: it counts from now on."""
        order = order_of(request, self.tokens, self.clock, _CONFIRM, CHECKERS)
        matter, act, for_any = _matter(order.asked), self._figure_act(order), _for_any(order)
        return self._enter_once(order, lambda: self.entered.check(matter, act, for_any=for_any))

    @door("POST", "/v1/figures/lock")
    def lock_figure(self, request: Request) -> Response:
        """Close a checked figure."""
        order = order_of(request, self.tokens, self.clock, _CONFIRM, LOCKERS)
        matter, act, for_any = _matter(order.asked), self._figure_act(order), _for_any(order)
        return self._enter_once(order, lambda: self.entered.lock(matter, act, for_any=for_any))

    def _figure_act(self, order: Order) -> Act:
        return order.happened_at(order.asked.get("happened_at"), self.tolerance)

    def _enter_once(self, order: Order, work: Callable[[], dict[str, Any]]) -> Response:
        return json_response(self.group.run_one(order.once(work)))


def _for_any(order: Order) -> bool:
    return order.actor.role not in AGENCY_ROLES


def _matter(asked: dict[str, Any]) -> Matter:
    return Matter(asked["figure"], asked["agency"], asked["first"].isoformat(), asked["last"].isoformat())


def _said(asked: dict[str, Any]) -> Said:
    return Said(asked["value"], asked["evidence"])
