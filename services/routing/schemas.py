"""What routing takes in from outside: agencies and processes."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields, validate

from shared.contracts.fields import (
    ListOfFew,
    Moment,
    StrictNameSchema,
    StrictSchema,
    StrictTermSchema,
    one_of,
    text,
)
from shared.contracts.parsing import parse
from shared.contracts.routing import LEVELS
from shared.working_time.terms import Term

_WORD = re.compile(r"[^\x00-\x1f\x7f]{1,60}")
_LARGEST_VERSION = 2**31 - 1


def _flag() -> fields.Boolean:
    return fields.Boolean(truthy={True}, falsy={False}, load_default=False)


def _code(pattern: str, *, required: bool = True) -> fields.String:
    checks = [validate.Length(max=60), validate.Regexp(pattern)]
    return fields.String(required=required, allow_none=not required, validate=checks)


class AgencySchema(StrictSchema):
    """An agency as the register describes it."""

    agency = _code(r"^[A-Z][0-9]{2}(\.[0-9]{2,})*\Z")
    name = fields.Nested(StrictNameSchema, required=True)
    level = one_of(*LEVELS)
    kind = text(60)
    parent = text(60, required=False, allow_none=True)
    area = _code(r"^[A-Z0-9]+(\.[A-Z0-9]+)*\Z", required=False)
    vertical = _flag()
    code = text(60)
    connected = _flag()
    valid_from = Moment(required=True)


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and _WORD.fullmatch(value) is not None


class Choice(fields.Field[Any]):
    """How a leg names its agency: `receiver`, `{id: ...}`, or `{kind: ..., level: ...}`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        if value == "receiver":
            return value
        if isinstance(value, dict) and all(_is_word(part) for part in value.values()):
            if set(value) == {"id"}:
                return value
            if set(value) == {"kind", "level"} and value["level"] in LEVELS:
                return value
        raise ValidationError("neither receiver, nor {id}, nor {kind, level}")


class LegSchema(StrictSchema):
    """One leg of a process."""

    name = fields.Nested(StrictNameSchema, required=True)
    agency = Choice(required=True)
    term = fields.Nested(StrictTermSchema, required=True, allow_none=True)


class ProcessSchema(StrictSchema):
    """An electronic process in one version."""

    process = text(100)
    version = fields.Integer(required=True, strict=True, validate=validate.Range(1, _LARGEST_VERSION))
    procedure = text(60)
    valid_from = Moment(required=True)
    source = text(1000, required=False)
    """The decree, decision or web page the route was taken from."""
    legs = ListOfFew(fields.Nested(LegSchema), required=True, validate=validate.Length(min=1, max=100))


class ReferenceSchema(StrictSchema):
    """Reference data to take in at once."""

    agencies = fields.List(fields.Nested(AgencySchema), load_default=list)
    processes = fields.List(fields.Nested(ProcessSchema), load_default=list)


_REFERENCE = ReferenceSchema()


def read_reference(body: bytes) -> dict[str, Any]:
    """Return the reference data in a JSON body, terms in the form in which equal ones are equal.

    Raises RefusedError: `malformed`, `invalid`, or `term-...` for a term that cannot be counted: no dossier
    is to find that out on its way.
    """
    data = parse(body, _REFERENCE)
    for process in data["processes"]:
        for leg in process["legs"]:
            leg["term"] = leg["term"] and Term.parse(leg["term"]).dump()
    return data
