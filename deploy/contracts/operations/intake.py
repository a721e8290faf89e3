"""intake's doors."""

from __future__ import annotations

from marshmallow import fields

from deploy.contracts.operations.answers import Applicant, DossierAnswer, Health, ProceduresTaken
from deploy.contracts.operations.intake_answers import DueAnswer
from deploy.contracts.operations.metrics import metrics_operation
from deploy.contracts.operations.model import (
    TERMS,
    TIMES,
    Operation,
    answered_line,
    json_of,
    lines_of,
    variant,
)
from deploy.contracts.operations.parked import parked_operations
from deploy.contracts.schemas import JsonSchema, Schemas
from services.intake import problems
from services.intake.api import ACTIONS
from services.intake.rules.roles import MAY
from services.intake.schemas import ProcedureSchema, SubmissionSchema
from shared.conditions import CONDITION_INVALID
from shared.contracts.fields import StrictSchema
from shared.errors import FORBIDDEN, INVALID, NOT_FOUND
from shared.working_time import problems as time_problems

_SHAPE = (INVALID, problems.UNKNOWN_FIELD, problems.MISSING_FIELD, problems.BAD_TIME)
_RECEPTION = (
    problems.PROCEDURE_NOT_IN_FORCE,
    problems.UNKNOWN_DESK,
    problems.DESK_ENDED,
    problems.DESK_CODE_INVALID,
    time_problems.YEAR_UNKNOWN,
)
_EDITION = (
    problems.DUPLICATE_COMPONENT,
    problems.CUTOFF_INVALID,
    problems.FACT_RESERVED,
    problems.FACT_UNDECLARED,
    CONDITION_INVALID,
)
_FACTS = (problems.UNKNOWN_FACT, problems.MISSING_FACT, problems.FACT_INVALID)
_COMPLETENESS = (
    problems.CHANNEL_NOT_OFFERED,
    problems.MISSING_COMPONENT,
    problems.UNKNOWN_COMPONENT,
    problems.TOO_FEW_COPIES,
    *_FACTS,
)
_FILING = (
    *_SHAPE,
    *TIMES,
    FORBIDDEN,
    problems.NOT_YOUR_DESK,
    problems.CHANNEL_NOT_FOR_ROLE,
    problems.UNKNOWN_PROCEDURE,
    problems.UNKNOWN_AREA,
    problems.APPLICANT_AGENCY_UNKNOWN,
    problems.APPLICANT_NOT_AGENCY,
    *_COMPLETENESS,
    *_RECEPTION,
)
_NAMED = (problems.DOSSIER_CODE_INVALID,)
_ACT = (
    *_SHAPE,
    *_NAMED,
    *TIMES,
    FORBIDDEN,
    NOT_FOUND,
    problems.NOT_YOUR_DESK,
    problems.WRONG_STATUS,
    problems.TIME_BEFORE_PREVIOUS,
)
_ALSO = {
    "receive": (*_RECEPTION, problems.UNKNOWN_PROCEDURE, *_COMPLETENESS),
    "send-on": (problems.NOT_AT_DESK,),
    "stop": (problems.NOT_AT_DESK,),
    "fulfil": (problems.NO_OPEN_PAUSE, problems.PAUSE_NOT_NAMED),
    "extend": (
        problems.EXTENSION_NOT_OFFERED,
        problems.EXTENSION_TOO_LONG,
        problems.ALREADY_EXTENDED,
        problems.EXTENSION_TOO_LATE,
        *TERMS,
    ),
}
_WITHOUT_BODY = {"receive", "fulfil"}
_SUMMARIES = {
    "receive": "Accept a filed dossier: it gets its code, its receipt and its appointment (status 2).",
    "refuse": "Turn a filed dossier down (status 3, form 03).",
    "send-on": "Send a dossier that an agency returned on its way again (status 4).",
    "fulfil": "Note that the applicant brought the papers or paid: the pause ends, the appointment moves.",
    "extend": "Tell the applicant in writing that the result comes later, once, before it is due (form 04).",
    "withdraw": "Give a dossier back to its applicant, who withdraws it (status 7).",
    "stop": "End a dossier that came back, or that waits for its applicant, without a result (status 8).",
    "hand-back": "Hand the result over to the applicant (status 10).",
}


