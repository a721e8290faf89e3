"""statistics' doors on its own tables: building them again, and building them beside as of a moment."""

from __future__ import annotations

import logging

import eventlet
from werkzeug.wrappers import Request, Response

from services.statistics.api.wired import READERS, WiredDoors
from services.statistics.read_model.rebuilding import rebuild_of
from services.statistics.schemas import ScratchDropSchema, ScratchSchema
from shared.access import require
from shared.acts import Actor
from shared.clock import from_text
from shared.contracts.parsing import parse
from shared.entrypoints.http import body_of, caller, door, json_response

LOG = logging.getLogger(__name__)
_SCRATCH = ScratchSchema()
_DROP = ScratchDropSchema()


class ReadModelDoors(WiredDoors):
    """The doors on the read model and its scratches."""

    @door("POST", "/v1/rebuilds")
    def rebuild(self, request: Request) -> Response:
        """Build the read model again from the ledger, compare, and make the new one live."""
        actor = caller(request, self.tokens)
        require(actor, "administrator")
        accept = request.args.get("accept_differences") == "yes"
        self.rebuilding.claim(actor)
        if request.args.get("wait") == "no":
            eventlet.spawn_n(self._rebuild_behind, actor, accept=accept)
            return json_response(self.rebuilding.standing(), 202)
        outcome = self.rebuilding.run(actor, accept_differences=accept)
        return json_response(rebuild_of(outcome), 200 if outcome.swapped else 409)

    @door("GET", "/v1/rebuilds")
    def show_rebuild(self, request: Request) -> Response:
        """Say how the rebuild that runs, or that ran last, stands."""
        require(caller(request, self.tokens), *READERS)
        return json_response(self.rebuilding.standing())

    def _rebuild_behind(self, actor: Actor, *, accept: bool) -> None:
        try:
            self.rebuilding.run(actor, accept_differences=accept)
        except Exception:
            # Nobody waits for an answer: how it ended is asked for, and why stands in the log.
            LOG.exception("rebuild ended early")

    @door("GET", "/v1/scratches")
    def list_scratches(self, request: Request) -> Response:
        """List the scratch states there are."""
        caller(request, self.tokens)
        return json_response({"scratches": self.scratches.all()})

    @door("POST", "/v1/scratches")
    def build_scratch(self, request: Request) -> Response:
        """Build the read model as of a moment, beside the live one."""
        actor = caller(request, self.tokens)
        require(actor, *READERS)
        asked = parse(body_of(request), _SCRATCH)
        as_of = from_text(asked["as_of"])
        return json_response(self.scratches.build(asked["name"], as_of, asked["reason"], actor))

    @door("POST", "/v1/scratches/<scratch>/drop")
    def drop_scratch(self, request: Request, scratch: str) -> Response:
        """Drop a scratch state."""
        actor = caller(request, self.tokens)
        require(actor, *READERS)
        reason = parse(body_of(request), _DROP)["reason"]
        return json_response(self.scratches.drop(scratch, reason, actor))
