"""routing's doors."""

from __future__ import annotations

from deploy.contracts.operations.answers import Health, ItineraryAnswer, ReferenceTaken, Register
from deploy.contracts.operations.metrics import metrics_operation
from deploy.contracts.operations.model import TERMS, Operation, json_of
from deploy.contracts.operations.parked import parked_operations
from deploy.contracts.operations.reorganisation_answers import (
    Batch,
    Begun,
    Explanation,
    Finished,
    MovedDossiers,
    MovePreview,
    Preview,
)
from deploy.contracts.operations.routing_answers import (
    Differences,
    Findings,
    Processes,
    Readiness,
    StateTaken,
    VersionAnswer,
)
from services.routing import problems
from services.routing.api.processes import DECIDES
from services.routing.api.reorganisations import MAY
from services.routing.domain import refusals
from services.routing.schemas import (
    AsOfQuery,
    BatchSchema,
    BeginSchema,
    ExplainSchema,
    FinishSchema,
    MovePreviewSchema,
    MoveSchema,
    PreviewSchema,
    ProcessSchema,
    ReferenceSchema,
    StateSchema,
)
from shared.agency_codes import AGENCY_CODE_INVALID
from shared.conditions import CONDITION_INVALID
from shared.errors import FORBIDDEN, NOT_FOUND
from shared.working_time.problems import HOURS_INVALID

_READ = (AGENCY_CODE_INVALID, refusals.AGENCY_CODE_DIFFERS, HOURS_INVALID, CONDITION_INVALID, *TERMS)
_AGENCIES = (
    refusals.AGENCY_ALREADY_ENDED,
    refusals.AGENCY_PARENT_CYCLE,
    refusals.AGENCY_PARENT_UNKNOWN,
    refusals.AGENCY_UNKNOWN,
    refusals.VALIDITY_OVERLAPS,
    refusals.PARENT_NOT_OPERATING,
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
_PLANS = (
    FORBIDDEN,
    *_AGENCIES,
    *_PROCESSES,
    problems.PLAN_ALREADY_APPLIED,
    problems.PLAN_DIFFERS,
    refusals.AGENCY_SUCCEEDS_ITSELF,
    refusals.ONE_SUCCESSOR_NEEDED,
    refusals.SPLIT_WITHOUT_RULE,
    refusals.UNKNOWN_SUCCESSOR,
)

OPERATIONS = (
    metrics_operation("routing"),
    *parked_operations("routing"),
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
        "Say what taking in these agencies would change, and what would be refused; changes nothing.",
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
    Operation(
        "explainRoute",
        "POST",
        "/v1/explanations",
        "Say which way a dossier would go, and why, or why none; changes nothing.",
        json_of(Explanation),
        body=json_of(ExplainSchema),
        refuses=(problems.NO_PROCESS, problems.NOT_IN_REGISTER),
    ),
    Operation(
        "previewMove",
        "POST",
        "/v1/processes/<process>/moves/previews",
        "Say for each dossier on its way what another version would change; changes nothing.",
        json_of(MovePreview),
        body=json_of(MovePreviewSchema),
        roles=DECIDES,
        refuses=(FORBIDDEN, problems.VERSION_UNKNOWN),
    ),
    Operation(
        "moveDossiers",
        "POST",
        "/v1/processes/<process>/moves",
        "Move dossiers to another version, by decision; all of them or, when one cannot be moved, none.",
        json_of(MovedDossiers),
        body=json_of(MoveSchema),
        roles=DECIDES,
        refuses=(
            FORBIDDEN,
            problems.LEG_NOT_IN_VERSION,
            problems.VERSION_NOT_IN_FORCE,
            problems.VERSION_UNKNOWN,
        ),
    ),
    Operation(
        "previewReorganisation",
        "POST",
        "/v1/reorganisations/previews",
        "Say what would become of agencies and of dossiers on their way, page by page; changes nothing.",
        json_of(Preview),
        body=json_of(PreviewSchema),
        roles=MAY,
        refuses=_PLANS,
    ),
    Operation(
        "beginReorganisation",
        "POST",
        "/v1/reorganisations",
        "Enter a plan and all that it says of the register; one that was begun already goes on.",
        json_of(Begun),
        body=json_of(BeginSchema),
        roles=MAY,
        refuses=_PLANS,
    ),
    Operation(
        "rehomeBatch",
        "POST",
        "/v1/reorganisations/<plan>/batches",
        "Re-home the open legs of a batch of dossiers on their way.",
        json_of(Batch),
        body=json_of(BatchSchema),
        roles=MAY,
        refuses=(
            FORBIDDEN,
            problems.PLAN_NOT_YET_EFFECTIVE,
            problems.PLAN_UNKNOWN,
        ),
    ),
    Operation(
        "finishReorganisation",
        "POST",
        "/v1/reorganisations/<plan>/finish",
        "Note that nothing is left to be re-homed.",
        json_of(Finished),
        body=json_of(FinishSchema),
        roles=MAY,
        refuses=(
            FORBIDDEN,
            problems.PLAN_ALREADY_APPLIED,
            problems.PLAN_NOT_FINISHED,
            problems.PLAN_UNKNOWN,
        ),
    ),
)
"""Every operation at routing's doors."""
