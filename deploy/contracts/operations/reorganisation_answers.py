"""What routing's doors answer about dry runs, moves and reorganisations."""

from __future__ import annotations

from marshmallow import Schema, fields

from deploy.contracts.operations.answers import LegOfItinerary, Sentence
from shared.contracts.fields import Moment, name


class ExplainedLeg(LegOfItinerary):
    """A leg of a way that no dossier goes, with the times it would have."""

    class Meta:
        """Settings."""

        exclude = ("state", "tries")

    agency_name = name()
    return_extends = fields.Dict(required=True, allow_none=True)
    same_as = fields.Integer(required=True, allow_none=True)
    opens_at = Moment()
    due_at = Moment(allow_none=True)
    steps = fields.List(fields.Nested(Sentence))


class Explanation(Schema):
    """Which way a dossier would go, and why."""

    procedure = fields.String(required=True)
    process = fields.String(required=True)
    version = fields.Integer(required=True)
    trial = fields.Boolean(required=True)
    received_at = Moment(required=True)
    desk = fields.String(required=True)
    area = fields.String(required=True, allow_none=True)
    facts = fields.Dict(required=True)
    facts_not_asked = fields.List(fields.String(), required=True)
    """Those among them that no condition of the process looks at."""
    legs = fields.List(fields.Nested(ExplainedLeg), required=True)


class Effect(Schema):
    """What becomes of an agency, and how much lies before it."""

    agency = fields.String(required=True)
    change = fields.String(required=True)
    successors = fields.List(fields.String(), required=True)
    queue = fields.String(required=True)
    account = fields.String(required=True, allow_none=True)
    """The broker account that is of no use any more."""
    processes = fields.List(fields.String(), required=True)
    """Versions of processes that name it."""
    dossiers = fields.Integer(required=True)
    open_legs = fields.Integer(required=True)
    with_due_time = fields.Integer(required=True)
    legs_to_come = fields.Integer(required=True)
    received_here = fields.Integer(required=True)


class Uncovered(Schema):
    """A leg of a process in force that would find no agency for some areas."""

    process = fields.String(required=True)
    version = fields.Integer(required=True)
    leg = fields.String(required=True)
    missing = fields.String(required=True)
    areas = fields.List(fields.String(), required=True)


class Preview(Schema):
    """A page of what a plan would do; `next`: where to go on."""

    examined = fields.Integer(required=True)
    by_agency = fields.List(fields.Nested(Effect), required=True)
    uncovered = fields.List(fields.Nested(Uncovered), required=True)
    """On the first page: legs of processes in force that would find no agency any more."""
    next = fields.UUID(required=True, allow_none=True)


class Begun(Schema):
    """A plan that is being carried out."""

    plan = fields.String(required=True)
    new = fields.Boolean(required=True)


class RehomedLegs(Schema):
    """Open legs that went from an agency to its successor."""

    agency = fields.String(required=True)
    successor = fields.String(required=True)
    legs = fields.Integer(required=True)


class Batch(Schema):
    """What a batch re-homed; `next`: where to go on."""

    examined = fields.Integer(required=True)
    dossiers = fields.Integer(required=True)
    legs = fields.List(fields.Nested(RehomedLegs), required=True)
    next = fields.UUID(required=True, allow_none=True)


class Finished(Schema):
    """A plan that was carried out, with all that was re-homed, however often it was interrupted."""

    plan = fields.String(required=True)
    dossiers = fields.Integer(required=True)
    legs = fields.List(fields.Nested(RehomedLegs), required=True)


class OtherValue(Schema):
    """What a leg would have instead."""

    leg = fields.String(required=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class MoveOfDossier(Schema):
    """What another version would change for a dossier."""

    dossier = fields.UUID(required=True)
    code = fields.String(required=True)
    from_version = fields.Integer(required=True)
    at = fields.List(fields.String(), required=True)
    possible = fields.Boolean(required=True)
    added = fields.List(fields.String(), required=True)
    removed = fields.List(fields.String(), required=True)
    other_agency = fields.List(fields.Nested(OtherValue), required=True)
    other_term = fields.List(fields.Nested(OtherValue), required=True)


class MovePreview(Schema):
    """A page of what a move would change."""

    dossiers = fields.List(fields.Nested(MoveOfDossier), required=True)
    next = fields.UUID(required=True, allow_none=True)


class MovedDossiers(Schema):
    """How many dossiers were moved."""

    moved = fields.Integer(required=True)
