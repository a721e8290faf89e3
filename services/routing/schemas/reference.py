"""Reference data taken in at once: agencies, competences and processes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from services.routing.domain.refusals import AGENCY_CODE_DIFFERS
from services.routing.schemas.processes import ProcessSchema, settled
from shared.agency_codes import AgencyCode
from shared.contracts.fields import ListOfFew, Moment, StrictNameSchema, StrictSchema, one_of, text
from shared.contracts.parsing import parse
from shared.contracts.routing import CATEGORIES, LEVELS
from shared.errors import RefusedError
from shared.working_time.office_hours import OfficeHours

_AREA = r"^[A-Z0-9]+(\.[A-Z0-9]+)*\Z"


def _code(pattern: str, *, required: bool = True) -> fields.String:
    checks = [validate.Length(max=60), validate.Regexp(pattern)]
    return fields.String(required=required, allow_none=not required, validate=checks)


def _flag(**how: Any) -> fields.Boolean:
    return fields.Boolean(truthy={True}, falsy={False}, **how)


class AgencySchema(StrictSchema):
    """An agency as the register describes it from `valid_from` on."""

    agency = _code(r"^[A-Z][0-9]{2}(\.[0-9]{2,})*\Z")
    name = fields.Nested(StrictNameSchema, required=True)
    level = one_of(*LEVELS)
    kind = text(60)
    parent = text(60, required=False, allow_none=True)
    area = _code(_AREA, required=False)
    vertical = _flag(load_default=False)
    code = text(60)
    """Its identifier as it stands in dossier codes."""
    connected = _flag(load_default=False)
    """Whether its own system reads its queue."""
    valid_from = Moment(required=True)
    category = one_of(*CATEGORIES, required=False)
    remote = _flag()
    """Whether its area counts as remote (vùng khó khăn), where some limits are longer."""
    hours = ListOfFew(
        fields.List(fields.String(), validate=validate.Length(equal=2)),
        allow_none=True,
        validate=validate.Length(min=1, max=10),
    )
    """Its office hours, such as [["07:30", "11:30"], ["13:00", "17:00"]]; none: the usual ones."""
    contact = text(200, required=False, allow_none=True)
    """Whom to reach about its legs and its system: an office with telephone or e-mail, nobody's own address."""


class CompetenceSchema(StrictSchema):
    """Who is competent for a procedure: in an area or everywhere, from when to when, by which instrument."""

    procedure = text(60)
    area = _code(_AREA, required=False)
    agency = text(60, required=False)
    kind = text(60, required=False)
    level = one_of(*LEVELS, required=False)
    valid_from = Moment(required=True)
    valid_to = Moment(allow_none=True)
    """The first moment at which it no longer holds; none: no end is known."""
    basis = text(1000)

    @validates_schema
    def _whole(self, data: Mapping[str, Any], **_: Any) -> None:
        if {"agency", "kind", "level"} & data.keys() not in ({"agency"}, {"kind", "level"}):
            raise ValidationError("either agency, or kind and level", "agency")
        if data.get("valid_to") and data["valid_to"] <= data["valid_from"]:
            raise ValidationError("ends before it begins", "valid_to")


class ReferenceSchema(StrictSchema):
    """Reference data to take in at once."""

    agencies = fields.List(fields.Nested(AgencySchema), load_default=list)
    competences = fields.List(fields.Nested(CompetenceSchema), load_default=list)
    processes = fields.List(fields.Nested(ProcessSchema), load_default=list)


class AsOfQuery(StrictSchema):
    """A moment in RFC 3339."""

    as_of = Moment()


_REFERENCE = ReferenceSchema()


def read_reference(body: bytes) -> dict[str, Any]:
    """Return the reference data in a JSON body, in the form in which equal things are equal.

    Raises RefusedError: `malformed`, `invalid`, `agency-code-...`, `office-hours-invalid`, or as
    `read_process` does.
    """
    data = parse(body, _REFERENCE)
    data["agencies"] = [settled_agency(facts) for facts in data["agencies"]]
    data["processes"] = [settled(definition) for definition in data["processes"]]
    return data


def settled_agency(facts: dict[str, Any]) -> dict[str, Any]:
    """Return an agency that passed the schema with its hours and its code checked."""
    _check_code(facts["agency"], facts["code"])
    hours = facts.get("hours")
    return {**facts, "hours": OfficeHours.parse(hours).dump()} if hours else facts


def _check_code(agency: str, code: str) -> None:
    """Refuse a code of neither scheme, and one of another province or ministry than the identifier's."""
    level_1, of_code = AgencyCode.parse(agency).groups[0], AgencyCode.parse(code).groups[0]
    if level_1 != of_code:
        raise RefusedError(AGENCY_CODE_DIFFERS, agency=agency, code=code, of_code=of_code)
