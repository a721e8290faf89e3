"""What processing makes known: the work on each leg inside the agencies."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.fields import Moment, TolerantSchema, one_of, text

OPINIONS = ("agree", "disagree", "neither")
"""Đồng ý, không đồng ý, ý kiến khác."""


class LegHandedOver(TolerantSchema):
    """The leg lies before the agency: on its queue, or on its worklist."""

    leg = fields.String(required=True)
    agency = text(60)
    by = one_of("queue", "worklist")
    due_at = Moment(required=True, allow_none=True)


class LegAcknowledged(TolerantSchema):
    """The agency's system says that it has the hand-over."""

    leg = fields.String(required=True)
    agency = text(60)
    reference = text(100, required=False, allow_none=True)


class LegAccepted(TolerantSchema):
    """The agency took the work on."""

    leg = fields.String(required=True)
    agency = text(60)
    officer = text(100, required=False, allow_none=True)


class WorkRecorded(TolerantSchema):
    """A step of the work inside the agency."""

    leg = fields.String(required=True)
    agency = text(60)
    step = text(200)
    note = text(2000, required=False, allow_none=True)


class LegCompleted(TolerantSchema):
    """The agency has done its part."""

    leg = fields.String(required=True)
    agency = text(60)
    note = text(2000, required=False, allow_none=True)
    reference = text(100, required=False, allow_none=True)


class ActRefused(TolerantSchema):
    """The agency tried something on a leg that was not its to do, or not then: nothing came of it."""

    leg = fields.String(required=True)
    agency = text(60)
    command = text(60)
    code = text(60)


class LegReturned(TolerantSchema):
    """The agency sent the dossier back: to whoever handed it over, or to the earlier leg `to`."""

    leg = fields.String(required=True)
    agency = text(60)
    reason = text(2000)
    to = fields.Integer(strict=True, allow_none=True)
    """The number of an earlier leg; 0: the receiving desk."""


class OpinionGiven(TolerantSchema):
    """A consulted agency gave its opinion; that is all its part."""

    leg = fields.String(required=True)
    agency = text(60)
    opinion = one_of(*OPINIONS)
    note = text(2000, required=False, allow_none=True)
    reference = text(100, required=False, allow_none=True)


class LegTransferred(TolerantSchema):
    """The agency is not competent, and names the one that is."""

    leg = fields.String(required=True)
    agency = text(60)
    to = text(60)
    reason = text(2000)


class LegRecalled(TolerantSchema):
    """Whoever handed the leg over took it back before it was accepted."""

    leg = fields.String(required=True)
    agency = text(60)
    by = text(60)
    reason = text(2000)


class SupplementRequested(TolerantSchema):
    """The agency needs more papers: the receiving desk asks the applicant for them."""

    leg = fields.String(required=True)
    agency = text(60)
    reason = text(2000)


class PaymentRequested(TolerantSchema):
    """The applicant has to pay before the agency goes on: the receiving desk says so."""

    leg = fields.String(required=True)
    agency = text(60)
    reason = text(2000)


class LegResumed(TolerantSchema):
    """The wait is over; the agency goes on."""

    leg = fields.String(required=True)
    agency = text(60)
    due_at = Moment(required=True, allow_none=True)


class LegLapsed(TolerantSchema):
    """The leg's term ended it: silence was consent, or the notice has hung long enough."""

    leg = fields.String(required=True)
    agency = text(60)
    outcome = one_of("consented", "elapsed")
    due_at = Moment(required=True)


class LegWithdrawn(TolerantSchema):
    """The agency's part is not needed any more."""

    leg = fields.String(required=True)
    agency = text(60)


class WorkRehomed(TolerantSchema):
    """The work lies before the agency that succeeds the one that had it."""

    leg = fields.String(required=True)
    agency = text(60)
    from_agency = text(60)
    by = one_of("queue", "worklist")


class LegOverdue(TolerantSchema):
    """The leg's term has passed and its work is not done."""

    leg = fields.String(required=True)
    agency = text(60)
    due_at = Moment(required=True)


