"""What questions may look like when they come over HTTP."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from shared.contracts.fields import Moment, StrictSchema


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


class HistoryQuery(StrictSchema):
    """A moment in RFC 3339."""

    as_of = Moment(required=False)
