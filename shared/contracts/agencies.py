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
    said,
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


_LEG = "The leg's id: what commands name."
_DOSSIER = "The dossier's id inside the system."
_CODE = "The dossier's code, as on the applicant's receipt."
_AGENCY = "The id of the agency that the message is for."
_REQUEST = "The request's id: what commands about it name."
_REFERENCE = "Your own number for it, kept with the leg and searchable."
_NOTE = "What is to be said about it."


class Succession(TolerantSchema):
    """The leg lay before another agency, which has ended: this one goes on with it."""

    agency = text(60, about="The id of the agency that had it.")
    accepted = fields.Boolean(
        required=True,
        metadata=said(
            "Whether that agency accepted the work: then you go on with it, and need no `accept-leg`."
        ),
    )
    basis = text(1000, about="The decision on which the succession rests.")


class LegHandOver(TolerantSchema):
    """A dossier is handed over to the agency for one leg."""

    leg = fields.String(required=True, metadata=said(_LEG))
    dossier = fields.String(required=True, metadata=said(_DOSSIER))
    code = text(60, about=_CODE)
    procedure = text(60, about="The code of the administrative procedure in the national catalogue.")
    name = name(about="What is to be done.")
    number = fields.Integer(required=True, metadata=said("Which leg of the dossier's way it is, from 1."))
    of = fields.Integer(required=True, metadata=said("How many legs the way has, as it is planned now."))
    attempt = fields.Integer(
        required=True,
        metadata=said("How often this leg has been opened: 2 when it came back after a return."),
    )
    agency = text(60, about=_AGENCY)
    from_agency = text(
        60, about="The id of the agency that handed the dossier over: it may recall the leg, or gets it back."
    )
    direction = one_of(
        "up",
        "down",
        "peer",
        "inside",
        about="Where the dossier goes: to a higher level, a lower one, the same, or inside one agency.",
    )
    term = term(allow_none=True, about="The time for this leg; null: it has none of its own.")
    due_at = Moment(
        required=True,
        allow_none=True,
        metadata=said("The last moment in time, by working time; null: there is no term."),
    )
    note = text(2000, required=False, allow_none=True, about="What whoever handed it over says about it.")
    applicant_link = text(
        500,
        about="An HTTP address that shows the applicant to your agency's token: no personal data is here.",
    )
    kind = one_of("work", "opinion", required=False, about="What is asked for; absent: work.")
    at_term = one_of(
        "overdue",
        "consent",
        "elapse",
        required=False,
        about="What the end of the term does: the leg is overdue; silence is consent; the leg is over.",
    )
    may_return_to = fields.List(
        fields.Nested(Earlier),
        metadata=said("Earlier legs that `return-leg` may name in `to`; 0, the receiving desk, always may."),
    )
    succession = fields.Nested(
        Succession,
        metadata=said("Whose work you take over; absent: the leg came to you first."),
    )


class LegNotice(TolerantSchema):
    """Something changed about a leg that the agency was handed: it needs no answer."""

    leg = fields.String(required=True, metadata=said(_LEG))
    dossier = fields.String(required=True, metadata=said(_DOSSIER))
    code = text(60, about=_CODE)
    agency = text(60, about=_AGENCY)
    state = one_of(
        "withdrawn",
        "recalled",
        "rehomed",
        "lapsed",
        "paused",
        "resumed",
        about="What became of the leg: the first four end your part; `paused` and `resumed` do not.",
    )
    due_at = Moment(
        required=True,
        allow_none=True,
        metadata=said("The leg's last moment in time as of now; null: it has no term."),
    )
    note = text(
        2000, required=False, allow_none=True, about="Why: a reason, or the decision on which it rests."
    )


class HistoryRestored(TolerantSchema):
    """The system was restored from a backup: what came later is not known any more, and is to be said again."""

    agency = text(60, about=_AGENCY)
    known_until = Moment(
        required=True, metadata=said("When the backup was made: what happened later is not known.")
    )
    resend_since = Moment(
        required=True,
        metadata=said("Commands given since then are to be sent again, in order and under their ids."),
    )


class WrittenRequest(TolerantSchema):
    """The agency is reminded of something, or asked to report in writing."""

    request = fields.String(required=True, metadata=said(_REQUEST))
    kind = one_of("reminder", "report", about="Whether you are urged to do something, or asked to report.")
    reference = text(100, about="The issuer's own number of it.")
    issuer = text(60, about="The id of the agency in whose name it is issued.")
    agency = text(60, about=_AGENCY)
    subject = text(2000, about="What it is about.")
    basis = text(1000, about="The document on which it rests.")
    due_on = fields.Date(required=True, metadata=said("The last day in time, in Viet Nam."))
    due_at = Moment(required=True, metadata=said("When that day is over."))
    consolidator = text(60, about="The id of the agency that puts the answers together.")
    about = fields.Dict(
        allow_none=True,
        metadata=said(
            "Which report, asked how and as of when, says the figure; and the target's `indicator`, if there is one."
        ),
    )
    figure = text(40, required=False, allow_none=True, about="Your own figure, as it stood then.")
    target = text(10, required=False, allow_none=True, about="What the figure was to reach, in per cent.")


