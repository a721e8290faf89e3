"""A plan of a reorganisation, and what carries it out step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from services.routing.schemas.processes import ProcessSchema, settled
from services.routing.schemas.reference import AgencySchema, CompetenceSchema, settled_agency
from shared.contracts.fields import ListOfFew, Moment, StrictSchema, one_of, text
from shared.contracts.parsing import parse

_NEEDED: Mapping[str, frozenset[str]] = {
    "abolish": frozenset({"agency", "successors"}),
    "split": frozenset({"agency", "successors"}),
    "merge": frozenset({"agencies", "into"}),
    "rename": frozenset({"agency", "to"}),
    "re-parent": frozenset({"agency", "parent"}),
}
_MOST = 2000


class SuccessorSchema(StrictSchema):
    """Who goes on: with what lies in `areas`, or with all else."""

    agency = text(60)
    areas = ListOfFew(text(60), load_default=None, allow_none=True, validate=validate.Length(min=1, max=500))


class ChangeSchema(StrictSchema):
    """What becomes of an agency, or of several that merge."""

    change = one_of(*_NEEDED)
    agency = text(60, required=False)
    agencies = ListOfFew(text(60), validate=validate.Length(min=1, max=500))
    into = text(60, required=False)
    to = text(60, required=False)
    parent = text(60, required=False, allow_none=True)
    successors = ListOfFew(fields.Nested(SuccessorSchema), validate=validate.Length(min=1, max=500))

    @validates_schema
    def _whole(self, data: Mapping[str, Any], **_: Any) -> None:
        needed = _NEEDED.get(data.get("change", ""), frozenset())
        given = data.keys() - {"change"}
        if given != needed:
            raise ValidationError(f"{data.get('change')} needs exactly {', '.join(sorted(needed))}", "change")


class PlanSchema(StrictSchema):
    """A reorganisation: what is new, and what becomes of what there is, from one moment on."""

    class Meta(StrictSchema.Meta):
        """Settings."""

        include = {  # noqa: RUF012 - marshmallow reads it; `from` is a word of Python's
            "from": Moment(required=True)
        }

    plan = fields.String(required=True, validate=validate.Regexp(r"^[a-z0-9][a-z0-9-]{0,59}\Z"))
    basis = text(1000)
    """The law or decision that says so."""
    agencies = ListOfFew(fields.Nested(AgencySchema), load_default=list, validate=validate.Length(max=_MOST))
    competences = ListOfFew(
        fields.Nested(CompetenceSchema), load_default=list, validate=validate.Length(max=_MOST)
    )
    processes = ListOfFew(
        fields.Nested(ProcessSchema), load_default=list, validate=validate.Length(max=_MOST)
    )
    changes = ListOfFew(
        fields.Nested(ChangeSchema), required=True, validate=validate.Length(min=1, max=_MOST)
    )


def _page(largest: int) -> fields.Integer:
    return fields.Integer(load_default=200, strict=True, validate=validate.Range(1, largest))


class PreviewSchema(StrictSchema):
    """A page of what a plan would do."""

    plan = fields.Nested(PlanSchema, required=True)
    after = fields.UUID(allow_none=True, load_default=None)
    limit = _page(5000)


class BeginSchema(StrictSchema):
    """A plan to be carried out; `happened_at` is for the historian alone."""

    plan = fields.Nested(PlanSchema, required=True)
    happened_at = Moment(allow_none=True, load_default=None)


class BatchSchema(StrictSchema):
    """A batch of dossiers on their way to be re-homed."""

    after = fields.UUID(allow_none=True, load_default=None)
    limit = _page(1000)
    happened_at = Moment(allow_none=True, load_default=None)


class FinishSchema(StrictSchema):
    """The end of a plan."""

    happened_at = Moment(allow_none=True, load_default=None)


class MovePreviewSchema(StrictSchema):
    """A page of what a move to another version would change."""

    version = fields.Integer(required=True, strict=True, validate=validate.Range(1))
    after = fields.UUID(allow_none=True, load_default=None)
    limit = _page(1000)


class MoveSchema(StrictSchema):
    """Dossiers to be moved to another version, and the decision that says so."""

    version = fields.Integer(required=True, strict=True, validate=validate.Range(1))
    basis = text(1000)
    dossiers = ListOfFew(fields.UUID(), required=True, validate=validate.Length(min=1, max=1000))


_PREVIEW, _BEGIN = PreviewSchema(), BeginSchema()


def read_preview(body: bytes) -> dict[str, Any]:
    """Return what a preview asks for, its plan in the form in which equal ones are equal."""
    asked = parse(body, _PREVIEW)
    return {**asked, "plan": settled_plan(asked["plan"])}


def read_begin(body: bytes) -> dict[str, Any]:
    """Return a plan to be carried out, in the form in which equal ones are equal."""
    asked = parse(body, _BEGIN)
    return {**asked, "plan": settled_plan(asked["plan"])}


def settled_plan(plan: dict[str, Any]) -> dict[str, Any]:
    """Return a plan that passed the schema with its agencies and processes checked."""
    return {
        **plan,
        "agencies": [settled_agency(facts) for facts in plan["agencies"]],
        "processes": [settled(definition) for definition in plan["processes"]],
    }
