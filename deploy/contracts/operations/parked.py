"""Every service's doors on messages that it could not handle."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from deploy.contracts.operations.model import Operation, json_of
from shared.access import OPERATORS, WATCHERS
from shared.contracts.fields import Moment, one_of
from shared.entrypoints.orders import ReasonSchema
from shared.entrypoints.parked import (
    LARGEST_PAGE,
    NOT_RETRIABLE,
    NOTHING_TO_SET_ASIDE,
    USUAL_PAGE,
    SetAsideSchema,
)
from shared.errors import FORBIDDEN, NOT_FOUND


class ParkedMessagesQuery(Schema):
    """A page of what is parked; `after` is the last `id` of the page before."""

    limit = fields.Integer(load_default=USUAL_PAGE, validate=validate.Range(min=1, max=LARGEST_PAGE))
    after = fields.Integer()


class ParkedMessage(Schema):
    """A message that could not be handled, or waits behind one; `body` is its text, cut off when it is long."""

    id = fields.Integer(required=True)
    queue = fields.String(required=True)
    source = fields.String(required=True)
    message = fields.String(required=True)
    dossier = fields.String(required=True)
    reason_class = one_of("poison", "waiting", "held")
    reason = fields.String(required=True)
    waits_for = fields.String(required=True, allow_none=True)
    parked_at = Moment(required=True)
    body = fields.String(required=True)


class ParkedMessages(Schema):
    """What could not be handled, oldest first."""

    parked = fields.List(fields.Nested(ParkedMessage), required=True)


class RetriedMessages(Schema):
    """How many of the dossier's parked messages were handled, and whether this one is still parked."""

    parked = fields.Integer(required=True)
    handled = fields.Integer(required=True)
    still_parked = fields.Boolean(required=True)


class SetAsideMessages(Schema):
    """How many messages the order set aside."""

    set_aside = fields.Integer(required=True)


def parked_operations(service: str) -> tuple[Operation, ...]:
    """Return the operations on what a service could not handle; their names tell the services apart."""
    of = service.capitalize()
    return (
        Operation(
            f"listParkedOf{of}",
            "GET",
            "/v1/parked",
            "List what could not be handled, oldest first, with its reason and the message itself.",
            json_of(ParkedMessages),
            query=ParkedMessagesQuery,
            roles=WATCHERS,
            refuses=(FORBIDDEN,),
        ),
        Operation(
            f"setParkedAsideOf{of}",
            "POST",
            "/v1/parked/set-aside",
            "Set aside all that one source sent, up to a number, which belongs to no dossier.",
            json_of(SetAsideMessages),
            body=json_of(SetAsideSchema),
            roles=OPERATORS,
            keyed=True,
            refuses=(FORBIDDEN, NOTHING_TO_SET_ASIDE),
        ),
        Operation(
            f"retryParkedOf{of}",
            "POST",
            "/v1/parked/<number>/retry",
            "Try a dossier's parked messages again in order, up to the first that still fails.",
            json_of(RetriedMessages),
            body=json_of(ReasonSchema),
            roles=OPERATORS,
            keyed=True,
            refuses=(FORBIDDEN, NOT_FOUND, NOT_RETRIABLE),
        ),
    )
