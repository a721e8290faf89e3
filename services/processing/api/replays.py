"""processing's HTTP doors on replays to agencies: for administrators."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from marshmallow import fields, validate
from werkzeug.wrappers import Request, Response

from services.processing.api.wired import WiredDoors
from services.processing.application.replays import HIGHEST_RATE, USUAL_RATE, said
from services.processing.domain.replay import Counted, Selection
from services.processing.problems import UNKNOWN_REPLAY, UNKNOWN_REPLAY_ACT
from shared.access import require
from shared.acts import Act, Actor
from shared.contracts.fields import Moment, StrictSchema, text
from shared.contracts.parsing import parse
from shared.entrypoints.http import body_of, caller, door, json_response
from shared.entrypoints.lines import check_key
from shared.errors import RefusedError
from shared.persistence.grouping import Request as Grouped

MAY = ("administrator",)
WATCHERS = ("administrator", "auditor")
"""Auditors look; administrators act."""
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


class SteeringSchema(StrictSchema):
    """Why a replay is paused, resumed or cancelled."""

    reason = text(500)


_SELECTION, _REPLAY, _STEERING = ReplaySelectionSchema(), ReplaySchema(), SteeringSchema()


class ReplayDoors(WiredDoors):
    """The doors on replays."""

    @door("POST", "/v1/replays/previews")
    def preview_replay(self, request: Request) -> Response:
        """Say what a replay would send, without sending anything."""
        actor = caller(request, self.tokens)
        require(actor, *MAY)
        asked = parse(body_of(request), _SELECTION)
        selection, counted = self._counted(asked, self.clock.now())
        return json_response(said(selection, counted, asked["rate"]))

    @door("POST", "/v1/replays")
    def begin_replay(self, request: Request) -> Response:
        """Begin to send an agency again what it was sent before."""
        actor, key, body = self._asked(request)
        asked = parse(body, _REPLAY)
        replay_id = uuid5(NAMESPACE_URL, f"urn:lienthong:processing:replay/{actor.principal}/{key}")
        act = self._circumstances(actor, key)
        selection, counted = self._counted(asked, act.recorded_at)
        reason, rate = asked["reason"], asked["rate"]
        return self._answer(
            actor,
            key,
            b"replay/" + body,
            lambda: self.replays.begin(replay_id, selection, counted, reason, rate, act),
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
        actor, key, body = self._asked(request)
        if act not in STEERING:
            raise RefusedError(UNKNOWN_REPLAY_ACT, act=act)
        replay_id, reason = _id(replay), parse(body, _STEERING)["reason"]
        circumstances = self._circumstances(actor, key)
        return self._answer(
            actor,
            key,
            f"replay/{act}/{replay}/".encode() + body,
            lambda: self.replays.steer(replay_id, act, reason, circumstances),
        )

    def _asked(self, request: Request) -> tuple[Actor, str, bytes]:
        actor = caller(request, self.tokens)
        require(actor, *MAY)
        return actor, check_key(request.headers.get("Idempotency-Key") or None), body_of(request)

    def _counted(self, asked: dict[str, Any], at: datetime) -> tuple[Selection, Counted]:
        """Return what is selected and what it comes to; counting holds up no unit of work."""
        with self.unit.begin():
            selection = self.replays.checked(_selection(asked))
        return selection, self.replay_table.count(selection, at)

    def _answer(self, actor: Actor, key: str, request_said: bytes, work: Any) -> Response:
        answer = self.group.run_one(Grouped(work, actor.principal, key, request_said))
        self.wake_replayer.ring()
        return json_response(answer)

    def _circumstances(self, actor: Actor, key: str) -> Act:
        now = self.clock.now()
        return Act(actor, now, now, now, root=UUID(int=0), causation=f"/http/{actor.principal}/{key}")


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