class RequestNotice(TolerantSchema):
    """Something changed about a request that the agency was sent: it needs no answer."""

    request = fields.String(required=True, metadata=said(_REQUEST))
    reference = text(100, about="The issuer's own number of it.")
    agency = text(60, about=_AGENCY)
    state = one_of(
        "withdrawn",
        "approved",
        "declined",
        "passed-on",
        about="You need not answer any more; what you proposed is your target now, or is not; your successor answers.",
    )
    note = text(2000, about="Why, or the decision, or the id of your successor.")


class CommandRefused(TolerantSchema):
    """A command could not be carried out; RFC 9457 fields, in both languages."""

    command = fields.String(required=True, metadata=said("The id of your command."))
    code = text(60, about="Why, as a stable code: the one thing to decide by.")
    status = fields.Integer(required=True, metadata=said("What HTTP would answer, such as 409."))
    title = text(2000, about="Why, as a sentence in English.")
    title_vi = text(2000, about="Why, as a sentence in Vietnamese.")


class CommandCarriedOut(TolerantSchema):
    """A command was carried out: told to whoever asked for it by the attribute `wantsanswer`."""

    command = fields.String(required=True, metadata=said("The id of your command."))
    state = text(40, about="Where the leg, or the request, stood when it was done, such as `accepted`.")


class LegCommand(StrictSchema):
    """What every command names."""

    leg = fields.UUID(required=True, metadata=said("`data.leg` of the hand-over."))


class AcknowledgeMessage(LegCommand):
    """We have the hand-over."""

    reference = text(100, required=False, allow_none=True, about=_REFERENCE)


class AcceptLeg(LegCommand):
    """We take the work on."""

    officer = text(100, required=False, allow_none=True, about="Whose matter it is with you.")


class RecordWork(LegCommand):
    """We did a step."""

    step = text(200, about="What was done.")
    note = text(2000, required=False, allow_none=True, about=_NOTE)


class CompleteLeg(LegCommand):
    """We have done our part."""

    note = text(2000, required=False, allow_none=True, about=_NOTE)
    reference = text(100, required=False, allow_none=True, about=_REFERENCE)


class ReturnLeg(LegCommand):
    """We send it back, to whoever handed it over or to the earlier leg `to` (0: the receiving desk)."""

    reason = text(2000, about="Why it goes back.")
    to = fields.Integer(
        strict=True,
        allow_none=True,
        validate=validate.Range(0, 1000),
        metadata=said(
            "The number of a leg in `may_return_to`, or 0, the receiving desk; absent: to whoever handed it over."
        ),
    )


class GiveOpinion(LegCommand):
    """We were consulted, and this is what we think."""

    opinion = one_of(*OPINIONS, about="Whether you agree.")
    note = text(2000, required=False, allow_none=True, about=_NOTE)
    reference = text(100, required=False, allow_none=True, about=_REFERENCE)


class TransferLeg(LegCommand):
    """We are not competent; `to` is."""

    to = text(60, about="The id of the agency that is competent.")
    reason = text(2000, about="Why you are not.")


class RecallLeg(LegCommand):
    """We handed it over by mistake, and take it back: before it is accepted."""

    reason = text(2000, about="What the mistake was.")


class RequestCommand(StrictSchema):
    """What every command about a reminder or a request for a report names."""

    request = fields.UUID(
        required=True, metadata=said("`data.request` of the message that laid it before you.")
    )


class ReceiveRequest(RequestCommand):
    """We have the request, and this officer sees to it."""

    officer = text(100, required=False, allow_none=True, about="Whose matter it is with you.")


class AttachmentSchema(StrictSchema):
    """A paper that goes with an answer: the paper itself stays with the agency."""

    name = text(200, about="What the paper is called.")
    sha256 = fields.String(
        required=True,
        validate=validate.Regexp(r"^[0-9a-f]{64}$"),
        metadata=said("The SHA-256 digest of its bytes, in hexadecimal digits."),
    )
    reference = text(
        200, required=False, allow_none=True, about="Where it is found: your number for it, or an address."
    )


class ProposalSchema(StrictSchema):
    """Another target that the agency proposes for itself."""

    year = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(2000, 2200),
        metadata=said("The year that the target is for."),
    )
    percent = fields.String(
        required=True,
        validate=validate.Regexp(r"^(100(\.0{1,2})?|[0-9]{1,2}(\.[0-9]{1,2})?)$"),
        metadata=said("What is to be reached, in per cent, as a decimal number in a text."),
    )
    reach_by = fields.String(
        required=True, validate=is_a_date, metadata=said("The day by which it is reached, YYYY-MM-DD.")
    )
    reason = text(2000, about="Why the present target is not the right one.")


class AnswerRequest(RequestCommand):
    """This is our report, and, where it is about a target, the one that we propose."""

    text = text(20_000, about="The report.")
    attachments = ListOfFew(
        fields.Nested(AttachmentSchema),
        load_default=list,
        validate=validate.Length(max=20),
        metadata=said("Papers that go with it."),
    )
    proposal = fields.Nested(
        ProposalSchema,
        allow_none=True,
        load_default=None,
        metadata=said("Another target for your agency; only when `about` has an `indicator`."),
    )


class RequestSupplement(LegCommand):
    """We need more papers from the applicant; the receiving desk asks for them."""

    reason = text(2000, about="Which papers, and why, for the desk to tell the applicant.")


class RequestPayment(LegCommand):
    """The applicant has to pay first; the receiving desk says so."""

    reason = text(2000, about="What is to be paid, for the desk to tell the applicant.")
