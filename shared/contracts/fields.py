"""Marshmallow fields and bases that the contracts share."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate

from shared.clock import from_text, to_text


class TolerantSchema(Schema):
    """Between services: fields of a newer version are passed over."""

    class Meta:
        """Settings."""

        unknown = EXCLUDE


class StrictSchema(Schema):
    """At the door: an unknown field is an error."""

    class Meta:
        """Settings."""

        unknown = RAISE


class Moment(fields.String):
    """An RFC 3339 time with an offset; loads as UTC text of fixed width."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return to_text(from_text(text))
        except ValueError as error:
            raise ValidationError("not an RFC 3339 time with an offset") from error


class ListOfFew(fields.List[Any]):
    """A list whose length is looked at before its items: a million of them would keep everybody waiting."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, list):
            self._validate(value)
        return super()._deserialize(value, attr, data, **kwargs)


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _no_control_characters(value: str) -> None:
    # PostgreSQL refuses the first of them, terminals and papers do odd things with the rest.
    if _CONTROL.search(value):
        raise ValidationError("control characters are not allowed")


def said(about: str | None) -> dict[str, Any]:
    """Return what documents show of a field: a sentence about it, if there is one."""
    return {"description": about} if about else {}


def text(
    max_length: int = 500, *, required: bool = True, allow_none: bool = False, about: str | None = None
) -> fields.String:
    """Return a field for a non-empty text without control characters but tabs and new lines."""
    return fields.String(
        required=required,
        allow_none=allow_none,
        metadata=said(about),
        validate=[validate.Length(min=1, max=max_length), _no_control_characters],
    )


def one_of(*values: str, required: bool = True, about: str | None = None) -> fields.String:
    """Return a field for one of some words."""
    return fields.String(required=required, validate=validate.OneOf(values), metadata=said(about))


class NameSchema(TolerantSchema):
    """A name in both languages."""

    vi = text(about="In Vietnamese.")
    en = text(about="In English.")


class StrictNameSchema(StrictSchema):
    """A name in both languages, at the door."""

    vi = text()
    en = text()


class StrictTermSchema(StrictSchema):
    """A length of time, at the door; whether it can be counted, `working_time.terms.Term` says."""

    amount = text(20)
    unit = text(20)


class TermSchema(TolerantSchema):
    """A length of time as law and processes state it; `amount` is a decimal number as text."""

    amount = fields.String(
        required=True,
        validate=validate.Regexp(r"^\d{1,4}(\.\d{1,4})?$"),
        metadata=said("How many, as a decimal number in a text."),
    )
    unit = one_of(
        "working_day", "calendar_day", "working_hour", "month", about="Of what; days are those of Viet Nam."
    )


def name(*, required: bool = True, about: str | None = None) -> fields.Nested:
    """Return a field for a name in both languages."""
    return fields.Nested(NameSchema, required=required, metadata=said(about))


def term(*, required: bool = True, allow_none: bool = False, about: str | None = None) -> fields.Nested:
    """Return a field for a term."""
    return fields.Nested(TermSchema, required=required, allow_none=allow_none, metadata=said(about))
