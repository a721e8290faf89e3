"""What routing takes in from outside: agencies and processes."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

from shared.contracts.fields import Moment, NameSchema, StrictSchema, TermSchema, one_of, text
from shared.contracts.routing import LEVELS


class AgencySchema(StrictSchema):
    """An agency as the register describes it."""

    agency = fields.String(required=True, validate=validate.Regexp(r"^[A-Z]\d{2}(\.\d{2,})*$"))
    name = fields.Nested(NameSchema, required=True)
    level = one_of(*LEVELS)
    kind = text(60)
    parent = text(60, required=False, allow_none=True)
    area = fields.String(
        required=False, allow_none=True, validate=validate.Regexp(r"^[A-Z0-9]+(\.[A-Z0-9]+)*$")
    )
    vertical = fields.Boolean(load_default=False)
    code = text(60)
    connected = fields.Boolean(load_default=False)
    valid_from = Moment(required=True)


class Choice(fields.Field[Any]):
    """How a leg names its agency: `receiver`, `{id: ...}`, or `{kind: ..., level: ...}`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        if value == "receiver":
            return value
        if isinstance(value, dict) and all(isinstance(part, str) for part in value.values()):
            if set(value) == {"id"}:
                return value
            if set(value) == {"kind", "level"} and value["level"] in LEVELS:
                return value
        raise ValidationError("neither receiver, nor {id}, nor {kind, level}")


class LegSchema(StrictSchema):
    """One leg of a process."""

    name = fields.Nested(NameSchema, required=True)
    agency = Choice(required=True)
    term = fields.Nested(TermSchema, required=True, allow_none=True)


class ProcessSchema(StrictSchema):
    """An electronic process in one version."""

    process = text(100)
    version = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    procedure = text(60)
    valid_from = Moment(required=True)
    source = text(1000, required=False)
    """The decree, decision or web page the route was taken from."""
    legs = fields.List(fields.Nested(LegSchema), required=True, validate=validate.Length(min=1, max=100))


class ReferenceSchema(StrictSchema):
    """Reference data to take in at once."""

    agencies = fields.List(fields.Nested(AgencySchema), load_default=list)
    processes = fields.List(fields.Nested(ProcessSchema), load_default=list)
