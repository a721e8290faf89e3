"""processing's HTTP doors on works: the worklist and commands, for agencies without a system of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields
from werkzeug.wrappers import Request, Response

from services.processing.api.wired import WiredDoors
from services.processing.application import REQUEST_COMMANDS
from shared.access import require
from shared.acts import HISTORIAN, Act, Actor, asserted_time
from shared.contracts.fields import StrictSchema, text
from shared.contracts.parsing import check, parse_json
from shared.contracts.registry import COMMANDS
from shared.entrypoints.http import body_of, caller, door, json_response
from shared.entrypoints.lines import check_key, run_lines
from shared.entrypoints.paging import limit_of
from shared.errors import FORBIDDEN, INVALID, MALFORMED, RefusedError
from shared.persistence.grouping import Attempt
from shared.persistence.grouping import Request as Grouped

AGENCY_ROLES = ("agency", "agency-system")
FOR_ANY_AGENCY = ("administrator", HISTORIAN)
"""Who may see any agency's worklist."""

USUAL_PAGE, LARGEST_PAGE = 100, 1000

_SCHEMAS: dict[str, Schema] = {
    contract.type.rpartition(".")[2]: contract.schema() for contract in COMMANDS.values()
}


class CommandLine(StrictSchema):
    """One command in a batch."""

    key = text(200)
    command = text(60)
    agency = text(60, required=False, allow_none=True)
    data = fields.Dict(required=True)
    happened_at = text(60, required=False, allow_none=True)


_LINE = CommandLine()


class WorkDoors(WiredDoors):
    """The doors on works."""

    @door("GET", "/v1/worklist")
    def works(self, request: Request) -> Response:
        """List an agency's open works, the one due first at the top, and on the first page what it is asked."""
        actor = caller(request, self.tokens)
        agency = _agency(actor, request.args.get("agency"), FOR_ANY_AGENCY)
        works = self.worklist.of_agency(agency, limit_of(request, USUAL_PAGE, LARGEST_PAGE), _after(request))
        asked = [] if request.args.get("after") else self.request_table.open_of(agency, LARGEST_PAGE)
        return json_response({"works": works, "requests": asked})

    @door("POST", "/v1/commands/<command>")
    def command(self, request: Request, command: str) -> Response:
        """Carry out one command."""
        actor = caller(request, self.tokens)
        key = check_key(request.headers.get("Idempotency-Key") or None)
        body = body_of(request)
        data = parse_json(body)
        if not isinstance(data, dict):
            raise RefusedError(MALFORMED, reason="a JSON object is needed")
        line = {
            "key": key,
            "command": command,
            "agency": request.args.get("agency"),
            "happened_at": data.pop("happened_at", None),
            "data": data,
        }
        work = self._work(line, actor)
        request_said = f"{command}/{line['agency']}/".encode() + body
        return json_response(self.group.run_one(Grouped(work, actor.principal, key, request_said)))

    @door("POST", "/v1/batches")
    def batch(self, request: Request) -> Response:
        """Carry out a batch of commands, one JSON object a line."""
        actor = caller(request, self.tokens)
        return run_lines(
            body_of(request),
            actor.principal,
            lambda line: (self.group, self._work(line, actor)),
        )

    def _work(self, line: dict[str, Any], actor: Actor) -> Attempt:
        """Return what carries out a command, checked as far as it can be without state."""
        line = check(line, _LINE)
        require(actor, *AGENCY_ROLES, HISTORIAN)
        agency = _agency(actor, line.get("agency"), (HISTORIAN,))
        schema = _SCHEMAS.get(line["command"])
        if schema is None:
            raise RefusedError(INVALID, field="command", reason=f"unknown command {line['command']!r}")
        data = check(line["data"], schema)
        command, happened_at, cause = line["command"], line.get("happened_at"), _cause_of(actor, line["key"])
        carry_out = self.requests.execute if command in REQUEST_COMMANDS else self.application.execute
        doer = replace(actor, agency=agency)
        return Attempt(
            lambda: carry_out(command, data, self._act(actor, happened_at, cause), agency),
            lambda refused: self.refused_acts.note(command, data.get("leg"), doer, cause, refused),
        )

    def _act(self, actor: Actor, happened_at: str | None, cause: str) -> Act:
        now = self.clock.now()
        try:
            happened = asserted_time(happened_at, actor, now, self.tolerance)
        except ValueError as error:
            raise RefusedError(INVALID, field="happened_at", reason=error) from None
        return Act(
            actor=actor,
            happened_at=happened,
            received_at=now,
            recorded_at=now,
            root=UUID(int=0),  # The application knows which dossier the leg belongs to.
            causation=cause,
            historical=actor.role == HISTORIAN,
        )


def _cause_of(actor: Actor, key: str) -> str:
    """Return what causes all that follows from one request."""
    return f"/http/{actor.principal}/{key}"


def _agency(actor: Actor, asked: str | None, for_any: tuple[str, ...]) -> str:
    """Return the agency acted for: the token's own, or any for some roles."""
    if actor.role in for_any:
        if not asked:
            raise RefusedError(INVALID, field="agency", reason="name the agency")
        return asked
    if actor.agency is None or (asked and asked != actor.agency):
        raise RefusedError(FORBIDDEN, role=actor.role)
    return actor.agency


def _after(request: Request) -> UUID | None:
    value = request.args.get("after")
    try:
        return UUID(value) if value else None
    except ValueError:
        raise RefusedError(INVALID, field="after", reason="a leg's id") from None
