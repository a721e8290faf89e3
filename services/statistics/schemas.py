"""What questions may look like when they come over HTTP."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from shared.contracts.fields import Moment, StrictSchema, text


class Words(fields.String):
    """Words separated by commas; loads as a tuple without repetitions."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


class ReportQuery(StrictSchema):
    """Days as yyyy-mm-dd, moments in RFC 3339, dimensions separated by commas."""

    first = fields.Date(required=True, format="%Y-%m-%d", data_key="from")
    last = fields.Date(required=True, format="%Y-%m-%d", data_key="to")
    as_of = Moment(required=False)
    published_at = Moment(required=False)
    by = Words(load_default=())
    scratch = text(60, required=False)
    trial = fields.String(required=False, validate=validate.OneOf(("only", "without")))
    structure = fields.String(load_default="then", validate=validate.OneOf(("then", "now")))


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
