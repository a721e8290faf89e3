"""What goes between processing and the agencies' own systems: hand-overs, commands, refusals.

Commands come from outside: unknown fields are refused. Hand-overs hold no personal data, only a
link under which the agency, with its own token, reads what it may see.
"""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.fields import Moment, StrictSchema, TolerantSchema, name, one_of, term, text
from shared.contracts.processing import OPINIONS
from shared.contracts.routing import Earlier


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
    kind = one_of("work", "opinion", required=False)
    at_term = one_of("overdue", "consent", "elapse", required=False)
    """What the end of the term does: the leg is overdue; silence is consent; the leg is over."""
    may_return_to = fields.List(fields.Nested(Earlier))
    """Earlier legs that the dossier may be returned to; 0, the receiving desk, is always possible."""


class LegNotice(TolerantSchema):
    """Something changed about a leg that the agency was handed: it needs no answer."""

    leg = fields.String(required=True)
    dossier = fields.String(required=True)
    code = text(60)
    agency = text(60)
    state = one_of("withdrawn", "recalled", "rehomed", "lapsed", "paused", "resumed")
    due_at = Moment(required=True, allow_none=True)
    note = text(2000, required=False, allow_none=True)


class HistoryRestored(TolerantSchema):
    """The system was restored from a backup: what came later is not known any more, and is to be said again."""

    agency = text(60)
    known_until = Moment(required=True)
    """When the backup was made."""
    resend_since = Moment(required=True)
    """Commands that were given since then are to be sent again, under their ids: some of them may be lost."""


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
    """We send it back, to whoever handed it over or to the earlier leg `to` (0: the receiving desk)."""

    reason = text(2000)
    to = fields.Integer(strict=True, allow_none=True, validate=validate.Range(0, 1000))


class GiveOpinion(LegCommand):
    """We were consulted, and this is what we think."""

    opinion = one_of(*OPINIONS)
    note = text(2000, required=False, allow_none=True)
    reference = text(100, required=False, allow_none=True)


class TransferLeg(LegCommand):
    """We are not competent; `to` is."""

    to = text(60)
    reason = text(2000)


class RecallLeg(LegCommand):
    """We handed it over by mistake, and take it back: before it is accepted."""

    reason = text(2000)


class RequestSupplement(LegCommand):
    """We need more papers from the applicant; the receiving desk asks for them."""

    reason = text(2000)


class RequestPayment(LegCommand):
    """The applicant has to pay first; the receiving desk says so."""

    reason = text(2000)
