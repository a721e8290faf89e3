"""routing's HTTP doors on reorganisations: what a plan would do, and carrying it out step by step."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Request, Response

from services.routing.api.finishing import finish
from services.routing.api.reference import act_now, references_of, tried
from services.routing.api.wired import WiredDoors
from services.routing.application.previewing import Previewing
from services.routing.application.register import Register
from services.routing.application.reorganising import Reorganising
from services.routing.schemas import BatchSchema, FinishSchema, read_begin, read_preview
from shared.access import require
from shared.acts import HISTORIAN, Act, Actor
from shared.clock import from_text
from shared.contracts.parsing import parse
from shared.entrypoints.http import body_of, caller, door, json_response
from shared.errors import FORBIDDEN, RefusedError

MAY = ("administrator", HISTORIAN)

_BATCH, _FINISH = BatchSchema(), FinishSchema()


class ReorganisationDoors(WiredDoors):
    """The doors on reorganisations."""

    @door("POST", "/v1/reorganisations/previews")
    def preview_reorganisation(self, request: Request) -> Response:
        """Say what would become of agencies and of dossiers on their way, page by page; changes nothing."""
        actor = caller(request, self.tokens)
        require(actor, *MAY)
        asked = read_preview(body_of(request))
        act = act_now(actor, self.clock)

        previewing = Previewing(self.application, self._reorganising())
        seen = tried(
            self.unit, lambda: previewing.preview(asked["plan"], asked["after"], asked["limit"], act)
        )
        return json_response(seen)

    @door("POST", "/v1/reorganisations")
    def begin_reorganisation(self, request: Request) -> Response:
        """Enter a plan and all that it says of the register; one that was begun already goes on."""
        actor = caller(request, self.tokens)
        require(actor, *MAY)
        asked = read_begin(body_of(request))
        plan, act = asked["plan"], self._act(actor, asked["happened_at"])
        new = self.unit.run(lambda _: self._reorganising().begin(plan, act))
        self.handler.release([*references_of(plan), *_successions(plan)])
        return json_response({"plan": plan["plan"], "new": new})

    @door("POST", "/v1/reorganisations/<plan>/batches")
    def rehome_batch(self, request: Request, plan: str) -> Response:
        """Re-home the open legs of a batch of dossiers on their way."""
        actor = caller(request, self.tokens)
        require(actor, *MAY)
        asked = parse(body_of(request), _BATCH)
        act = self._act(actor, asked["happened_at"])
        done = self.unit.run(lambda _: self._reorganising().rehome(plan, asked["after"], asked["limit"], act))
        return json_response(done)

    @door("POST", "/v1/reorganisations/<plan>/finish")
    def finish_reorganisation(self, request: Request, plan: str) -> Response:
        """Note that nothing is left to be re-homed."""
        actor = caller(request, self.tokens)
        require(actor, *MAY)
        asked = parse(body_of(request), _FINISH)
        act = self._act(actor, asked["happened_at"])
        counts = finish(self.unit, self._reorganising(), plan, act)
        return json_response({"plan": plan, **counts})

    def _reorganising(self) -> Reorganising:
        return Reorganising(self.application, Register(self.application, self.application.directory))

    def _act(self, actor: Actor, happened_at: str | None) -> Act:
        act = act_now(actor, self.clock)
        if happened_at is None:
            return act
        if actor.role != HISTORIAN:
            raise RefusedError(FORBIDDEN, role=actor.role)
        return Act(
            actor, from_text(happened_at), act.received_at, act.recorded_at, root=act.root, historical=True
        )


def _successions(plan: dict[str, Any]) -> list[str]:
    """Return what legs may have waited for: that somebody succeeds an agency."""
    named = [change.get("agencies") or [change["agency"]] for change in plan["changes"]]
    return [f"successor-of/{agency}" for agencies in named for agency in agencies]