class ProceduresToTake(StrictSchema):
    """Procedures to take in; a version that is known already changes nothing."""

    procedures = fields.List(fields.Nested(ProcedureSchema), required=True)


def _line(schemas: Schemas) -> JsonSchema:
    dossier = {"type": "string", "description": "The dossier's id or code."}
    acts = [
        variant(
            {"action": action},
            {"dossier": dossier, "data": schemas.ref(type(schema))},
            ["dossier"] if action in _WITHOUT_BODY else ["dossier", "data"],
        )
        for action, (schema, _) in ACTIONS.items()
    ]
    filing = variant({"action": "submit"}, {"data": schemas.ref(SubmissionSchema)}, ["data"])
    return {
        "description": "One filing or act a line; `key` is its idempotency key.",
        "oneOf": [filing, *acts],
    }


OPERATIONS = (
    metrics_operation("intake"),
    *parked_operations("intake"),
    Operation("intakeHealth", "GET", "/health", "Say how intake is.", json_of(Health), open=True),
    Operation(
        "putProcedures",
        "PUT",
        "/v1/reference",
        "Take in procedures.",
        json_of(ProceduresTaken),
        body=json_of(ProceduresToTake),
        roles=tuple(sorted(MAY["publish-procedure"])),
        refuses=(FORBIDDEN, *_SHAPE, *TIMES, *_EDITION, *TERMS),
    ),
    Operation(
        "submitDossier",
        "POST",
        "/v1/submissions",
        "File a dossier; it is received at once when an officer is present.",
        json_of(DossierAnswer),
        status=201,
        body=json_of(SubmissionSchema),
        roles=tuple(sorted(MAY["submit"])),
        keyed=True,
        refuses=_FILING,
    ),
    *(
        Operation(
            f"{action}Dossier".replace("-o", "O").replace("-b", "B"),
            "POST",
            "/v1/dossiers/<dossier>/<action>",
            _SUMMARIES[action],
            json_of(DossierAnswer),
            fixed={"action": action},
            body=json_of(type(schema)),
            body_is_optional=action in _WITHOUT_BODY,
            roles=tuple(sorted(MAY[action])),
            keyed=True,
            refuses=(*_ACT, *_ALSO.get(action, ())),
        )
        for action, (schema, _) in ACTIONS.items()
    ),
    Operation(
        "runIntakeBatch",
        "POST",
        "/v1/batches",
        "Carry out up to 1,000 filings and acts; a line that is refused stops no other.",
        answered_line(DossierAnswer),
        body=lines_of(_line),
    ),
    Operation(
        "showDossier",
        "GET",
        "/v1/dossiers/<dossier>",
        "Show where a dossier stands; nothing personal.",
        json_of(DossierAnswer),
        refuses=(NOT_FOUND, *_NAMED),
    ),
    Operation(
        "showDue",
        "GET",
        "/v1/dossiers/<dossier>/due",
        "Show when a dossier is due and why, step by step.",
        json_of(DueAnswer),
        refuses=(FORBIDDEN, NOT_FOUND, *_NAMED),
    ),
    Operation(
        "showApplicant",
        "GET",
        "/v1/dossiers/<dossier>/applicant",
        "Show who filed, in clear, to those who work on it.",
        json_of(Applicant),
        roles=(*sorted(MAY["see-applicant"]), "an agency on the dossier's way"),
        refuses=(FORBIDDEN, NOT_FOUND, *_NAMED, problems.NOT_YOUR_DESK, problems.PERSON_ERASED),
    ),
)
"""Every operation at intake's doors."""