class LegReminded(TolerantSchema):
    """Somebody was reminded of the leg, by working time: its agency, then the one above, then operations."""

    leg = fields.String(required=True)
    agency = text(60)
    about = one_of("uncollected", "due-soon", "overdue")
    rung = fields.Integer(strict=True, required=True)
    to = text(60)
    """An agency, or `operations`."""


class TargetSet(TolerantSchema):
    """What a year's figure of a unit, of a level, or of the whole province is to reach; a higher version replaces."""

    target = fields.String(required=True)
    version = fields.Integer(strict=True, required=True)
    indicator = text(60)
    scope = one_of("province", "level", "agency")
    of = text(60, required=False, allow_none=True)
    """The level or the agency; none for the province."""
    year = fields.Integer(strict=True, required=True)
    percent = text(10)
    """A decimal number from 0 to 100."""
    reach_by = fields.Date(required=True)
    basis = text(1000)


class FigureEntered(TolerantSchema):
    """How a figure that no dossier yields stands: of a unit, from `first` to `last`; a higher version replaces."""

    entered = fields.String(required=True)
    version = fields.Integer(strict=True, required=True)
    state = one_of("entered", "checked", "locked")
    """Within a version it only goes up; only what is checked or locked counts."""
    figure = text(60)
    agency = text(60)
    first = fields.Date(required=True)
    last = fields.Date(required=True)
    value = fields.Integer(strict=True, required=True)
    evidence = text(1000)
    """The number or digest of a document."""
    reason = text(2000, required=False, allow_none=True)
    """Why it was corrected, when it was."""


class Addressee(TolerantSchema):
    """Who is asked, with its figure as it stood."""

    agency = text(60)
    figure = text(40, required=False, allow_none=True)
    target = text(10, required=False, allow_none=True)


class RequestIssued(TolerantSchema):
    """Agencies are reminded of something, or asked to report in writing, by a last day."""

    request = fields.String(required=True)
    kind = one_of("reminder", "report")
    reference = text(100)
    issuer = text(60)
    subject = text(2000)
    basis = text(1000)
    due_on = fields.Date(required=True)
    due_at = Moment(required=True)
    """When the last day is over in Viet Nam."""
    consolidator = text(60)
    about = fields.Dict(required=True, allow_none=True)
    addressees = fields.List(fields.Nested(Addressee), required=True)


class RequestReceived(TolerantSchema):
    """An addressee has the request."""

    request = fields.String(required=True)
    agency = text(60)
    officer = text(100, required=False, allow_none=True)


class RequestAnswered(TolerantSchema):
    """An addressee reported; what it wrote stays between it and the issuer."""

    request = fields.String(required=True)
    agency = text(60)
    attachments = fields.Integer(strict=True, required=True)
    """How many."""
    proposal = fields.Dict(required=True, allow_none=True)
    """`year`, `percent`, `reach_by`, `reason` of the target that it proposes for itself."""


class ProposalDecided(TolerantSchema):
    """A proposed target was approved or declined."""

    request = fields.String(required=True)
    agency = text(60)
    decision = one_of("approved", "declined")
    basis = text(1000)


class RequestPassedOn(TolerantSchema):
    """An addressee ended without an answer: its successor answers instead, once for all that it is asked."""

    request = fields.String(required=True)
    agency = text(60)
    """Who has ended."""
    to = text(60)


class RequestConsolidated(TolerantSchema):
    """The answers were put together."""

    request = fields.String(required=True)
    by = text(60)
    answered = fields.List(fields.String(), required=True)
    unanswered = fields.List(fields.String(), required=True)


class RequestWithdrawn(TolerantSchema):
    """Nobody need answer the request any more."""

    request = fields.String(required=True)
    by = text(60)
    reason = text(2000)


class RequestOverdue(TolerantSchema):
    """The last day is over, and some have not answered."""

    request = fields.String(required=True)
    due_at = Moment(required=True)
    unanswered = fields.List(fields.String(), required=True)
