"""What routing makes known: agencies, processes, and the way of each dossier."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.fields import Moment, TolerantSchema, name, one_of, term, text

LEVELS = ("province", "district", "commune")
DIRECTIONS = ("up", "down", "peer", "inside")
"""Liên thông lên, xuống, cùng cấp, nội bộ."""


class AgencyRegistered(TolerantSchema):
    """An agency of the province, or a vertical-sector agency at one of its levels."""

    agency = text(60)
    name = name()
    level = one_of(*LEVELS)
    kind = text(60)
    parent = text(60, required=False, allow_none=True)
    area = text(60, required=False, allow_none=True)
    vertical = fields.Boolean(required=True)
    code = text(60)
    """Its identifier as it stands in dossier codes."""
    connected = fields.Boolean(required=True)
    """Whether its own system reads its queue; otherwise people use the worklist."""
    valid_from = Moment(required=True)


class ProcessPublished(TolerantSchema):
    """An electronic process for a procedure, in one version."""

    process = text(100)
    version = fields.Integer(required=True, strict=True)
    procedure = text(60)
    legs = fields.Integer(required=True, strict=True)
    valid_from = Moment(required=True)


class PlannedLeg(TolerantSchema):
    """One leg of an itinerary, with the reason for the choice of agency."""

    leg = fields.String(required=True)
    number = fields.Integer(required=True)
    name = name()
    agency = text(60)
    direction = one_of(*DIRECTIONS)
    term = term(allow_none=True)
    reason = text(500)


class ItineraryPlanned(TolerantSchema):
    """Which agencies the dossier will pass, in which version of which process."""

    code = text(60)
    process = text(100)
    version = fields.Integer(required=True, strict=True)
    legs = fields.List(fields.Nested(PlannedLeg), required=True)


class LegOpened(TolerantSchema):
    """It is this agency's turn."""

    leg = fields.String(required=True)
    number = fields.Integer(required=True)
    of = fields.Integer(required=True)
    attempt = fields.Integer(required=True)
    name = name()
    code = text(60)
    procedure = text(60)
    agency = text(60)
    from_agency = text(60)
    direction = one_of(*DIRECTIONS)
    term = term(allow_none=True)
    due_at = Moment(required=True, allow_none=True)
    note = text(2000, required=False, allow_none=True)


class LegClosed(TolerantSchema):
    """The agency has done its part, or sent the dossier back."""

    leg = fields.String(required=True)
    number = fields.Integer(required=True)
    agency = text(60)
    outcome = one_of("completed", "returned")


class ItineraryCompleted(TolerantSchema):
    """Every leg is done: the result is ready at the receiving desk."""

    code = text(60)


class ItineraryReturned(TolerantSchema):
    """The first agency sent the dossier back to the desk that received it."""

    code = text(60)
    agency = text(60)
    reason = text(2000)
