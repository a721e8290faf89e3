"""processing's doors on the delivery ledger, for operators: how it stands, what is parked, how agencies are served."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import fields, validate
from werkzeug.wrappers import Request, Response

from services.processing.api.wired import WiredDoors
from services.processing.application import Servings
from services.processing.domain.serving import LARGEST_RATE, LARGEST_WINDOW, MOST_TRIES, WAYS, Way
from services.processing.tables.parked import ParkedHandOvers
from services.processing.tables.standing import DeliveryStanding
from services.processing.tables.ways import WayTable
from shared.access import WATCHERS, require
from shared.acts import Act
from shared.contracts.fields import StrictSchema, one_of, text
from shared.entrypoints.http import caller, door, json_response
from shared.entrypoints.loops import Wake
from shared.entrypoints.orders import REASON, order_of
from shared.entrypoints.paging import after_of, limit_of
from shared.entrypoints.wiring import Wired

USUAL_LOT, LARGEST_LOT = 50, 200
_USUAL = Way()


class WaySchema(StrictSchema):
    """How an agency gets its messages, and why so; what is left out is as usual."""

    way = one_of(*WAYS)
    window = fields.Integer(
        strict=True, load_default=_USUAL.window, validate=validate.Range(min=1, max=LARGEST_WINDOW)
    )
    rate = fields.Integer(
        strict=True, load_default=_USUAL.rate, validate=validate.Range(min=1, max=LARGEST_RATE)
    )
    tries = fields.Integer(
        strict=True, load_default=_USUAL.tries, validate=validate.Range(min=1, max=MOST_TRIES)
    )
    reason = text(500)


_WAY = WaySchema()


class DeliveryDoors(WiredDoors):
    """The doors on the delivery ledger."""

    servings: Servings = Wired("servings")
    ways: WayTable = Wired("ways")
    standing: DeliveryStanding = Wired("standing")
    parked_hand_overs: ParkedHandOvers = Wired("parked_hand_overs")
    wake_deliverer: Wake = Wired("wake_deliverer")

    @door("GET", "/v1/deliveries")
    def delivery_standing(self, request: Request) -> Response:
        """Say how the ledger stands, agency by agency."""
        require(caller(request, self.tokens), *WATCHERS)
        return json_response({"agencies": self.standing.agencies(self.clock.now())})

    @door("GET", "/v1/deliveries/parked")
    def parked_lot(self, request: Request) -> Response:
        """List the hand-overs that lie aside, oldest first, with the message itself."""
        require(caller(request, self.tokens), *WATCHERS)
        limit = limit_of(request, USUAL_LOT, LARGEST_LOT)
        parked = self.parked_hand_overs.page(request.args.get("agency"), after_of(request), limit)
        return json_response({"parked": parked})

    @door("POST", "/v1/deliveries/parked/<message>/retry")
    def retry_parked(self, request: Request, message: str) -> Response:
        """Send a parked hand-over to its agency again."""
        return self._by_operator(
            request, lambda asked, act: self.servings.retry(message, asked["reason"], act)
        )

    @door("POST", "/v1/deliveries/parked/<message>/set-aside")
    def set_parked_aside(self, request: Request, message: str) -> Response:
        """Settle a parked hand-over by hand: what waits behind it goes on."""
        return self._by_operator(
            request, lambda asked, act: self.servings.set_aside(message, asked["reason"], act)
        )

    @door("GET", "/v1/agencies/<agency>/delivery")
    def way_of(self, request: Request, agency: str) -> Response:
        """Say how an agency is served."""
        require(caller(request, self.tokens), *WATCHERS)
        way = self.ways.of(agency)
        shown = {"way": way.way, "window": way.window, "rate": way.rate, "tries": way.tries}
        return json_response({"agency": agency, **shown})

    @door("PUT", "/v1/agencies/<agency>/delivery")
    def serve_so(self, request: Request, agency: str) -> Response:
        """Serve an agency so from now on."""

        def settle(asked: dict[str, Any], act: Act) -> dict[str, Any]:
            way = Way(asked["way"], asked["window"], asked["rate"], asked["tries"])
            return self.servings.settle(agency, way, asked["reason"], act)

        return self._by_operator(request, settle, _WAY)

    @door("POST", "/v1/agencies/<agency>/delivery/resume")
    def resume_delivery(self, request: Request, agency: str) -> Response:
        """Try a paused agency's queue again at once."""
        return self._by_operator(
            request, lambda asked, act: self.servings.resume(agency, asked["reason"], act)
        )

    def _by_operator(
        self,
        request: Request,
        do: Callable[[dict[str, Any], Act], dict[str, Any]],
        schema: StrictSchema = REASON,
    ) -> Response:
        order = order_of(request, self.tokens, self.clock, schema)
        answer = self.group.run_one(order.once(lambda: do(order.asked, order.act)))
        self.wake_deliverer.ring()
        return json_response(answer)
