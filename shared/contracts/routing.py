"""What routing makes known: agencies, processes, and the way of each dossier."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.fields import Moment, NameSchema, TolerantSchema, name, one_of, said, term, text

LEVELS = ("province", "district", "commune")
CATEGORIES = ("department", "district", "commune", "vertical", "centre", "branch", "postal")
"""Sở ban ngành, cấp huyện, cấp xã, ngành dọc, trung tâm, chi nhánh, điểm bưu chính."""
SUCCESSIONS = ("abolish", "merge", "split", "rename")
"""Kết thúc hoạt động, sáp nhập, chia tách, đổi mã."""
PROCESS_STATES = ("draft", "submitted", "approved", "electronic", "trial", "in-force", "retired")
"""Dự thảo, trình, phê duyệt, đã cấu hình điện tử, thử nghiệm, có hiệu lực, hết hiệu lực."""
LEG_KINDS = ("work", "opinion")
AT_TERM = ("overdue", "consent", "elapse")
"""What the end of a leg's term does: the leg is overdue; silence is consent; the leg is over."""
PAUSES = ("supplement", "payment", "posting")
"""What stops the dossier's clock: papers to be completed, money to be paid, a public notice."""
OUTCOMES = ("completed", "returned", "transferred", "recalled", "consented", "elapsed", "withdrawn")
"""How a leg ends; `consented` by silence, `elapsed` by its term, `withdrawn` because nobody needs it now."""
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
    category = one_of(*CATEGORIES, required=False)
    remote = fields.Boolean()
    """Whether its area counts as remote (vùng khó khăn), where some limits are longer."""
    hours = fields.List(fields.List(fields.String()), allow_none=True)
    """Its office hours, such as [["07:30", "11:30"], ["13:00", "17:00"]]; none: the usual ones."""
    contact = text(200, required=False, allow_none=True)
    """Whom to reach about its legs and its system: an office with telephone or e-mail, nobody's own address."""


class Successor(TolerantSchema):
    """Who goes on with an ended agency's dossiers: those about `areas`, or all others."""

    agency = text(60)
    areas = fields.List(text(60), allow_none=True)


class AgencyEnded(TolerantSchema):
    """An agency ends, and who succeeds it: for what lies in which areas, the longest area winning."""

    agency = text(60)
    ended_at = Moment(required=True)
    change = one_of(*SUCCESSIONS)
    successors = fields.List(fields.Nested(Successor), required=True)
    basis = text(1000)


class ProcessPublished(TolerantSchema):
    """An electronic process for a procedure, in one version."""

    process = text(100)
    version = fields.Integer(required=True, strict=True)
    procedure = text(60)
    legs = fields.Integer(required=True, strict=True)
    valid_from = Moment(required=True)
    state = one_of(*PROCESS_STATES, required=False)
    model = text(60, required=False, allow_none=True)
    """Such as `four-step`: received, appraised, approved and returned all at the centre."""


class ProcessStateChanged(TolerantSchema):
    """A version of a process went on in its life; `agencies`: for these desks only."""

    process = text(100)
    version = fields.Integer(required=True, strict=True)
    procedure = text(60)
    state = one_of(*PROCESS_STATES)
    at = Moment(required=True)
    agencies = fields.List(text(60), allow_none=True)
    basis = text(1000)


class PlannedLeg(TolerantSchema):
    """One leg of an itinerary, with the reason for the choice of agency."""

    leg = fields.String(required=True)
    number = fields.Integer(required=True)
    name = name()
    agency = text(60)
    direction = one_of(*DIRECTIONS)
    term = term(allow_none=True)
    reason = text(500)
    reason_vi = text(500, required=False)
    id = text(60, required=False)
    """The leg's name in the process's definition; consulted agencies share one."""
    kind = one_of(*LEG_KINDS, required=False)
    at_term = one_of(*AT_TERM, required=False)
    pause = fields.String(allow_none=True, validate=validate.OneOf(PAUSES))
    after = fields.List(fields.Integer())
    """The numbers of the legs before it; none: it begins at once."""
    join = fields.String()
    """`all`, `any`, or how many of those before must be done."""
    skipped = text(500, required=False, allow_none=True)
    """Why this dossier does not pass it."""
    skipped_vi = text(500, required=False, allow_none=True)


