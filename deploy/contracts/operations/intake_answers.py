"""What intake's doors answer about appointments. Tests hold the doors' own functions to these shapes."""

from __future__ import annotations

from marshmallow import Schema, fields

from shared.contracts.fields import Moment, one_of, term
from shared.contracts.routing import PAUSES


class PauseOfDossier(Schema):
    """A time in which the dossier's clock stood still; `to` is missing while it does."""

    pause = fields.String(required=True)
    kind = one_of(*PAUSES)
    begun = Moment(required=True, data_key="from")
    ended = Moment(required=True, allow_none=True, data_key="to")


class StepOfDue(Schema):
    """A step of the computation: the rule it applies, the moment it leads to, and both as a sentence."""

    rule = fields.String(required=True)
    until = Moment(required=True)
    vi = fields.String(required=True)
    en = fields.String(required=True)


class DueAnswer(Schema):
    """When a dossier is due, and why."""

    dossier = fields.UUID(required=True)
    code = fields.String(required=True, allow_none=True)
    received_at = Moment(required=True, allow_none=True)
    limit = term(allow_none=True)
    cutoff = fields.String(required=True, allow_none=True)
    due_at = Moment(required=True, allow_none=True)
    pauses = fields.List(fields.Nested(PauseOfDossier), required=True)
    extensions = fields.List(term(), required=True)
    steps = fields.List(fields.Nested(StepOfDue), required=True)
