"""How an operation at an HTTP door is described."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema

from deploy.contracts.schemas import JsonSchema, Schemas
from shared.acts import TIME_IN_FUTURE, TIME_OUT_OF_TOLERANCE
from shared.entrypoints.http import JSON, LINES, UNEXPECTED, UNSUPPORTED_CONTENT
from shared.entrypoints.lines import KEY_INVALID, KEY_MISSING, TOO_MANY_LINES
from shared.errors import BUSY, INVALID, MALFORMED, TOO_LARGE, UNAUTHENTICATED, Problem
from shared.persistence.grouping import KEY_REUSED
from shared.working_time import problems

Build = Callable[[Schemas], JsonSchema]
"""Makes a schema; what it refers to becomes part of the document."""

TIMES = (TIME_IN_FUTURE, TIME_OUT_OF_TOLERANCE)
"""Refusals of an asserted time."""
TERMS = (
    problems.TERM_MALFORMED,
    problems.TERM_UNIT_UNKNOWN,
    problems.TERM_NOT_NUMERIC,
    problems.TERM_NOT_POSITIVE,
    problems.TERM_TOO_LARGE,
    problems.TERM_TOO_PRECISE,
    problems.TERM_NOT_WHOLE,
)
"""Refusals of a term."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a body holds."""

    schema: Build
    media_type: str = JSON


def json_of(schema: type[Schema]) -> Content:
    """Return a JSON body in the shape of a schema."""
    return Content(lambda schemas: schemas.ref(schema))


def lines_of(schema: Build) -> Content:
    """Return NDJSON, each line in the shape of the schema."""
    return Content(schema, LINES)


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be done at a door."""

    id: str
    """The operationId: durable, clients are generated from it."""
    method: str
    url: str
    """As the door writes it, such as `/v1/dossiers/<dossier>`."""
    summary: str
    answer: Content
    fixed: Mapping[str, str] = field(default_factory=dict)
    """Values of the URL's variables; such an operation is shown at a path of its own."""
    status: int = 200
    files: tuple[Content, ...] = ()
    """What else the same answer may be given as."""
    body: Content | None = None
    body_is_optional: bool = False
    query: type[Schema] | None = None
    roles: tuple[str, ...] = ()
    """Who may; nobody named: whoever holds a token."""
    open: bool = False
    """Whether it answers without a token."""
    keyed: bool = False
    """Whether the header Idempotency-Key is needed."""
    otherwise: Mapping[int, Content] = field(default_factory=dict)
    """Answers with another status that are no problem details."""
    refuses: tuple[Problem, ...] = ()
    """What this operation refuses, besides what every operation of its kind does."""

    @property
    def path(self) -> str:
        """The path as OpenAPI writes it."""
        path = self.url
        for name, value in self.fixed.items():
            path = path.replace(f"<{name}>", value)
        return path.replace("<", "{").replace(">", "}")

    def problems(self) -> list[Problem]:
        """Return all that it may refuse, by status and code."""
        found = {problem.code: problem for problem in (*self.refuses, BUSY, UNEXPECTED)}
        if not self.open:
            found[UNAUTHENTICATED.code] = UNAUTHENTICATED
        if self.body:
            found |= {it.code: it for it in (MALFORMED, TOO_LARGE, UNSUPPORTED_CONTENT)}
        if self.query or (self.body and self.body.media_type == JSON):
            found[INVALID.code] = INVALID
        if self.body and self.body.media_type == LINES:
            found[TOO_MANY_LINES.code] = TOO_MANY_LINES
        if self.keyed:
            found |= {it.code: it for it in (KEY_MISSING, KEY_INVALID, KEY_REUSED)}
        return sorted(found.values(), key=lambda problem: (problem.status, problem.code))


def variant(values: Mapping[str, Any], properties: JsonSchema, required: list[str]) -> JsonSchema:
    """Return the shape of a line whose fields `values` are fixed words."""
    fixed = {name: {"const": value} for name, value in values.items()}
    return {
        "type": "object",
        "properties": {"key": {"type": "string", "minLength": 1, "maxLength": 200}, **fixed, **properties},
        "required": ["key", *fixed, *required],
        "additionalProperties": False,
    }


def answered_line(*answers: type[Schema]) -> Content:
    """Return NDJSON whose lines hold an answer in one of the shapes, or a problem."""

    def build(schemas: Schemas) -> JsonSchema:
        shapes = [schemas.ref(shape) for shape in answers]
        answer = shapes[0] if len(shapes) == 1 else {"oneOf": shapes}
        key = {"type": "string", "description": "Absent when the line was so malformed that it has none."}
        done = {
            "type": "object",
            "properties": {"key": key, "status": {"const": 200}, "answer": answer},
            "required": ["key", "status", "answer"],
        }
        refused = {
            "type": "object",
            "properties": {
                "key": key,
                "status": {"type": "integer", "minimum": 400},
                "problem": {"$ref": "#/components/schemas/Problem"},
            },
            "required": ["status", "problem"],
        }
        return {
            "description": "One line for each line sent, in the same order.",
            "oneOf": [done, refused],
        }

    return Content(build, LINES)
