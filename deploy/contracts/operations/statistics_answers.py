"""What statistics' doors answer."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from deploy.contracts.operations.answers import Health
from shared.contracts.fields import Moment, NameSchema, name


class LedgerHealth(Health):
    """How statistics is, with the last entry of its ledger."""

    ledger = fields.Integer(required=True)


class Column(Schema):
    """A column of a report: its key in the rows, and its name in both languages."""

    key = fields.String(required=True)
    vi = fields.String(required=True)
    en = fields.String(required=True)


class UnitsOfLevel(Schema):
    """How many units of a level reach the year's target, and which do not, the lowest first."""

    level = fields.String(required=True)
    reached = fields.Integer(required=True)
    judged = fields.Integer(required=True)
    without_data = fields.Integer(required=True)
    below = fields.List(fields.String(), required=True)
    target = fields.String(required=True, allow_none=True)
    reach_by = fields.Date(required=True, allow_none=True)
    days_left = fields.Integer(required=True, allow_none=True)
    working_days_left = fields.Integer(required=True, allow_none=True)
    basis = fields.String(required=True, allow_none=True)


class Unanswered(Schema):
    """A request that an agency should have answered, with calendar days since its last day."""

    request = fields.UUID(required=True)
    reference = fields.String(required=True)
    kind = fields.String(required=True)
    issuer = fields.String(required=True)
    subject = fields.String(required=True)
    agency = fields.String(required=True)
    due_on = fields.Date(required=True)
    days_late = fields.Integer(required=True)
    names = fields.Dict(keys=fields.String(), values=fields.Nested(NameSchema), required=True)


class RulesOfReport(Schema):
    """The set of rules by which points were given."""

    rule_set = fields.String(required=True)
    version = fields.Integer(required=True)
    name = name()
    basis = fields.String(required=True)


class ReportAnswer(Schema):
    """A report. Rows hold a value for each column's key; `total` is null where rows do not add up."""

    report = fields.String(required=True)
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")
    as_of = Moment(required=True)
    published_at = Moment(required=True, allow_none=True)
    by = fields.List(fields.String(), required=True)
    trial = fields.String(required=True, allow_none=True)
    structure = fields.String(required=True)
    ledger_sequence = fields.Integer(required=True)
    columns = fields.List(fields.Nested(Column), required=True)
    rows = fields.List(fields.Dict(keys=fields.String()), required=True)
    total = fields.Dict(keys=fields.String(), required=True, allow_none=True)
    units = fields.List(fields.Nested(UnitsOfLevel))
    """Of the report `online` alone."""
    unanswered = fields.List(fields.Nested(Unanswered))
    """Of the report `requests` alone: what is late, the latest first."""
    procedure = fields.String()
    """Of dossiers of this procedure alone."""
    level = fields.String()
    """Of units of this level alone."""
    figure = fields.String()
    """Of the lists `dossiers` and `legs` alone: what they are behind."""
    rules = fields.Nested(RulesOfReport)
    """Of `index` and `ranking`."""
    unit = fields.String(allow_none=True)
    """Of `index`: whose points; null: the province's."""


class ActorOfEntry(Schema):
    """Who did it."""

    role = fields.String(required=True, allow_none=True)
    subject = fields.String(required=True, allow_none=True)
    agency = fields.String(required=True, allow_none=True)


class HistoryEntry(Schema):
    """One thing that happened, as the ledger holds it."""

    sequence = fields.Integer(required=True)
    source = fields.String(required=True)
    id = fields.String(required=True)
    type = fields.String(required=True)
    happened_at = Moment(required=True)
    received_at = Moment(required=True, allow_none=True)
    recorded_at = Moment(required=True, allow_none=True)
    entered_at = Moment(required=True)
    historical = fields.Boolean(required=True)
    actor = fields.Nested(ActorOfEntry, required=True)
    leg = fields.String(required=True, allow_none=True)
    agency = fields.String(required=True, allow_none=True)
    causation = fields.String(required=True, allow_none=True)
    description = name()
    details = fields.List(name(), required=True)
    """What stands below the line, such as why each leg's agency was chosen."""
    entry_hash = fields.String(required=True)


class HistoryAnswer(Schema):
    """A dossier's history, in the order in which things happened."""

    dossier = fields.UUID(required=True)
    code = fields.String(required=True, allow_none=True)
    as_of = Moment(required=True, allow_none=True)
    entries = fields.List(fields.Nested(HistoryEntry), required=True)


