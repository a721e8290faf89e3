"""routing's doors."""

from __future__ import annotations

from deploy.contracts.operations.answers import Health, ItineraryAnswer, ReferenceTaken, Register
from deploy.contracts.operations.model import TERMS, Operation, json_of
from deploy.contracts.operations.routing_answers import (
    Differences,
    Findings,
    Processes,
    Readiness,
    StateTaken,
    VersionAnswer,
)
from services.routing.api.processes import DECIDES
from services.routing.domain import refusals
from services.routing.schemas import AsOfQuery, ProcessSchema, ReferenceSchema, StateSchema
from shared.conditions import CONDITION_INVALID
from shared.errors import FORBIDDEN, NOT_FOUND
from shared.working_time.problems import HOURS_INVALID

_READ = (refusals.AGENCY_CODE_DIFFERS, HOURS_INVALID, CONDITION_INVALID, *TERMS)
_AGENCIES = (
    refusals.AGENCY_ALREADY_ENDED,
    refusals.AGENCY_PARENT_CYCLE,
    refusals.AGENCY_PARENT_UNKNOWN,
    refusals.AGENCY_UNKNOWN,
    refusals.VALIDITY_OVERLAPS,
)
_PROCESSES = (
    *_READ,
    refusals.LEG_ID_TWICE,
    refusals.LEG_NOT_ABOVE,
    refusals.LEG_UNKNOWN,
    refusals.PROCEDURE_DIFFERS,
    refusals.PROCESS_IN_FORCE,
    refusals.QUORUM_TOO_LARGE,
    refusals.ROUTE_CYCLIC,
)

OPERATIONS = (
    Operation("routingHealth", "GET", "/health", "Say how routing is.", json_of(Health), open=True),
    Operation(
        "putReference",
        "PUT",
        "/v1/reference",
        "Take in agencies, competences and processes; what is known already changes nothing.",
        json_of(ReferenceTaken),
        body=json_of(ReferenceSchema),
        roles=("administrator",),
        refuses=(FORBIDDEN, *_AGENCIES, *_PROCESSES),
    ),
    Operation(
        "showDifferences",
        "POST",
        "/v1/reference/differences",
        "Say what taking in these agencies would change; changes nothing.",
        json_of(Differences),
        body=json_of(ReferenceSchema),
        roles=("administrator",),
        refuses=(FORBIDDEN, *_READ),
    ),
    Operation(
        "listAgencies",
        "GET",
        "/v1/agencies",
        "List the register as it is described last, or the agencies begun until a moment as they were then.",
        json_of(Register),
        query=AsOfQuery,
    ),
    Operation(
        "listProcesses",
        "GET",
        "/v1/processes",
        "List every process with its versions, and how many of each model lead dossiers.",
        json_of(Processes),
        query=AsOfQuery,
    ),
    Operation(
        "showVersion",
        "GET",
        "/v1/processes/<process>/versions/<version>",
        "Show a version: its definition, the states it went through, and what the linter finds in it.",
        json_of(VersionAnswer),
        refuses=(refusals.PROCESS_UNKNOWN,),
    ),
    Operation(
        "changeState",
        "POST",
        "/v1/processes/<process>/versions/<version>/state",
        "Let a version go on in its life, for everybody or for some desks.",
        json_of(StateTaken),
        body=json_of(StateSchema),
        roles=DECIDES,
        refuses=(
            FORBIDDEN,
            refusals.AGENCY_UNKNOWN,
            refusals.PROCESS_STATE_AGENCIES,
            refusals.PROCESS_STATE_BACKDATED,
            refusals.PROCESS_STATE_NOT_NEXT,
            refusals.PROCESS_UNKNOWN,
            refusals.VALIDITY_OVERLAPS,
        ),
    ),
    Operation(
        "lintProcess",
        "POST",
        "/v1/processes/findings",
        "Say what is wrong, or looks wrong, with a definition; changes nothing.",
        json_of(Findings),
        body=json_of(ProcessSchema),
        refuses=(CONDITION_INVALID, *TERMS),
    ),
    Operation(
        "showReadiness",
        "GET",
        "/v1/readiness",
        "Say for which of its procedures each agency has no process that leads dossiers.",
        json_of(Readiness),
        query=AsOfQuery,
    ),
    Operation(
        "showItinerary",
        "GET",
        "/v1/itineraries/<dossier>",
        "Show the way of a dossier, with the reason for each choice.",
        json_of(ItineraryAnswer),
        refuses=(NOT_FOUND,),
    ),
)
"""Every operation at routing's doors."""
