"""What goes between processing and the agencies' own systems: hand-overs, commands, refusals.

Commands come from outside: unknown fields are refused. Hand-overs hold no personal data, only a
link under which the agency, with its own token, reads what it may see.
"""

from __future__ import annotations

from datetime import date

from marshmallow import ValidationError, fields, validate

from shared.contracts.fields import (
    ListOfFew,
    Moment,
    StrictSchema,
    TolerantSchema,
    name,
    one_of,
    term,
    text,
)
from shared.contracts.processing import OPINIONS
from shared.contracts.routing import Earlier


def is_a_date(value: str) -> None:
    """Refuse what is no date, YYYY-MM-DD."""
    try:
        whole = date.fromisoformat(value).isoformat() == value
    except ValueError:
        whole = False
    if not whole:
        raise ValidationError("must be a date, YYYY-MM-DD")


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


class WrittenRequest(TolerantSchema):
    """The agency is reminded of something, or asked to report in writing."""

    request = fields.String(required=True)
    kind = one_of("reminder", "report")
    reference = text(100)
    """The issuer's own number of it."""
    issuer = text(60)
    agency = text(60)
    subject = text(2000)
    basis = text(1000)
    """The document on which it rests."""
    due_on = fields.Date(required=True)
    """The last day in time, in Viet Nam."""
    due_at = Moment(required=True)
    """When that day is over."""
    consolidator = text(60)
    """The agency that puts the answers together."""
    about = fields.Dict(allow_none=True)
    """Which report, asked how and as of when, says the figure; and the target's indicator, if there is one."""
    figure = text(40, required=False, allow_none=True)
    """The agency's own figure, as it stood then."""
    target = text(10, required=False, allow_none=True)


class RequestNotice(TolerantSchema):
    """Something changed about a request that the agency was sent: it needs no answer."""

    request = fields.String(required=True)
    reference = text(100)
    agency = text(60)
    state = one_of("withdrawn", "approved", "declined")
    note = text(2000)


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


class RequestCommand(StrictSchema):
    """What every command about a reminder or a request for a report names."""

    request = fields.UUID(required=True)


class ReceiveRequest(RequestCommand):
    """We have the request, and this officer sees to it."""

    officer = text(100, required=False, allow_none=True)


class AttachmentSchema(StrictSchema):
    """A paper that goes with an answer: the paper itself stays with the agency."""

    name = text(200)
    sha256 = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}$"))
    reference = text(200, required=False, allow_none=True)


class ProposalSchema(StrictSchema):
    """Another target that the agency proposes for itself."""

    year = fields.Integer(strict=True, required=True, validate=validate.Range(2000, 2200))
    percent = fields.String(
        required=True, validate=validate.Regexp(r"^(100(\.0{1,2})?|[0-9]{1,2}(\.[0-9]{1,2})?)$")
    )
    reach_by = fields.String(required=True, validate=is_a_date)
    reason = text(2000)


class AnswerRequest(RequestCommand):
    """This is our report, and, where it is about a target, the one that we propose."""

    text = text(20_000)
    attachments = ListOfFew(
        fields.Nested(AttachmentSchema), load_default=list, validate=validate.Length(max=20)
    )
    proposal = fields.Nested(ProposalSchema, allow_none=True, load_default=None)


class RequestSupplement(LegCommand):
    """We need more papers from the applicant; the receiving desk asks for them."""

    reason = text(2000)


class RequestPayment(LegCommand):
    """The applicant has to pay first; the receiving desk says so."""

    reason = text(2000)