class RebuildAnswer(Schema):
    """What a rebuild came to; `swapped` is false when there were differences that were not accepted."""

    version = fields.Integer(required=True)
    ledger_sequence = fields.Integer(required=True)
    rows = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    previous_sha256 = fields.String(required=True, allow_none=True)
    swapped = fields.Boolean(required=True)
    differences = fields.List(fields.Dict(), required=True)


class RebuildStanding(Schema):
    """How a rebuild stands. `done` and `of` count entries of the ledger; what is not known yet is null."""

    state = fields.String(
        required=True, validate=validate.OneOf(("none", "running", "finished", "differs", "failed"))
    )
    """`differs`: it is done, and not live, since it differs from the version that is; `failed`: see `code`, or the log."""
    begun_at = Moment(required=True, allow_none=True)
    begun_by = fields.String(required=True, allow_none=True)
    ended_at = Moment(required=True, allow_none=True)
    done = fields.Integer(required=True, allow_none=True)
    of = fields.Integer(required=True, allow_none=True)
    per_second = fields.Integer(required=True)
    seconds_left = fields.Integer(required=True, allow_none=True)
    code = fields.String(required=True, allow_none=True)
    outcome = fields.Nested(RebuildAnswer, required=True, allow_none=True)


class Spent(Schema):
    """Working time, in minutes and in words."""

    minutes = fields.Integer(required=True)
    time = name()


class HolderNames(Schema):
    """What a holder is called."""

    holder = name()


class Part(Spent):
    """What is a holder's of some working time."""

    holder = fields.String(
        required=True, validate=validate.OneOf(("agency", "applicant", "posting", "in-transit", "process"))
    )
    agency = fields.String(required=True, allow_none=True)
    names = fields.Nested(HolderNames, required=True)


class LegOnTheWay(Schema):
    """A leg, or the time outside of any."""

    leg = fields.String(required=True, allow_none=True)
    number = fields.Integer(required=True, allow_none=True)
    attempt = fields.Integer(required=True, allow_none=True)
    name = fields.Nested(NameSchema, required=True, allow_none=True)


class LegShare(LegOnTheWay):
    """What of a share was in one leg."""

    minutes = fields.Integer(required=True)


class Share(Part):
    """How long a holder had the dossier."""

    legs = fields.List(fields.Nested(LegShare), required=True)


class Judged(Spent):
    """Past a due time by how much, and whose part that is; the parts add up to the minutes."""

    due_at = Moment(required=True, allow_none=True)
    late = fields.Boolean(required=True)
    parts = fields.List(fields.Nested(Part), required=True)


class LatenessAnswer(Schema):
    """In whose hands a dossier was, against the receipt's due time and against the one it has."""

    dossier = fields.UUID(required=True)
    code = fields.String(required=True, allow_none=True)
    as_of = Moment(required=True)
    received_at = Moment(required=True)
    reached_at = Moment(required=True)
    ended = fields.Boolean(required=True)
    elapsed_minutes = fields.Integer(required=True)
    elapsed = name()
    shares = fields.List(fields.Nested(Share), required=True)
    late = fields.Boolean(required=True)
    against_due = fields.Nested(Judged, required=True)
    against_receipt = fields.Nested(Judged, required=True)
    open_legs = fields.List(fields.Nested(LegOnTheWay), required=True)


class RecordedEntry(Schema):
    """One entry of the ledger: the message as it was sent, and where it stands."""

    sequence = fields.Integer(required=True)
    entered_at = Moment(required=True)
    document = fields.Dict(keys=fields.String(), required=True)


class ScratchState(Schema):
    """The read model as of a moment; without a position in the ledger it is being built."""

    name = fields.String(required=True)
    as_of = Moment(required=True)
    ledger_sequence = fields.Integer(required=True, allow_none=True)
    built_by = fields.String(required=True)
    reason = fields.String(required=True)
    built_at = Moment(required=True)


class ScratchBuilt(ScratchState):
    """A scratch state that was built, and the digest of its canonical dump."""

    rows = fields.Integer(required=True)
    sha256 = fields.String(required=True)


class ScratchList(Schema):
    """Scratch states, the newest first."""

    scratches = fields.List(fields.Nested(ScratchState), required=True)


class ScratchDropped(Schema):
    """A scratch state that is gone."""

    name = fields.String(required=True)
    dropped = fields.Boolean(required=True)
