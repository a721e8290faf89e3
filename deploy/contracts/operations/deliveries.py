"""processing's doors on the delivery ledger, for agencies that pull, for operators, and on reminders."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from deploy.contracts.operations.answers import WorkOnList
from deploy.contracts.operations.model import Content, Operation, json_of
from deploy.contracts.refusals import OF_COMMANDS
from services.processing import problems
from services.processing.api.deliveries import (
    LARGEST_LOT,
    USUAL_LOT,
    WaySchema,
)
from services.processing.api.pulling import CLOUDEVENTS, MOST_MESSAGES, USUAL_MESSAGES
from services.processing.api.reminders import LONGEST_REFERENCE
from services.processing.api.works import AGENCY_ROLES
from services.processing.domain.serving import WAYS
from shared.access import OPERATORS, WATCHERS
from shared.contracts.fields import Moment, one_of
from shared.entrypoints.orders import ReasonSchema
from shared.errors import FORBIDDEN


class PullQuery(Schema):
    """`after` is the field `next` of the page before; without it all that is unanswered comes again."""

    after = fields.String(validate=validate.Regexp("^[0-9]{1,18}$"))
    limit = fields.Integer(load_default=USUAL_MESSAGES, validate=validate.Range(min=1, max=MOST_MESSAGES))


class PulledMessages(Schema):
    """Messages as they would lie on the agency's queue: hand-overs, notices, refusals, each a CloudEvents message."""

    messages = fields.List(fields.Dict(), required=True)
    next = fields.String(required=True)
    more = fields.Boolean(required=True)


class CommandTaken(Schema):
    """The command was carried out; `repeated`: the first time, when it was sent before under this id."""

    command = fields.String(required=True)
    repeated = fields.Boolean(required=True)


class ServingAnswer(Schema):
    """How an agency gets its messages."""

    agency = fields.String(required=True)
    way = one_of(*WAYS)
    window = fields.Integer(required=True)
    rate = fields.Integer(required=True)
    tries = fields.Integer(required=True)


class AgencyStanding(Schema):
    """What lies before one agency, and how it answers."""

    agency = fields.String(required=True)
    way = one_of(*WAYS)
    waiting = fields.Integer(required=True)
    sent = fields.Integer(required=True)
    parked = fields.Integer(required=True)
    oldest_unanswered_at = Moment(required=True, allow_none=True)
    paused_until = Moment(required=True, allow_none=True)
    pause_reason = fields.String(required=True, allow_none=True)
    last_answer_at = Moment(required=True, allow_none=True)


class DeliveriesAnswer(Schema):
    """The delivery ledger, agency by agency."""

    agencies = fields.List(fields.Nested(AgencyStanding), required=True)


class ParkedQuery(Schema):
    """A page of what is parked; `after` is the last `id` of the page before."""

    agency = fields.String()
    limit = fields.Integer(load_default=USUAL_LOT, validate=validate.Range(min=1, max=LARGEST_LOT))
    after = fields.Integer()


class ParkedHandOver(Schema):
    """A hand-over that lies aside, with the message itself."""

    id = fields.Integer(required=True)
    message = fields.String(required=True)
    agency = fields.String(required=True)
    dossier = fields.UUID(required=True)
    leg = fields.UUID(required=True)
    reason = fields.String(required=True)
    attempts = fields.Integer(required=True)
    first_sent_at = Moment(required=True, allow_none=True)
    parked_at = Moment(required=True, allow_none=True)
    waiting_behind = fields.Integer(required=True)
    body = fields.Dict(required=True)


class ParkedAnswer(Schema):
    """Hand-overs that lie aside, oldest first."""

    parked = fields.List(fields.Nested(ParkedHandOver), required=True)


class ParkedSettled(Schema):
    """What became of a parked hand-over."""

    message = fields.String(required=True)
    agency = fields.String(required=True)
    state = one_of("sent", "answered")


class ResumedAnswer(Schema):
    """Whether there was a pause to end."""

    agency = fields.String(required=True)
    resumed = fields.Boolean(required=True)


class ReminderShown(Schema):
    """Whom of what was reminded; `to` is an agency or `operations`, `contact` whom to reach at the agency that has the leg."""

    leg = fields.UUID(required=True)
    dossier = fields.UUID(required=True)
    code = fields.String(required=True)
    agency = fields.String(required=True)
    about = one_of("uncollected", "due-soon", "overdue")
    rung = fields.Integer(required=True)
    to = fields.String(required=True)
    contact = fields.String(required=True, allow_none=True)
    reminded_at = Moment(required=True)
    due_at = Moment(required=True, allow_none=True)
    state = fields.String(required=True)


