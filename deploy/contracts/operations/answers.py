"""What doors answer. Tests hold the doors' own functions to these shapes."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from deploy.contracts.operations.requests import RequestToAnswer
from services.intake.domain.status import Status
from shared.contracts.fields import Moment, name, one_of, term, text
from shared.contracts.intake import CHANNELS, VERDICTS
from shared.contracts.routing import (
    AT_TERM,
    CATEGORIES,
    DIRECTIONS,
    LEG_KINDS,
    LEVELS,
    OUTCOMES,
    PAUSES,
    SUCCESSIONS,
)


class Health(Schema):
    """How far the log is published, what is parked, how far each source was heard, when each thread worked.

    `stalled` and `behind` come with status 503: a thread has not worked for a minute, or what the service
    knows of another one (`position_age`, in seconds) is older than two minutes.
    """

    service = fields.String(required=True)
    status = one_of("ok", "stalled", "behind")
    seconds_since = fields.Dict(keys=fields.String(), values=fields.Float(), required=True)
    events = fields.Integer(required=True)
    unpublished = fields.Integer(required=True)
    parked = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    heard = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    position_age = fields.Dict(keys=fields.String(), values=fields.Float(), required=True)


class ProceduresTaken(Schema):
    """How many procedures were taken in."""

    procedures = fields.Integer(required=True)


class DossierAnswer(Schema):
    """Where a dossier stands; nothing personal."""

    dossier = fields.UUID(required=True)
    code = fields.String(required=True, allow_none=True)
    status = fields.Integer(required=True, validate=validate.OneOf([int(status) for status in Status]))
    procedure = fields.String(required=True)
    desk = fields.String(required=True)
    continuing_desk = fields.String()
    """The desk that goes on with it, where its own has ended; shown when a dossier is asked for."""
    channel = one_of(*CHANNELS)
    due_at = Moment(required=True, allow_none=True)
    verdict = fields.String(required=True, allow_none=True, validate=validate.OneOf(VERDICTS))


class Applicant(Schema):
    """Who filed, in clear; what was not given is absent."""

    name = text(200)
    identity_number = fields.String()
    phone = fields.String()
    address = fields.String()
    email = fields.String()


class ReferenceTaken(Schema):
    """How many agencies, rows of competence and processes were taken in."""

    agencies = fields.Integer(required=True)
    competences = fields.Integer(required=True)
    processes = fields.Integer(required=True)


class Heir(Schema):
    """Who goes on with what an ended agency had: in these areas, or everywhere else."""

    agency = fields.String(required=True)
    areas = fields.List(fields.String(), required=True, allow_none=True)


class AgencyEnd(Schema):
    """How an agency ended."""

    ended_at = Moment(required=True)
    change = one_of(*SUCCESSIONS)
    successors = fields.List(fields.Nested(Heir), required=True)
    basis = fields.String(required=True)


class RegisteredAgency(Schema):
    """An agency as the register describes it."""

    agency = fields.String(required=True)
    name = name()
    level = one_of(*LEVELS)
    kind = fields.String(required=True)
    parent = fields.String(allow_none=True)
    area = fields.String(allow_none=True)
    vertical = fields.Boolean(required=True)
    code = fields.String(required=True)
    connected = fields.Boolean(required=True)
    valid_from = Moment(required=True)
    category = one_of(*CATEGORIES, required=False)
    remote = fields.Boolean()
    hours = fields.List(fields.List(fields.String()), allow_none=True)
    contact = fields.String(allow_none=True)
    end = fields.Nested(AgencyEnd)


class Register(Schema):
    """Every agency, by id."""

    agencies = fields.List(fields.Nested(RegisteredAgency), required=True)


class LegOfItinerary(Schema):
    """A planned leg, with the reason for the choice of agency and where it stands."""

    number = fields.Integer(required=True)
    id = fields.String(required=True)
    name = name()
    kind = one_of(*LEG_KINDS)
    agency = fields.String(required=True)
    direction = one_of(*DIRECTIONS)
    term = term(allow_none=True)
    at_term = one_of(*AT_TERM)
    pause = fields.String(required=True, allow_none=True, validate=validate.OneOf(PAUSES))
    after = fields.List(fields.Integer(), required=True)
    join = fields.String(required=True)
    reason = fields.String(required=True)
    reason_vi = fields.String(required=True)
    skipped = fields.String(required=True, allow_none=True)
    skipped_vi = fields.String(required=True, allow_none=True)
    state = one_of("pending", "open", "done", "skipped", "withdrawn")
    tries = fields.Integer(required=True)


class Sentence(Schema):
    """A sentence in both languages."""

    vi = fields.String(required=True)
    en = fields.String(required=True)


class OpenLeg(Schema):
    """An open leg, and how its due time was counted."""

    leg = fields.UUID(required=True)
    number = fields.Integer(required=True)
    agency = fields.String(required=True)
    due_at = Moment(required=True, allow_none=True)
    steps = fields.List(fields.Nested(Sentence), required=True)


class ItineraryAnswer(Schema):
    """The way of a dossier."""

    dossier = fields.UUID(required=True)
    code = fields.String(required=True)
    procedure = fields.String(required=True)
    desk = fields.String(required=True)
    process = fields.String(required=True)
    version = fields.Integer(required=True)
    trial = fields.Boolean(required=True)
    at_desk = fields.Boolean(required=True)
    ended = fields.Boolean(required=True)
    legs = fields.List(fields.Nested(LegOfItinerary), required=True)
    open_legs = fields.List(fields.Nested(OpenLeg), required=True)


STATES = ("handed-over", "acknowledged", "accepted", "suspended", *OUTCOMES)
WAITS_FOR = ("supplement", "payment")


class WorkAnswer(Schema):
    """Where the work on a leg stands after a command."""

    leg = fields.UUID(required=True)
    dossier = fields.UUID(required=True)
    agency = fields.String(required=True)
    state = one_of(*STATES)
    due_at = Moment(required=True, allow_none=True)
    overdue = fields.Boolean(required=True)
    suspended = fields.String(required=True, allow_none=True, validate=validate.OneOf(WAITS_FOR))


class AccountAnswer(Schema):
    """How the account of an agency's own system stands; `since`: its newest secrets, or its end."""

    agency = fields.String(required=True)
    active = fields.Boolean(required=True)
    since = Moment(required=True)
    rotations = fields.Integer(required=True)


