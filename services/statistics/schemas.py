"""What questions may look like when they come over HTTP."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from shared.contracts.fields import Moment, StrictNameSchema, StrictSchema, text


class Words(fields.String):
    """Words separated by commas; loads as a tuple without repetitions."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


class ReportQuery(StrictSchema):
    """Days as yyyy-mm-dd, moments in RFC 3339, dimensions separated by commas."""

    first = fields.Date(required=False, format="%Y-%m-%d", data_key="from")
    last = fields.Date(required=False, format="%Y-%m-%d", data_key="to")
    period = text(20, required=False)
    """2023, 2023-H1, 2023-Q4 or 2023-11, in place of the two days."""
    as_of = Moment(required=False)
    published_at = Moment(required=False)
    by = Words(load_default=())
    scratch = text(60, required=False)
    trial = fields.String(required=False, validate=validate.OneOf(("only", "without")))
    structure = fields.String(load_default="then", validate=validate.OneOf(("then", "now")))
    figure = text(60, required=False)
    unit = text(60, required=False)
    level = fields.String(
        required=False, validate=validate.OneOf(("province", "district", "commune", "vertical"))
    )
    agency = text(60, required=False)
    procedure = text(60, required=False)
    giver = fields.String(required=False, validate=validate.Length(max=60))
    """Empty: the desk."""
    taker = text(60, required=False)
    direction = fields.String(
        required=False, validate=validate.OneOf(("same", "up", "down", "vertical", "desk"))
    )
    rules = text(60, required=False)
    skip = fields.Integer(load_default=0, validate=validate.Range(min=0, max=10**9))

    @validates_schema
    def _has_one_period(self, data: dict[str, Any], **_: Any) -> None:
        for name, word in (("first", "from"), ("last", "to")):
            if ("period" in data) == (name in data):
                raise ValidationError("either `from` and `to` are needed, or `period`", word)


class PublicationSchema(StrictSchema):
    """A report to be sent out: under which number, which report, and what is asked of it."""

    number = text(60)
    """The document's own number, such as 122/BC-UBND."""
    report = text(60)
    question = fields.Nested(ReportQuery, required=True)
    corrects = text(60, required=False)
    """The number of the report that this one takes the place of."""


class PublicationsQuery(StrictSchema):
    """Which report that went out; all without a number."""

    number = text(60, required=False)


_POINTS = validate.Regexp(r"^[0-9]{1,3}(\.[0-9]{1,2})?$")
_FIGURE = validate.Regexp(r"^[a-z][a-z0-9_]{0,59}$")


def _is_above_nought(value: str) -> None:
    """Refuse a threshold that everything, even nothing, reaches."""
    if value.strip("0.") == "":
        raise ValidationError("must be above 0")


class StepSchema(StrictSchema):
    """From which ratio on an indicator is worth how many points."""

    at_least = fields.String(required=True, validate=_POINTS)
    points = fields.String(required=True, validate=_POINTS)


class IndicatorSchema(StrictSchema):
    """One indicator: two expressions over figures, and what their ratio is worth."""

    id = text(20)
    name = fields.Nested(StrictNameSchema, required=True)
    max = fields.String(required=True, validate=_POINTS)
    numerator = text(500)
    denominator = text(500)
    threshold = fields.String(validate=validate.And(_POINTS, _is_above_nought))
    steps = fields.List(fields.Nested(StepSchema), validate=validate.Length(1, 20))
    note = fields.Nested(StrictNameSchema)


class IndicatorGroupSchema(StrictSchema):
    """Indicators that belong together."""

    id = text(20)
    name = fields.Nested(StrictNameSchema, required=True)
    indicators = fields.List(fields.Nested(IndicatorSchema), required=True, validate=validate.Length(1, 60))


class EnteredSchema(StrictSchema):
    """A figure that no dossier yields: units enter it."""

    figure = fields.String(required=True, validate=_FIGURE)
    name = fields.Nested(StrictNameSchema, required=True)


class RuleSetSchema(StrictSchema):
    """A set of rules by which units are judged."""

    rule_set = fields.String(required=True, validate=validate.Regexp(r"^[a-z0-9][a-z0-9-]{0,59}$"))
    version = fields.Integer(required=True, strict=True, validate=validate.Range(1, 10_000))
    name = fields.Nested(StrictNameSchema, required=True)
    basis = text(1000)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(load_default=None, allow_none=True)
    entered = fields.List(fields.Nested(EnteredSchema), load_default=list, validate=validate.Length(max=200))
    groups = fields.List(fields.Nested(IndicatorGroupSchema), required=True, validate=validate.Length(1, 20))

    @validates_schema
    def _ends_after_it_begins(self, data: dict[str, Any], **_: Any) -> None:
        if data["valid_to"] is not None and data["valid_to"] < data["valid_from"]:
            raise ValidationError("must not be before valid_from", "valid_to")


class PaperQuery(StrictSchema):
    """As which file a report is wanted, and what stands on a paper: who issues it, and where."""

    format = fields.String(load_default="json")
    issuer = text(200, required=False)
    place = text(100, required=False)


class ScratchSchema(StrictSchema):
    """A scratch state to be built: what the ledger had taken in by `as_of`, and why it is wanted."""

    name = fields.String(required=True, validate=validate.Regexp(r"^[a-z0-9][a-z0-9._-]{0,59}$"))
    as_of = Moment(required=True)
    reason = text(500)


class ScratchDropSchema(StrictSchema):
    """Why a scratch state is dropped."""

    reason = text(500)


class HistoryQuery(StrictSchema):
    """A moment in RFC 3339."""

    as_of = Moment(required=False)


class RecordedQuery(StrictSchema):
    """Which page of the ledger: what comes after an entry, and how many at most."""

    after = fields.Integer(load_default=0, validate=validate.Range(min=0, max=2**62))
    limit = fields.Integer(load_default=1000, validate=validate.Range(min=1, max=5000))
