"""Process definitions, as files and doors bring them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from services.routing.schemas.choices import Choice, Condition, EntryChoice, Join
from shared import conditions
from shared.contracts.fields import (
    ListOfFew,
    Moment,
    StrictNameSchema,
    StrictSchema,
    StrictTermSchema,
    one_of,
    text,
)
from shared.contracts.parsing import check
from shared.contracts.routing import AT_TERM, LEG_KINDS, PAUSES, PROCESS_STATES
from shared.errors import RefusedError
from shared.working_time.terms import Term

LARGEST_VERSION = 2**31 - 1
MOST_LEGS = 100
_MOST = 50
_NAME = r"^[a-z0-9][a-z0-9_.\-]{0,59}\Z"
_FACT = r"^[a-z][a-z0-9_\-]{0,59}\Z"
_TIME_OF_DAY = r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z"


def _leg_name(*, required: bool = False) -> fields.String:
    return fields.String(required=required, validate=validate.Regexp(_NAME))


def _term(*, required: bool = False, allow_none: bool = False) -> fields.Nested:
    return fields.Nested(StrictTermSchema, required=required, allow_none=allow_none)


class TermExceptionSchema(StrictSchema):
    """Another term where a condition holds; the first whose condition holds counts."""

    when = Condition(required=True)
    term = _term(required=True)


class LegSchema(StrictSchema):
    """One leg of a process; with `consult`, one for each agency asked."""

    id = _leg_name()
    """Else `leg-<number>`."""
    name = fields.Nested(StrictNameSchema, required=True)
    agency = Choice()
    consult = ListOfFew(Choice(), validate=validate.Length(min=1, max=MOST_LEGS))
    """Agencies asked for their opinion at the same time, instead of `agency`."""
    term = _term(required=True, allow_none=True)
    terms = ListOfFew(fields.Nested(TermExceptionSchema), validate=validate.Length(max=_MOST))
    when = Condition()
    """The dossier passes the leg only if this holds."""
    after = ListOfFew(_leg_name(required=True), validate=validate.Length(max=MOST_LEGS))
    """Legs further up; left out: the one above; none: it begins at once."""
    join = Join()
    """How many of those before must be done; left out: all."""
    kind = one_of(*LEG_KINDS, required=False)
    at_term = one_of(*AT_TERM, required=False)
    pause = one_of(*PAUSES, required=False)
    return_extends = _term()
    """How much longer the dossier gets when it is returned to this leg."""

    @validates_schema
    def _one_way_to_name_agencies(self, data: Mapping[str, Any], **_: Any) -> None:
        if ("agency" in data) == ("consult" in data):
            raise ValidationError("either agency or consult, not both", "agency")
        if "consult" in data and data.get("kind", "opinion") != "opinion":
            raise ValidationError("what agencies are consulted for is an opinion", "kind")


class ProcessFactSchema(StrictSchema):
    """A fact that conditions look at; without `values`, a number or a flag."""

    values = ListOfFew(text(60), validate=validate.Length(min=1, max=200))
    many = fields.Boolean(truthy={True}, falsy={False})
    """Whether several of the values may be chosen."""


class ProcessSchema(StrictSchema):
    """An electronic process in one version."""

    process = text(100)
    version = fields.Integer(required=True, strict=True, validate=validate.Range(1, LARGEST_VERSION))
    procedure = text(60)
    valid_from = Moment(required=True)
    state = one_of(*PROCESS_STATES, required=False)
    """The state that a new version comes in, else in-force; one that is known keeps its own."""
    model = text(60, required=False)
    """Such as `four-step`: received, appraised, approved and returned all at the centre."""
    source = text(1000, required=False)
    """The decree, decision or web page the route was taken from."""
    cutoff = fields.String(validate=validate.Regexp(_TIME_OF_DAY))
    """What is received later that day counts from the next working day."""
    entry = ListOfFew(EntryChoice(), validate=validate.Length(min=1, max=MOST_LEGS))
    """Which desks may receive; left out: any."""
    limit = _term()
    """The limit that law gives the whole dossier, for the linter."""
    facts = fields.Dict(
        keys=fields.String(validate=validate.Regexp(_FACT)),
        values=fields.Nested(ProcessFactSchema),
        validate=validate.Length(max=_MOST),
    )
    """What conditions look at, beside what is known of every dossier."""
    legs = ListOfFew(fields.Nested(LegSchema), required=True, validate=validate.Length(min=1, max=MOST_LEGS))


class StateSchema(StrictSchema):
    """A version of a process goes on in its life."""

    state = one_of(*PROCESS_STATES)
    at = Moment()
    """From when on, else from now."""
    agencies = ListOfFew(text(60), allow_none=True, validate=validate.Length(min=1, max=1000))
    """For these desks only; left out: for everybody."""
    basis = text(1000)
    """The decision that says so."""


_PROCESS = ProcessSchema()


def read_process(value: Any) -> dict[str, Any]:
    """Return a checked definition, in the form in which equal ones are equal.

    Raises RefusedError: `invalid`, or `term-...` and `condition-invalid` whose fact `at` names the leg
    and the field: no dossier is to find that out on its way.
    """
    return settled(check(value, _PROCESS))


def settled(definition: dict[str, Any]) -> dict[str, Any]:
    """Return a definition that passed the schema with its terms counted and its conditions read."""
    settled_legs = [_settled_leg(leg, f"legs.{position}") for position, leg in enumerate(definition["legs"])]
    result = {**definition, "legs": settled_legs}
    if definition.get("limit"):
        result["limit"] = _at("limit", _counted, definition["limit"])
    return result


def _settled_leg(leg: dict[str, Any], place: str) -> dict[str, Any]:
    result = dict(leg)
    for name in ("term", "return_extends"):
        if leg.get(name):
            result[name] = _at(f"{place}.{name}", _counted, leg[name])
    if "when" in leg:
        _at(f"{place}.when", conditions.check, leg["when"])
    if "terms" in leg:
        result["terms"] = [
            _settled_exception(one, f"{place}.terms.{number}") for number, one in enumerate(leg["terms"])
        ]
    return result


def _settled_exception(exception: dict[str, Any], place: str) -> dict[str, Any]:
    _at(f"{place}.when", conditions.check, exception["when"])
    return {**exception, "term": _at(f"{place}.term", _counted, exception["term"])}


def _counted(term: Mapping[str, Any]) -> dict[str, str]:
    return Term.parse(term).dump()


def _at(place: str, read: Callable[[Any], Any], value: Any) -> Any:
    """Read a value; a refusal says where it stands."""
    try:
        return read(value)
    except RefusedError as error:
        inner = str(error.facts.get("at", "")).removeprefix("when").lstrip(".")
        raise RefusedError(
            error.problem, **{**error.facts, "at": f"{place}.{inner}" if inner else place}
        ) from None