class AccountOfAllAnswer(AccountAnswer):
    """One of all accounts; `has_system`: whether the agency is in being and still registered with a system."""

    has_system = fields.Boolean(required=True)


class AccountsAnswer(Schema):
    """Every account that an agency's own system ever had, by agency."""

    accounts = fields.List(fields.Nested(AccountOfAllAnswer), required=True)


class CallerAnswer(Schema):
    """Whose token it is."""

    role = fields.String(required=True)
    subject = fields.String(required=True)
    agency = fields.String(required=True, allow_none=True)


class WorkOnList(Schema):
    """An open work of an agency."""

    leg_id = fields.UUID(required=True)
    dossier_id = fields.UUID(required=True)
    agency = fields.String(required=True)
    code = fields.String(required=True)
    procedure = fields.String(required=True)
    name_vi = fields.String(required=True)
    name_en = fields.String(required=True)
    number = fields.Integer(required=True)
    legs = fields.Integer(required=True)
    attempt = fields.Integer(required=True)
    from_agency = fields.String(required=True)
    handed_by = one_of("queue", "worklist")
    state = one_of(*STATES)
    officer = fields.String(required=True, allow_none=True)
    overdue = fields.Boolean(required=True)
    opened_at = Moment(required=True)
    due_at = Moment(required=True, allow_none=True)
    kind = one_of(*LEG_KINDS)
    at_term = one_of(*AT_TERM)
    suspended = fields.String(required=True, allow_none=True, validate=validate.OneOf(WAITS_FOR))
    reference = fields.String(required=True, allow_none=True)
    """The agency's own name for the work, as its commands gave it."""


class WorklistAnswer(Schema):
    """A page of open works, the one due first at the top; on the first page also what is to be answered."""

    works = fields.List(fields.Nested(WorkOnList), required=True)
    requests = fields.List(fields.Nested(RequestToAnswer), required=True)
    """Reminders and requests for a written report that the agency has not answered."""
