"""routing's HTTP doors."""

from __future__ import annotations

from werkzeug.wrappers import Request, Response

from services.routing.api.itineraries import ItineraryDoors, itinerary_of
from services.routing.api.moves import MoveDoors
from services.routing.api.processes import ProcessDoors
from services.routing.api.reference import ReferenceDoors, put_reference
from services.routing.api.reorganisations import ReorganisationDoors
from shared.entrypoints.health import health_of, health_response
from shared.entrypoints.http import door
from shared.entrypoints.metrics import MetricsDoor
from shared.entrypoints.parked import ParkedDoors

__all__ = ["RoutingApi", "itinerary_of", "put_reference"]


class RoutingApi(
    ReferenceDoors, ProcessDoors, MoveDoors, ReorganisationDoors, ItineraryDoors, ParkedDoors, MetricsDoor
):
    """The doors of routing."""

    @door("GET", "/health")
    def health(self, _request: Request) -> Response:
        """Say how routing is."""
        return health_response(health_of("routing", self.unit.database, self.progress))
