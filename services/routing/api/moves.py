"""routing's HTTP doors on moves of dossiers to another version of their process."""

from __future__ import annotations

from werkzeug.wrappers import Request, Response

from services.routing.api.lacking import lacking_refused
from services.routing.api.processes import DECIDES
from services.routing.api.reference import act_now
from services.routing.api.wired import WiredDoors
from services.routing.application.moving import Moving
from services.routing.schemas import MovePreviewSchema, MoveSchema
from shared.access import require
from shared.contracts.parsing import parse
from shared.entrypoints.http import body_of, caller, door, json_response

_PREVIEW, _MOVE = MovePreviewSchema(), MoveSchema()


class MoveDoors(WiredDoors):
    """The doors on moves."""

    @door("POST", "/v1/processes/<process>/moves/previews")
    def preview_move(self, request: Request, process: str) -> Response:
        """Say for each dossier on its way what another version would change; changes nothing."""
        actor = caller(request, self.tokens)
        require(actor, *DECIDES)
        asked = parse(body_of(request), _PREVIEW)
        with lacking_refused(), self.unit.begin():
            found = Moving(self.application).preview(
                process, asked["version"], asked["after"], asked["limit"], act_now(actor, self.clock)
            )
        return json_response(found)

    @door("POST", "/v1/processes/<process>/moves")
    def move(self, request: Request, process: str) -> Response:
        """Move dossiers to another version, by decision; all of them or, when one cannot be moved, none."""
        actor = caller(request, self.tokens)
        require(actor, *DECIDES)
        asked = parse(body_of(request), _MOVE)
        act = act_now(actor, self.clock)

        def work(_tx: object) -> int:
            self.application.prefetch(asked["dossiers"])
            moving = Moving(self.application)
            return sum(
                moving.move(dossier, process, asked["version"], asked["basis"], act)
                for dossier in asked["dossiers"]
            )

        with lacking_refused():
            return json_response({"moved": self.unit.run(work)})