class ItineraryPlanned(TolerantSchema):
    """Which agencies the dossier will pass, in which version of which process."""

    code = text(60)
    process = text(100)
    version = fields.Integer(required=True, strict=True)
    legs = fields.List(fields.Nested(PlannedLeg), required=True)
    model = text(60, required=False, allow_none=True)
    trial = fields.Boolean()
    """Whether the version was on trial: the dossier is valid all the same."""


class ItineraryMoved(TolerantSchema):
    """A running dossier was moved to another version of its process, by decision."""

    code = text(60)
    process = text(100)
    from_version = fields.Integer(required=True, strict=True)
    version = fields.Integer(required=True, strict=True)
    basis = text(1000)
    legs = fields.List(fields.Nested(PlannedLeg), required=True)
    model = text(60, required=False, allow_none=True)
    trial = fields.Boolean()


class Earlier(TolerantSchema):
    """A leg that a dossier may be returned to."""

    number = fields.Integer(required=True, metadata=said("Its number on the dossier's way."))
    name = name(about="What it is called.")
    agency = text(60, about="The id of the agency that did it.")


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
    kind = one_of(*LEG_KINDS, required=False)
    at_term = one_of(*AT_TERM, required=False)
    pause = fields.String(allow_none=True, validate=validate.OneOf(PAUSES))
    may_return_to = fields.List(fields.Nested(Earlier))
    """Earlier legs that were done; 0, the receiving desk, is always possible."""
    skipped = fields.List(fields.Integer())
    """Earlier legs that this dossier did not pass."""
    reasons = fields.List(fields.Nested(NameSchema))
    """Why another agency than the planned one."""
    from_number = fields.Integer()
    """The leg that handed it over; 0: the desk."""


class LegClosed(TolerantSchema):
    """The agency has done its part, or sent the dossier back."""

    leg = fields.String(required=True)
    number = fields.Integer(required=True)
    agency = text(60)
    outcome = one_of(*OUTCOMES)


class LegRehomed(TolerantSchema):
    """An open leg went to the agency that succeeds the one that had it; term and due time stay."""

    leg = fields.String(required=True)
    number = fields.Integer(required=True)
    code = text(60)
    agency = text(60)
    from_agency = text(60)
    due_at = Moment(required=True, allow_none=True)
    plan = text(100)
    """The reorganisation that did it."""
    basis = text(1000)


class ItineraryPaused(TolerantSchema):
    """The dossier's clock stops: for the applicant's papers or money, or for a public notice."""

    code = text(60)
    pause = fields.String(required=True)
    """The pause's id, a UUID."""
    kind = one_of(*PAUSES)
    leg = fields.String(required=True)
    """The leg that waits."""
    agency = text(60)
    reason = text(2000)


class ItineraryResumed(TolerantSchema):
    """The pause is over."""

    code = text(60)
    pause = fields.String(required=True)
    kind = one_of(*PAUSES)
    leg = fields.String(required=True)
    agency = text(60)
    due_at = Moment(required=True, allow_none=True)
    """When the leg that waited is due now."""


class ItineraryExtended(TolerantSchema):
    """The process gives the dossier more time, such as after a return."""

    code = text(60)
    by = term()
    reason = text(2000)


class ItineraryWithdrawn(TolerantSchema):
    """The dossier's way ends before its last leg: its applicant withdrew it, or the desk stopped it."""

    code = text(60)
    reason = text(2000)


class ItineraryCompleted(TolerantSchema):
    """Every leg is done: the result is ready at the receiving desk."""

    code = text(60)


class ItineraryReturned(TolerantSchema):
    """The first agency sent the dossier back to the desk that received it."""

    code = text(60)
    agency = text(60)
    reason = text(2000)
