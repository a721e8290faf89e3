"""What comes through intake's doors: strict shapes, and one stable code for each kind of mistake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.intake.domain.submission import Component, Person, Submission
from services.intake.problems import BAD_TIME, MISSING_FIELD, UNKNOWN_FIELD
from shared.contracts.fields import (
    ListOfFew,
    Moment,
    StrictNameSchema,
    StrictSchema,
    StrictTermSchema,
    one_of,
    text,
)
from shared.contracts.intake import CHANNELS
from shared.errors import INVALID, MALFORMED, RefusedError

_MOST_COMPONENTS = 200
_MOST_COPIES = 1000
_MOST_FACTS = 50
_MOST_VALUES = 200
_FACT = r"^[a-z][a-z0-9_\-]{0,59}\Z"


def _count(load_default: int | None = None) -> fields.Integer:
    several = validate.Range(min=1, max=_MOST_COPIES)
    if load_default is None:
        return fields.Integer(required=True, strict=True, validate=several)
    return fields.Integer(load_default=load_default, strict=True, validate=several)


def _word(longest: int, *, required: bool = True) -> fields.String:
    # Databases refuse some control characters, look-ups never need any.
    return fields.String(
        required=required,
        allow_none=not required,
        validate=validate.Regexp(rf"^[^\x00-\x1f\x7f]{{1,{longest}}}\Z"),
    )


def _matching(pattern: str) -> fields.String:
    return fields.String(allow_none=True, validate=validate.Regexp(pattern))


def _flag() -> fields.Boolean:
    return fields.Boolean(truthy={True}, falsy={False}, load_default=False)


class PersonSchema(StrictSchema):
    """Who files."""

    name = text(200)
    identity_number = _matching(r"^[0-9A-Za-z][0-9A-Za-z .\-]{4,28}[0-9A-Za-z]\Z")
    """Citizen, passport or tax number."""
    phone = _matching(r"^\+?[0-9][0-9 .()\-]{5,18}[0-9]\Z")
    address = text(500, required=False, allow_none=True)
    email = fields.Email(allow_none=True, validate=validate.Length(max=200))


class ComponentSchema(StrictSchema):
    """A paper of the dossier."""

    code = text(60)
    copies = _count(load_default=1)
    form = one_of("original", "certified", "copy", required=False)
    digitised = _flag()


class SubmissionSchema(StrictSchema):
    """A dossier as it is filed."""

    procedure = _word(60)
    desk = _word(60)
    channel = one_of(*CHANNELS)
    applicant_kind = one_of("citizen", "organisation", "agency")
    area = _word(60, required=False)
    person = fields.Nested(PersonSchema, required=True)
    components = ListOfFew(
        fields.Nested(ComponentSchema), required=True, validate=validate.Length(max=_MOST_COMPONENTS)
    )
    foreign_code = _word(100, required=False)
    happened_at = Moment(allow_none=True)
    accept = fields.Boolean(truthy={True}, falsy={False}, allow_none=True)
    facts = fields.Dict(
        keys=fields.String(validate=validate.Regexp(_FACT)),
        values=fields.Raw(required=True),
        load_default=dict,
        validate=validate.Length(max=_MOST_FACTS),
    )
    """What the procedure asks about the case: declared values, numbers and flags."""
    applicant_agency = _word(60, required=False)
    """The agency that files, where one does."""


class ActSchema(StrictSchema):
    """What every later command may say: when it happened."""

    happened_at = Moment(allow_none=True)


class ReceiveSchema(ActSchema):
    """Accept a filed dossier."""


class RefusalSchema(ActSchema):
    """Turn a filed dossier down."""

    reason = text(2000)


class StopSchema(ActSchema):
    """End a dossier that came back, or that waits for its applicant."""

    reason = text(2000)


class SendOnSchema(ActSchema):
    """Send a returned dossier on its way again."""

    note = text(2000)


class FulfilSchema(ActSchema):
    """Note that the applicant brought the papers, or paid."""

    note = text(2000, required=False, allow_none=True)
    pause = _word(60, required=False)
    """Which pause, where there are several."""


class ExtendSchema(ActSchema):
    """Tell the applicant in writing, with an apology, that the result comes later (form 04)."""

    by = fields.Nested(StrictTermSchema, required=True)
    notice = text(200)
    """Number and date of the letter."""
    reason = text(2000)


class WithdrawSchema(ActSchema):
    """Give a dossier back to its applicant."""

    reason = text(2000)


class HandBackSchema(ActSchema):
    """Hand the result over."""

    manner = one_of("direct", "post", "online")


class RequiredComponentSchema(StrictSchema):
    """A paper that a procedure asks for."""

    code = text(60)
    copies = _count(load_default=1)
    required = fields.Boolean(truthy={True}, falsy={False}, load_default=True)


class FactSchema(StrictSchema):
    """What a procedure asks about each case; without `values`, the answer is a number or a flag."""

    values = ListOfFew(
        text(60), allow_none=True, validate=validate.Length(min=1, max=_MOST_VALUES), load_default=None
    )
    many = _flag()
    required = _flag()

    @validates_schema
    def _several_of_something(self, data: dict[str, Any], **_: Any) -> None:
        if data["many"] and not data["values"]:
            raise ValidationError("several are chosen among values", "values")


class LimitSchema(StrictSchema):
    """An exception to the limit."""

    when = fields.Dict(required=True)
    """A condition on the case's facts."""
    term = fields.Nested(StrictTermSchema, required=True)


