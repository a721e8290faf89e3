"""What goes between processing and the agencies' own systems: hand-overs, commands, refusals.

Commands come from outside: unknown fields are refused. Hand-overs hold no personal data, only a
link under which the agency, with its own token, reads what it may see.
"""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.fields import Moment, StrictSchema, TolerantSchema, name, one_of, term, text


class LegHandOver(TolerantSchema):
    """A dossier is handed over to the agency for one leg."""

    leg = fields.String(required=True)
    dossier = fields.String(required=True)
    code = text(60)
    procedure = text(60)
    name = name()
    number = fields.Integer(required=True)
    of = fields.Integer(required=True)
    attempt = fields.Integer(required=True)
    agency = text(60)
    from_agency = text(60)
    direction = one_of("up", "down", "peer", "inside")
    term = term(allow_none=True)
    due_at = Moment(required=True, allow_none=True)
    note = text(2000, required=False, allow_none=True)
    applicant_link = text(500)


class CommandRefused(TolerantSchema):
    """A command could not be carried out; RFC 9457 fields, in both languages."""

    command = fields.String(required=True)
    code = text(60)
    status = fields.Integer(required=True)
    title = text(2000)
    title_vi = text(2000)


class LegCommand(StrictSchema):
    """What every command names."""

    leg = fields.UUID(required=True)


class AcknowledgeMessage(LegCommand):
    """We have the hand-over."""

    reference = text(100, required=False, allow_none=True)


class AcceptLeg(LegCommand):
    """We take the work on."""

    officer = text(100, required=False, allow_none=True)


class RecordWork(LegCommand):
    """We did a step."""

    step = text(200)
    note = text(2000, required=False, allow_none=True)


class CompleteLeg(LegCommand):
    """We have done our part."""

    note = text(2000, required=False, allow_none=True)
    reference = text(100, required=False, allow_none=True)


class ReturnLeg(LegCommand):
    """We send it back."""

    reason = text(2000)
