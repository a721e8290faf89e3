"""routing's HTTP doors on electronic processes: their lives, what the linter finds, who lacks one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Request, Response

from services.routing.api.reference import act_now, moment_now
from services.routing.api.wired import WiredDoors
from services.routing.application.register import Register
from services.routing.domain.refusals import PROCESS_UNKNOWN
from services.routing.rules.lint import lint
from services.routing.rules.readiness import overview, readiness
from services.routing.schemas import AsOfQuery, StateSchema, read_process
from shared.access import require
from shared.contracts.parsing import check, parse, parse_json
from shared.entrypoints.http import body_of, caller, door, json_response
from shared.errors import RefusedError

DECIDES = ("administrator", "procedure_control")
"""Who decides on the life of a process: procedure control (kiểm soát TTHC) and the administrator."""

_AS_OF, _STATE = AsOfQuery(), StateSchema()


class ProcessDoors(WiredDoors):
    """The doors on processes."""

    @door("GET", "/v1/processes")
    def processes(self, request: Request) -> Response:
        """List every process with its versions and their states, and how many of each model lead dossiers."""
        caller(request, self.tokens)
        at = check(dict(request.args), _AS_OF).get("as_of") or moment_now(self.clock)
        with self.unit.begin():
            directory = self.application.directory
            return json_response(overview(directory.processes(), directory.procedures(), at))

    @door("GET", "/v1/processes/<process>/versions/<version>")
    def version(self, request: Request, process: str, version: str) -> Response:
        """Show a version: its definition, the states it went through, and what the linter finds in it."""
        caller(request, self.tokens)
        number = _number(process, version)
        with self.unit.begin():
            found = self.application.directory.version(process, number)
            procedures = self.application.directory.procedures()
        if found is None:
            raise RefusedError(PROCESS_UNKNOWN, process=process, version=version)
        definition = {name: value for name, value in found.items() if name != "changes"}
        return json_response(
            {
                "definition": definition,
                "changes": found.get("changes"),
                "findings": findings(definition, procedures),
            }
        )

    @door("POST", "/v1/processes/<process>/versions/<version>/state")
    def change_state(self, request: Request, process: str, version: str) -> Response:
        """Let a version go on in its life, for everybody or for some desks."""
        actor = caller(request, self.tokens)
        require(actor, *DECIDES)
        asked = parse(body_of(request), _STATE)
        act = act_now(actor, self.clock)
        at, agencies = asked.get("at"), asked.get("agencies")
        register = Register(self.application, self.application.directory)
        which = (process, _number(process, version))
        procedure, since = self.unit.run(
            lambda _: register.change_state(which, asked["state"], at, agencies, asked["basis"], act)
        )
        self.handler.release([f"process-for/{procedure}"])
        return json_response(
            {
                "process": process,
                "version": which[1],
                "state": asked["state"],
                "at": since,
                "agencies": agencies,
            }
        )

    @door("POST", "/v1/processes/findings")
    def findings(self, request: Request) -> Response:
        """Say what is wrong, or looks wrong, with a definition; changes nothing."""
        caller(request, self.tokens)
        definition = read_process(parse_json(body_of(request)))
        with self.unit.begin():
            procedures = self.application.directory.procedures()
        return json_response({"findings": findings(definition, procedures)})

    @door("GET", "/v1/readiness")
    def readiness(self, request: Request) -> Response:
        """Say for which of its procedures each agency has no process that leads dossiers."""
        caller(request, self.tokens)
        at = check(dict(request.args), _AS_OF).get("as_of") or moment_now(self.clock)
        with self.unit.begin():
            directory = self.application.directory
            registry = directory.registry()
            return json_response(readiness(registry, directory.versions, directory.procedures(), at))


def findings(definition: Mapping[str, Any], procedures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what the linter finds, against the limits that intake gives the procedure."""
    known = procedures.get(definition["procedure"], {})
    found = lint(definition, known.get("limit"), known.get("limits") or ())
    return [finding.state() for finding in found]


def _number(process: str, version: str) -> int:
    """Return the number of a version. Raises RefusedError with `process-unknown` for what is none."""
    if re.fullmatch("[0-9]{1,10}", version):
        return int(version)
    raise RefusedError(PROCESS_UNKNOWN, process=process, version=version)
