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