class ProcedureSchema(StrictSchema):
    """A version of a procedure."""

    procedure = fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9.\-]{0,59}\Z"))
    """Its national or local code, such as 1.001193."""
    name = fields.Nested(StrictNameSchema, required=True)
    sector = text(100)
    service_level = fields.Integer(required=True, strict=True, validate=validate.OneOf((2, 3, 4)))
    """4 fully online, 3 partly online, 2 information only."""
    valid_from = Moment(required=True)
    limit = fields.Nested(StrictTermSchema, required=True, allow_none=True)
    limit_online = fields.Nested(StrictTermSchema, load_default=None, allow_none=True)
    extension = fields.Nested(StrictTermSchema, load_default=None, allow_none=True)
    """By how much the desk may extend the limit once, in writing."""
    limits = ListOfFew(
        fields.Nested(LimitSchema), load_default=list, validate=validate.Length(max=_MOST_FACTS)
    )
    """Exceptions, the first whose condition holds applies."""
    cutoff = fields.String(load_default=None, allow_none=True)
    """Such as 15:00: what is received later that day counts from the next working day."""
    facts = fields.Dict(
        keys=fields.String(validate=validate.Regexp(_FACT)),
        values=fields.Nested(FactSchema),
        load_default=dict,
        validate=validate.Length(max=_MOST_FACTS),
    )
    """What is asked about each case."""
    channels = ListOfFew(one_of(*CHANNELS), required=True, validate=validate.Length(min=1, max=len(CHANNELS)))
    components = ListOfFew(
        fields.Nested(RequiredComponentSchema), required=True, validate=validate.Length(max=_MOST_COMPONENTS)
    )
    happened_at = Moment(allow_none=True)


_SUBMISSION, _PROCEDURE = SubmissionSchema(), ProcedureSchema()


@dataclass(frozen=True, slots=True)
class Filed:
    """A submission read, with what its sender says of the act."""

    submission: Submission
    happened_at: str | None
    accept: bool | None


def read_submission(body: Any) -> Filed:
    """Return what a parsed JSON body files. Raises RefusedError."""
    data = read(_SUBMISSION, body)
    happened_at, accept = data.pop("happened_at", None), data.pop("accept", None)
    data["person"] = Person(**data["person"])
    data["components"] = tuple(Component.of(component) for component in data["components"])
    return Filed(Submission(**data), happened_at, accept)


def read_procedure(body: Any) -> tuple[str, dict[str, Any], str | None]:
    """Return a procedure's code, its version's content, and when it happened. Raises RefusedError."""
    data = read(_PROCEDURE, body)
    return data.pop("procedure"), data, data.pop("happened_at", None)


def read(schema: Schema, body: Any) -> dict[str, Any]:
    """Return the checked data of a parsed JSON body.

    Raises RefusedError: `malformed`, `unknown-field`, `missing-field`, `bad-time` or `invalid`, with
    the field's path and never with its value, which may be personal.
    """
    if not isinstance(body, dict):
        raise RefusedError(MALFORMED, reason="a JSON object is needed")
    try:
        return dict(schema.load(body))
    except ValidationError as error:
        path, reason = _first(error.messages)
        raise _refusal(path, reason) from None


def _first(messages: Any) -> tuple[list[str], str]:
    path: list[str] = []
    while isinstance(messages, dict):
        key = next(iter(messages))
        if key != "_schema":
            path.append(str(key))
        messages = messages[key]
    return path, str(messages[0])


def _refusal(path: list[str], reason: str) -> RefusedError:
    field = ".".join(path)[:200]
    if reason == Schema.error_messages.get("unknown", "Unknown field."):
        return RefusedError(UNKNOWN_FIELD, field=field)
    if reason == fields.Field.default_error_messages["required"]:
        return RefusedError(MISSING_FIELD, field=field)
    if path and path[-1] in {"happened_at", "valid_from"}:
        return RefusedError(BAD_TIME, field=field)
    return RefusedError(INVALID, field=field, reason=reason)
