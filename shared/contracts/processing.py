"""What processing makes known: the work on each leg inside the agencies."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.fields import Moment, TolerantSchema, one_of, text


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
    """The agency sent the dossier back to whoever handed it over."""

    leg = fields.String(required=True)
    agency = text(60)
    reason = text(2000)


class LegOverdue(TolerantSchema):
    """The leg's term has passed and its work is not done."""

    leg = fields.String(required=True)
    agency = text(60)
    due_at = Moment(required=True)
