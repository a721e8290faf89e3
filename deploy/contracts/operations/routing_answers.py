"""What routing's doors answer about processes and imports."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.routing.rules.difference import ADDED, CHANGED, CONFLICTING, UNCHANGED
from services.routing.rules.lint import ERROR, WARNING
from services.routing.schemas import ProcessSchema
from shared.contracts.fields import Moment, name, one_of
from shared.contracts.routing import PROCESS_STATES


class ChangedField(Schema):
    """A field that differs."""

    field = fields.String(required=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class AgencyChange(Schema):
    """What becomes of one agency; `conflicting`: the register would refuse it."""

    agency = fields.String(required=True)
    valid_from = Moment(required=True)
    change = one_of(ADDED, CHANGED, CONFLICTING, UNCHANGED)
    fields_ = fields.List(fields.Nested(ChangedField), required=True, data_key="fields")


class AgencyRefusal(Schema):
    """A description that the register would refuse, and why."""

    agency = fields.String(required=True)
    valid_from = Moment(required=True)
    code = fields.String(required=True)
    vi = fields.String(required=True)
    en = fields.String(required=True)


class Differences(Schema):
    """What an import would change, and what of it would be refused: with any refusal, nothing is taken in."""

    changes = fields.List(fields.Nested(AgencyChange), required=True)
    refusals = fields.List(fields.Nested(AgencyRefusal), required=True)


class StateChange(Schema):
    """A step in the life of a version; agencies null: for everybody."""

    state = one_of(*PROCESS_STATES)
    at = Moment(required=True)
    agencies = fields.List(fields.String(), required=True, allow_none=True)
    basis = fields.String(required=True, allow_none=True)


class VersionOfProcess(Schema):
    """A version with its state; `state` null: it has come into none yet."""

    version = fields.Integer(required=True)
    valid_from = Moment(required=True)
    state = fields.String(required=True, allow_none=True)
    changes = fields.List(fields.Nested(StateChange), required=True, allow_none=True)
    legs = fields.Integer(required=True)


class ProcessOnList(Schema):
    """A process; `version`: the one that leads dossiers, null when none does."""

    process = fields.String(required=True)
    procedure = fields.String(required=True)
    name = fields.Dict(required=True, allow_none=True)
    model = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True, allow_none=True)
    versions = fields.List(fields.Nested(VersionOfProcess), required=True)


class ProcessesOfModel(Schema):
    """How many processes of a model lead dossiers."""

    model = fields.String(required=True, allow_none=True)
    processes = fields.Integer(required=True)


class Processes(Schema):
    """Every process, by name."""

    as_of = Moment(required=True)
    processes = fields.List(fields.Nested(ProcessOnList), required=True)
    models = fields.List(fields.Nested(ProcessesOfModel), required=True)


class FindingAnswer(Schema):
    """What the linter found; leg null: about the whole definition."""

    code = fields.String(required=True)
    level = one_of(ERROR, WARNING)
    leg = fields.String(required=True, allow_none=True)
    vi = fields.String(required=True)
    en = fields.String(required=True)


class Findings(Schema):
    """What the linter found, the worst first."""

    findings = fields.List(fields.Nested(FindingAnswer), required=True)


class VersionAnswer(Findings):
    """A version of a process in full."""

    definition = fields.Nested(ProcessSchema, required=True)
    changes = fields.List(fields.Nested(StateChange), required=True, allow_none=True)


class StateTaken(Schema):
    """The step that was taken."""

    process = fields.String(required=True)
    version = fields.Integer(required=True)
    state = one_of(*PROCESS_STATES)
    at = Moment(required=True)
    agencies = fields.List(fields.String(), required=True, allow_none=True)


class ReadinessOfAgency(Schema):
    """For how many procedures an agency is competent, and which lack a process."""

    agency = fields.String(required=True)
    name = name()
    competent_for = fields.Integer(required=True)
    lacking = fields.List(fields.String(), required=True)


class Readiness(Schema):
    """Which procedures lack a process, by agency; `procedures` holds their names as far as they are known."""

    as_of = Moment(required=True)
    agencies = fields.List(fields.Nested(ReadinessOfAgency), required=True)
    procedures = fields.Dict(keys=fields.String(), values=fields.Dict(), required=True)
