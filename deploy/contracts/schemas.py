"""Marshmallow schemas as JSON Schema 2020-12, each once, named by its class."""

from __future__ import annotations

import inspect
from typing import Any, cast

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_cls
from marshmallow import Schema, fields

from services.routing.schemas.choices import WORDS, Choice, Condition, EntryChoice, Join
from shared.contracts.fields import Moment
from shared.contracts.routing import LEVELS

JsonSchema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _object(**properties: JsonSchema) -> JsonSchema:
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


_BY_ID = _object(id={"type": "string"})
_BY_KIND = _object(kind={"type": "string"}, level={"type": "string", "enum": [*LEVELS]})
_CHOICE: JsonSchema = {
    "description": "`receiver`: the receiving desk; `applicant`: the agency that files; `competent`: by the "
    "register of competences; or an agency by id; or the one of a kind and level that is responsible for the "
    "dossier's area; or the agency of an earlier leg.",
    "oneOf": [*({"const": word} for word in WORDS), _BY_ID, _BY_KIND, _object(leg={"type": "string"})],
}
_VALUE: JsonSchema = {"type": ["string", "number", "boolean"]}
_FACT: JsonSchema = {"type": "string"}
_INNER: JsonSchema = {"type": "array", "items": {"type": "object"}, "minItems": 1}
_CONDITION: JsonSchema = {
    "description": "A comparison with a fact of the dossier, or conditions joined by `all`, `any` and `not`.",
    "oneOf": [
        _object(fact=_FACT, equals=_VALUE),
        _object(fact=_FACT, one_of={"type": "array", "items": _VALUE, "minItems": 1}),
        _object(fact=_FACT, includes=_VALUE),
        _object(fact=_FACT, at_least={"type": "number"}),
        _object(all=_INNER),
        _object(any=_INNER),
        _object(**{"not": {"type": "object"}}),
    ],
}
_OWN_FIELDS: dict[type[fields.Field[Any]], JsonSchema] = {
    Choice: _CHOICE,
    EntryChoice: {
        "description": "A desk by id, or every desk of a kind and level.",
        "oneOf": [_BY_ID, _BY_KIND],
    },
    Condition: _CONDITION,
    Join: {
        "description": "How many of the legs before must be done.",
        "oneOf": [{"enum": ["all", "any"]}, {"type": "integer", "minimum": 1}],
    },
    Moment: {"format": "date-time"},
}


class Schemas:
    """Gathers the schemas that one document refers to."""

    def __init__(self) -> None:
        plugin = MarshmallowPlugin(schema_name_resolver=lambda schema: name_of(resolve_schema_cls(schema)))
        self._spec = APISpec("", "", "3.1.0", plugins=[plugin])
        self._converter = cast("Any", plugin).converter
        self._converter.add_attribute_function(_own_fields)
        self._converter.add_attribute_function(_ecma_pattern)

    def ref(self, schema: type[Schema]) -> JsonSchema:
        """Return a reference to a schema, which becomes part of the document."""
        name = name_of(schema)
        if name not in self._spec.components.schemas:
            self._spec.components.schema(name, schema=schema)
        return {"$ref": f"#/components/schemas/{name}"}

    def inline(self, schema: type[Schema]) -> JsonSchema:
        """Return a schema itself, for places that take no reference."""
        return dict(self._converter.schema2jsonschema(schema))

    def definitions(self) -> dict[str, JsonSchema]:
        """Return every schema referred to, by name, in the order of the names."""
        classes = {name: key[0] for key, name in self._converter.refs.items()}
        found = self._spec.components.schemas
        return {name: _described(found[name], classes[name]) for name in sorted(found)}


def name_of(schema: Any) -> str:
    """Return the name under which documents show a schema."""
    return str(schema.__name__).lstrip("_").removesuffix("Schema")


def standing_alone(schema: type[Schema], **head: Any) -> JsonSchema:
    """Return a JSON Schema document of its own, with what it refers to inside."""
    schemas = Schemas()
    schemas.ref(schema)
    definitions = _localised(schemas.definitions())
    document = {"$schema": DIALECT, **head, **definitions.pop(name_of(schema))}
    return {**document, "$defs": definitions} if definitions else document


def _described(definition: JsonSchema, schema: Any) -> JsonSchema:
    """Return the definition with the sentence that stands at the schema's class."""
    return {"description": inspect.cleandoc(schema.__doc__), **definition} if schema.__doc__ else definition


def _localised(value: Any) -> Any:
    """Return the value with references into a document's components turned into local ones."""
    if isinstance(value, dict):
        return {key: _localised(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_localised(part) for part in value]
    if isinstance(value, str):
        return value.replace("#/components/schemas/", "#/$defs/")
    return value


def _own_fields(self: Any, field: fields.Field[Any], **kwargs: Any) -> JsonSchema:  # noqa: ARG001
    """Say of our own fields what apispec cannot know."""
    return _OWN_FIELDS.get(type(field), {})


def _ecma_pattern(self: Any, field: fields.Field[Any], ret: JsonSchema, **kwargs: Any) -> JsonSchema:  # noqa: ARG001
    r"""Write the end of a pattern as JSON Schema's regular expressions do: `$` is Python's `\Z`."""
    pattern = ret.get("pattern", "")
    return {"pattern": pattern.removesuffix(r"\Z") + "$"} if pattern.endswith(r"\Z") else {}
