"""routing's HTTP doors: reference data in; agencies and itineraries out."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from werkzeug.wrappers import Request, Response

from services.routing.application.explaining import due_steps
from services.routing.application.routing import Routing
from services.routing.domain.itinerary import Itinerary
from services.routing.schemas import read_reference
from shared.access import TokenFile, require
from shared.acts import Act, Actor
from shared.clock import Clock
from shared.entrypoints.health import health_of, health_response
from shared.entrypoints.http import body_of, caller, door, json_response
from shared.entrypoints.wiring import Wired
from shared.errors import NOT_FOUND, RefusedError
from shared.messaging.consuming import BatchHandler
from shared.persistence.unit_of_work import UnitOfWork


class RoutingApi:
    """The doors of routing."""

    application: Routing = Wired("application")
    unit: UnitOfWork = Wired("unit")
    handler: BatchHandler = Wired("handler")
    tokens: TokenFile = Wired("tokens")
    progress: dict[str, float] = Wired("progress")
    clock: Clock = Wired("clock")

    @door("GET", "/health")
    def health(self, _request: Request) -> Response:
        """Say how routing is."""
        return health_response(health_of("routing", self.unit.database, self.progress))

    @door("PUT", "/v1/reference")
    def put_reference(self, request: Request) -> Response:
        """Take in agencies and processes; what is known already changes nothing."""
        actor = caller(request, self.tokens)
        require(actor, "administrator")
        data = read_reference(body_of(request))
        references = put_reference(self.application, self.unit, data, actor, self.clock)
        self.handler.release(references)
        return json_response({"agencies": len(data["agencies"]), "processes": len(data["processes"])})

    @door("GET", "/v1/agencies")
    def agencies(self, request: Request) -> Response:
        """List the register of agencies."""
        caller(request, self.tokens)
        with self.unit.begin():
            registry = self.application.directory.registry()
        return json_response({"agencies": [registry.agencies[key] for key in sorted(registry.agencies)]})

    @door("GET", "/v1/itineraries/<dossier>")
    def itinerary(self, request: Request, dossier: str) -> Response:
        """Show the way of a dossier, with the reason for each choice."""
        caller(request, self.tokens)
        with self.unit.begin():
            return json_response(itinerary_of(self.application, dossier))


def put_reference(
    application: Routing,
    unit: UnitOfWork,
    data: dict[str, Any],
    actor: Actor,
    clock: Clock,
) -> list[str]:
    """Register agencies and publish processes; return what messages may have waited for."""
    now = clock.now()
    act = Act(actor, now, now, now, root=UUID(int=0))

    def work(_tx: object) -> None:
        for facts in data["agencies"]:
            application.register_agency(facts, act)
        for definition in data["processes"]:
            application.publish_process(definition, act)

    unit.run(work)
    return (
        [f"agency/{facts['agency']}" for facts in data["agencies"]]
        + [f"agency-of/{facts['kind']}/{facts['level']}" for facts in data["agencies"]]
        + [f"process-for/{definition['procedure']}" for definition in data["processes"]]
    )


def itinerary_of(application: Routing, dossier: str) -> dict[str, Any]:
    """Return a dossier's itinerary. Raises RefusedError with `not-found`."""
    try:
        itinerary = cast("Itinerary | None", application.find_afresh(UUID(dossier)))
    except ValueError:
        itinerary = None
    if not isinstance(itinerary, Itinerary):
        raise RefusedError(NOT_FOUND, what=f"itinerary {dossier}")
    return {
        "dossier": dossier,
        "code": itinerary.code,
        "procedure": itinerary.procedure,
        "desk": itinerary.desk,
        "process": itinerary.process,
        "version": itinerary.process_version,
        "trial": itinerary.trial,
        "at_desk": itinerary.at_desk,
        "ended": itinerary.ended,
        "legs": [
            {**{name: leg[name] for name in _SHOWN}, "state": state, "tries": tries}
            for leg, state, tries in zip(itinerary.legs, itinerary.states, itinerary.tries, strict=False)
        ],
        "open_legs": [
            {
                "leg": leg,
                "number": one["number"],
                "agency": one["agency"],
                "due_at": one["due_at"],
                "steps": due_steps(application, one),
            }
            for leg, one in sorted(itinerary.open.items(), key=lambda pair: int(pair[1]["number"]))
        ],
    }


_SHOWN = (
    "number", "id", "name", "kind", "agency", "direction", "term", "at_term", "pause", "after", "join", "reason",
    "reason_vi", "skipped", "skipped_vi",
)  # fmt: skip
