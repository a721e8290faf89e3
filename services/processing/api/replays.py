"""processing's HTTP doors on replays to agencies: for administrators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from marshmallow import fields, validate
from werkzeug.wrappers import Request, Response

from services.processing.api.wired import WiredDoors
from services.processing.application.replays import HIGHEST_RATE, USUAL_RATE, said
from services.processing.domain.replay import Counted, Selection
from services.processing.problems import UNKNOWN_REPLAY, UNKNOWN_REPLAY_ACT
from shared.access import OPERATORS, WATCHERS, require
from shared.contracts.fields import Moment, StrictSchema, text
from shared.contracts.parsing import parse
from shared.entrypoints.http import body_of, caller, door, json_response
from shared.entrypoints.orders import Order, order_of
from shared.errors import RefusedError

STEERING = ("pause", "resume", "cancel")
MOST_LISTED = 200


class ReplaySelectionSchema(StrictSchema):
    """Which messages are sent again to an agency, by when they were entered in the delivery ledger."""

    agency = text(60)
    from_ = Moment(data_key="from", allow_none=True)
    until = Moment(allow_none=True)
    dossier = text(60, required=False, allow_none=True)
    """A dossier's code or id."""
    procedure = text(60, required=False, allow_none=True)
    parked = fields.Boolean(load_default=False)
    rate = fields.Integer(
        strict=True, load_default=USUAL_RATE, validate=validate.Range(min=1, max=HIGHEST_RATE)
    )
    """Messages a second."""


class ReplaySchema(ReplaySelectionSchema):
    """What is sent again to an agency, and why."""

    reason = text(500)


_SELECTION, _REPLAY = ReplaySelectionSchema(), ReplaySchema()


class ReplayDoors(WiredDoors):
    """The doors on replays."""

    @door("POST", "/v1/replays/previews")
    def preview_replay(self, request: Request) -> Response:
        """Say what a replay would send, without sending anything."""
        actor = caller(request, self.tokens)
        require(actor, *OPERATORS)
        asked = parse(body_of(request), _SELECTION)
        selection, counted = self._counted(asked, self.clock.now())
        return json_response(said(selection, counted, asked["rate"]))

    @door("POST", "/v1/replays")
    def begin_replay(self, request: Request) -> Response:
        """Begin to send an agency again what it was sent before."""
        order = order_of(request, self.tokens, self.clock, _REPLAY)
        asked, name = order.asked, f"{order.actor.principal}/{order.key}"
        replay_id = uuid5(NAMESPACE_URL, f"urn:lienthong:processing:replay/{name}")
        selection, counted = self._counted(asked, order.act.recorded_at)
        reason, rate = asked["reason"], asked["rate"]
        return self._answer(
            order, lambda: self.replays.begin(replay_id, selection, counted, reason, rate, order.act)
        )

    @door("GET", "/v1/replays")
    def list_replays(self, request: Request) -> Response:
        """List replays, the newest first."""
        require(caller(request, self.tokens), *WATCHERS)
        listed = self.replay_table.all(self.clock.now(), request.args.get("agency"), MOST_LISTED)
        return json_response({"replays": listed})

    @door("GET", "/v1/replays/<replay>")
    def show_replay(self, request: Request, replay: str) -> Response:
        """Say how a replay stands."""
        require(caller(request, self.tokens), *WATCHERS)
        shown = self.replay_table.one(_id(replay), self.clock.now())
        if shown is None:
            raise RefusedError(UNKNOWN_REPLAY, replay=replay)
        return json_response(shown)

    @door("POST", "/v1/replays/<replay>/<act>")
    def steer_replay(self, request: Request, replay: str, act: str) -> Response:
        """Pause, resume or cancel a replay."""
        order = order_of(request, self.tokens, self.clock)
        if act not in STEERING:
            raise RefusedError(UNKNOWN_REPLAY_ACT, act=act)
        replay_id, reason = _id(replay), order.asked["reason"]
        return self._answer(order, lambda: self.replays.steer(replay_id, act, reason, order.act))

    def _counted(self, asked: dict[str, Any], at: datetime) -> tuple[Selection, Counted]:
        """Return what is selected and what it comes to; counting holds up no unit of work."""
        with self.unit.begin():
            selection = self.replays.checked(_selection(asked))
        return selection, self.replay_table.count(selection, at)

    def _answer(self, order: Order, work: Callable[[], dict[str, Any]]) -> Response:
        answer = self.group.run_one(order.once(work))
        self.wake_replayer.ring()
        return json_response(answer)


def _selection(asked: dict[str, Any]) -> Selection:
    return Selection(
        agency=asked["agency"],
        begin=asked.get("from_"),
        until=asked.get("until"),
        dossier=asked.get("dossier"),
        procedure=asked.get("procedure"),
        parked=asked["parked"],
    )


def _id(replay: str) -> UUID:
    try:
        return UUID(replay)
    except ValueError:
        raise RefusedError(UNKNOWN_REPLAY, replay=replay) from None
