"""OpenAPI 3.1: one document a service, since each has an address of its own and paths repeat."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from deploy.contracts.doors import operations_of
from deploy.contracts.operations.model import Content, Operation
from deploy.contracts.schemas import DIALECT, JsonSchema, Schemas
from shared.entrypoints.http import PROBLEM
from shared.entrypoints.lines import LONGEST_KEY
from shared.errors import Problem

DESCRIPTIONS = {
    "intake": "The one-stop desk: filing, reception, refusal, results handed back.",
    "routing": "The process manager between agencies: register, processes, itineraries.",
    "processing": "The work inside agencies: worklists and commands.",
    "statistics": "The ledger of everything that happened, and reports from it.",
}
_GENERAL = """

Errors are RFC 9457 problem details with a stable `code` and a sentence in Vietnamese and English;
all codes stand in README.md beside this file. `503` may be tried again as it is, after `Retry-After`.
A request with an `Idempotency-Key` that was answered before gets the same answer again; the same key
with another content is refused."""

_PROBLEM: JsonSchema = {
    "description": "RFC 9457 problem details, in both languages.",
    "type": "object",
    "properties": {
        "type": {"type": "string", "description": "`urn:lienthong:problem:<code>`."},
        "code": {"type": "string", "description": "Durable: programs decide by it."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "title": {"type": "string", "description": "The sentence in English."},
        "title_vi": {"type": "string", "description": "The sentence in Vietnamese."},
        "facts": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "What the sentence speaks of.",
        },
    },
    "required": ["type", "code", "status", "title", "title_vi", "facts"],
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Names the request for its sender; a repeated request is carried out once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
}
_RETRY_AFTER = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
_VARIABLES = {
    "agency": {"description": "The agency's id.", "schema": {"type": "string"}},
    "message": {"description": "The hand-over's id.", "schema": {"type": "string"}},
    "number": {"description": "The `id` of what is parked.", "schema": {"type": "string"}},
    "plan": {"description": "The name of the reorganisation.", "schema": {"type": "string"}},
    "dossier": {"description": "The dossier's id.", "schema": {"type": "string"}},
    "process": {"description": "The process's name.", "schema": {"type": "string"}},
    "publication": {"description": "The publication's id.", "schema": {"type": "string", "format": "uuid"}},
    "replay": {"description": "The replay's id.", "schema": {"type": "string", "format": "uuid"}},
    "request_id": {"description": "The request's id.", "schema": {"type": "string", "format": "uuid"}},
    "scratch": {"description": "The name of the scratch state.", "schema": {"type": "string"}},
    "version": {"description": "The version's number.", "schema": {"type": "integer", "minimum": 1}},
}


def document(service: str, version: str) -> dict[str, Any]:
    """Return the OpenAPI document of one service."""
    schemas = Schemas()
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for operation in operations_of(service):
        paths[operation.path][operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Liên Thông: {service}",
            "version": version,
            "description": DESCRIPTIONS[service] + _GENERAL,
        },
        "jsonSchemaDialect": DIALECT,
        "servers": [
            {
                "url": "http://{address}",
                "description": f"Where {service} listens.",
                "variables": {"address": {"default": "localhost:8000"}},
            },
        ],
        "security": [{"bearer": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "parameters": {"IdempotencyKey": _KEY},
            "schemas": dict(sorted({**schemas.definitions(), "Problem": _PROBLEM}.items())),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token bound to a role, a person or system, and an agency.",
                },
            },
        },
    }


def _operation(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    shown: dict[str, Any] = {"operationId": operation.id, "summary": operation.summary}
    if not operation.open:
        who = ", ".join(f"`{role}`" for role in operation.roles) or "whoever holds a token"
        shown["description"] = f"Who may: {who}."
    if parameters := [*_variables(operation), *_query(operation, schemas)]:
        shown["parameters"] = parameters
    if operation.body:
        shown["requestBody"] = {
            "required": not operation.body_is_optional,
            "content": _content(operation.body, schemas),
        }
    shown["responses"] = _responses(operation, schemas)
    if operation.open:
        shown["security"] = []
    return shown


def _variables(operation: Operation) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, **_VARIABLES[name]} for name in names
    ]
    return [*found, {"$ref": "#/components/parameters/IdempotencyKey"}] if operation.keyed else found


def _query(operation: Operation, schemas: Schemas) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    shape = schemas.inline(operation.query)
    required = shape.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": schema}
        for name, schema in shape["properties"].items()
    ]


def _content(content: Content, schemas: Schemas) -> dict[str, Any]:
    return {content.media_type: {"schema": content.schema(schemas)}}


def _responses(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for one in (operation.answer, *operation.files):
        content |= _content(one, schemas)
    responses: dict[str, Any] = {str(operation.status): {"description": "Done.", "content": content}}
    by_status: dict[int, list[Problem]] = defaultdict(list)
    for problem in operation.problems():
        by_status[problem.status].append(problem)
    for status, problems in sorted(by_status.items()):
        responses[str(status)] = _refusal(status, problems)
    for status, other in operation.otherwise.items():
        response = responses.setdefault(str(status), {"description": "Not done.", "content": {}})
        response["content"] |= _content(other, schemas)
    return responses


def _refusal(status: int, problems: list[Problem]) -> dict[str, Any]:
    codes = [problem.code for problem in problems]
    schema = {
        "allOf": [{"$ref": "#/components/schemas/Problem"}, {"properties": {"code": {"enum": codes}}}],
    }
    response: dict[str, Any] = {
        "description": " ".join(f"`{problem.code}`: {_sentence(problem)}." for problem in problems),
        "content": {PROBLEM: {"schema": schema}},
    }
    if status == 503:  # noqa: PLR2004
        response["headers"] = _RETRY_AFTER
    return response


def _sentence(problem: Problem) -> str:
    return problem.en.replace("!r}", "}")
