"""processing's doors on replays to agencies."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from deploy.contracts.operations.model import Operation, json_of
from services.processing import problems
from services.processing.api.replays import ReplaySchema, ReplaySelectionSchema
from shared.access import OPERATORS, WATCHERS
from shared.contracts.fields import Moment, one_of
from shared.entrypoints.orders import ReasonSchema
from shared.errors import FORBIDDEN

STATES = ("running", "paused", "finished", "cancelled")
_SELECTED = (
    problems.UNKNOWN_AGENCY,
    problems.AGENCY_HAS_NO_SYSTEM,
    problems.UNKNOWN_DOSSIER,
)
_STEERING = {
    "pause": "Stop a replay for a while; once is enough.",
    "resume": "Let a paused replay go on; once is enough.",
    "cancel": "End a replay before its end; what was sent is sent.",
}


class KeptSelection(Schema):
    """What a replay takes in; what is absent does not matter."""

    begin = Moment()
    until = Moment()
    dossier = fields.UUID()
    procedure = fields.String()
    parked = fields.Boolean()


class ReplayPreview(Schema):
    """What a replay would send. `superseded`: hand-overs whose leg has ended since or lies elsewhere."""

    agency = fields.String(required=True)
    selection = fields.Nested(KeptSelection, required=True)
    messages = fields.Integer(required=True)
    superseded = fields.Integer(required=True)
    unanswered = fields.Integer(required=True)
    dossiers = fields.Integer(required=True)
    first_at = Moment(required=True, allow_none=True)
    last_at = Moment(required=True, allow_none=True)
    rate = fields.Integer(required=True)
    seconds = fields.Integer(required=True)
    """How long it takes at the rate."""


class ReplayBegun(ReplayPreview):
    """The replay that was begun, and what it will send."""

    id = fields.UUID(required=True)
    state = one_of(*STATES)


class ReplayStanding(Schema):
    """How a replay stands; `waits_for` says why the last page did not go through."""

    id = fields.UUID(required=True)
    agency = fields.String(required=True)
    state = one_of(*STATES)
    selection = fields.Nested(KeptSelection, required=True)
    reason = fields.String(required=True)
    begun_by = fields.String(required=True)
    begun_at = Moment(required=True)
    ended_at = Moment(required=True, allow_none=True)
    rate = fields.Integer(required=True)
    messages = fields.Integer(required=True)
    superseded = fields.Integer(required=True)
    sent = fields.Integer(required=True)
    sent_superseded = fields.Integer(required=True)
    waits_for = fields.String(required=True, allow_none=True)
    waits_until = Moment(required=True, allow_none=True)


class ReplaySteered(Schema):
    """Where a replay stands after it was paused, resumed or cancelled."""

    id = fields.UUID(required=True)
    agency = fields.String(required=True)
    state = one_of(*STATES)
    sent = fields.Integer(required=True)


class ReplayList(Schema):
    """Replays, the newest first."""

    replays = fields.List(fields.Nested(ReplayStanding), required=True)


class ReplayQuery(Schema):
    """`agency`: only the replays to that one."""

    agency = fields.String(validate=validate.Length(min=1, max=60))


REPLAY_OPERATIONS = (
    Operation(
        "previewReplay",
        "POST",
        "/v1/replays/previews",
        "Say what a replay to an agency would send, without sending anything.",
        json_of(ReplayPreview),
        body=json_of(ReplaySelectionSchema),
        roles=OPERATORS,
        refuses=(FORBIDDEN, *_SELECTED),
    ),
    Operation(
        "beginReplay",
        "POST",
        "/v1/replays",
        "Begin to send an agency again what it was sent before; one at a time an agency.",
        json_of(ReplayBegun),
        body=json_of(ReplaySchema),
        roles=OPERATORS,
        keyed=True,
        refuses=(FORBIDDEN, *_SELECTED, problems.REPLAY_UNDER_WAY, problems.NOTHING_TO_REPLAY),
    ),
    Operation(
        "listReplays",
        "GET",
        "/v1/replays",
        "List replays to agencies, the newest first.",
        json_of(ReplayList),
        query=ReplayQuery,
        roles=WATCHERS,
        refuses=(FORBIDDEN,),
    ),
    Operation(
        "showReplay",
        "GET",
        "/v1/replays/<replay>",
        "Say how a replay stands.",
        json_of(ReplayStanding),
        roles=WATCHERS,
        refuses=(FORBIDDEN, problems.UNKNOWN_REPLAY),
    ),
    *(
        Operation(
            f"{act}Replay",
            "POST",
            "/v1/replays/<replay>/<act>",
            does,
            json_of(ReplaySteered),
            fixed={"act": act},
            body=json_of(ReasonSchema),
            roles=OPERATORS,
            keyed=True,
            refuses=(FORBIDDEN, problems.UNKNOWN_REPLAY, problems.REPLAY_IS_OVER),
        )
        for act, does in _STEERING.items()
    ),
)
"""Every operation at the doors on replays."""