class RemindersAnswer(Schema):
    """Reminders that still stand, the newest first."""

    reminders = fields.List(fields.Nested(ReminderShown), required=True)


class LegsQuery(Schema):
    """The agency's own reference, exactly; administrators may name the agency."""

    reference = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST_REFERENCE))
    agency = fields.String()


class LegFound(WorkOnList):
    """A leg that goes by a reference."""

    closed = fields.Boolean(required=True)


class LegsAnswer(Schema):
    """Legs, open and ended, the newest first."""

    legs = fields.List(fields.Nested(LegFound), required=True)


def _cloudevents() -> Content:
    shape = {"type": "object", "description": "The command, as it would be published: a CloudEvents message."}
    return Content(lambda _schemas: dict(shape), CLOUDEVENTS)


def _by_operator(
    operation_id: str, url: str, summary: str, answer: type[Schema], *refuses: object
) -> Operation:
    return Operation(
        operation_id,
        "POST",
        url,
        summary,
        json_of(answer),
        body=json_of(ReasonSchema),
        roles=OPERATORS,
        keyed=True,
        refuses=(FORBIDDEN, *refuses),  # type: ignore[arg-type]
    )


DELIVERY_OPERATIONS = (
    Operation(
        "pullMessages",
        "GET",
        "/v1/agencies/<agency>/messages",
        "Give an agency that pulls what is to be delivered to it; each time counts as a try.",
        json_of(PulledMessages),
        query=PullQuery,
        roles=AGENCY_ROLES,
        refuses=(
            FORBIDDEN,
            problems.AGENCY_IS_PUSHED_TO,
            problems.CURSOR_UNKNOWN,
            problems.CURSOR_INVALID,
        ),
    ),
    Operation(
        "sendCommand",
        "POST",
        "/v1/agencies/<agency>/commands",
        "Carry out a command as if it had come through the broker; a refusal comes here and as a message.",
        json_of(CommandTaken),
        body=_cloudevents(),
        roles=AGENCY_ROLES,
        refuses=(FORBIDDEN, *(one.problem for one in OF_COMMANDS)),
    ),
    Operation(
        "showDeliveries",
        "GET",
        "/v1/deliveries",
        "Say how the delivery ledger stands, agency by agency.",
        json_of(DeliveriesAnswer),
        roles=WATCHERS,
        refuses=(FORBIDDEN,),
    ),
    Operation(
        "listParkedHandOvers",
        "GET",
        "/v1/deliveries/parked",
        "List the hand-overs that lie aside, oldest first, with the message itself.",
        json_of(ParkedAnswer),
        query=ParkedQuery,
        roles=WATCHERS,
        refuses=(FORBIDDEN,),
    ),
    _by_operator(
        "retryParkedHandOver",
        "/v1/deliveries/parked/<message>/retry",
        "Send a parked hand-over to its agency again.",
        ParkedSettled,
        problems.NOT_PARKED,
    ),
    _by_operator(
        "setParkedHandOverAside",
        "/v1/deliveries/parked/<message>/set-aside",
        "Settle a parked hand-over by hand: what waits behind it goes on.",
        ParkedSettled,
        problems.NOT_PARKED,
    ),
    Operation(
        "showServing",
        "GET",
        "/v1/agencies/<agency>/delivery",
        "Say how an agency gets its messages.",
        json_of(ServingAnswer),
        roles=WATCHERS,
        refuses=(FORBIDDEN,),
    ),
    Operation(
        "settleServing",
        "PUT",
        "/v1/agencies/<agency>/delivery",
        "Serve an agency so from now on.",
        json_of(ServingAnswer),
        body=json_of(WaySchema),
        roles=OPERATORS,
        keyed=True,
        refuses=(FORBIDDEN, problems.UNKNOWN_AGENCY),
    ),
    _by_operator(
        "resumeServing",
        "/v1/agencies/<agency>/delivery/resume",
        "Try a paused agency's queue again at once.",
        ResumedAnswer,
        problems.UNKNOWN_AGENCY,
    ),
    Operation(
        "listReminders",
        "GET",
        "/v1/agencies/<agency>/reminders",
        "List the reminders that still stand: of an agency's legs, and of legs of agencies under it.",
        json_of(RemindersAnswer),
        roles=(*AGENCY_ROLES, *WATCHERS),
        refuses=(FORBIDDEN,),
    ),
    Operation(
        "findLegs",
        "GET",
        "/v1/legs",
        "Find legs by the reference that their agency gave them.",
        json_of(LegsAnswer),
        query=LegsQuery,
        roles=(*AGENCY_ROLES, *OPERATORS),
        refuses=(FORBIDDEN,),
    ),
)
"""The operations on deliveries and reminders."""
