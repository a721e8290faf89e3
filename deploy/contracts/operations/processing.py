"""processing's doors."""

from __future__ import annotations

import inspect

from marshmallow import Schema, fields, validate

from deploy.contracts.operations.answers import (
    AccountAnswer,
    AccountsAnswer,
    CallerAnswer,
    Health,
    WorkAnswer,
    WorklistAnswer,
)
from deploy.contracts.operations.deliveries import DELIVERY_OPERATIONS
from deploy.contracts.operations.entered import ENTERED_OPERATIONS
from deploy.contracts.operations.metrics import metrics_operation
from deploy.contracts.operations.model import (
    TIMES,
    Operation,
    answered_line,
    json_of,
    lines_of,
    variant,
)
from deploy.contracts.operations.parked import parked_operations
from deploy.contracts.operations.replays import REPLAY_OPERATIONS
from deploy.contracts.operations.requests import REQUEST_OPERATIONS, RequestAnswer
from deploy.contracts.operations.targets import TARGET_OPERATIONS
from deploy.contracts.schemas import JsonSchema, Schemas
from services.processing import problems
from services.processing.api import AGENCY_ROLES, FOR_ANY_AGENCY, LARGEST_PAGE, USUAL_PAGE
from services.processing.api.accounts import RetireSchema
from services.processing.application import REQUEST_COMMANDS
from shared.access import OPERATORS, WATCHERS
from shared.acts import HISTORIAN
from shared.contracts.fields import Moment
from shared.contracts.registry import COMMANDS
from shared.entrypoints.orders import ReasonSchema
from shared.errors import FORBIDDEN

_COMMANDS = {contract.type.rpartition(".")[2]: contract.schema for contract in COMMANDS.values()}
_COMMANDED = (
    *TIMES,
    FORBIDDEN,
    problems.UNKNOWN_LEG,
    problems.LEG_ALREADY_CLOSED,
    problems.TIME_OUT_OF_ORDER,
)
_OF_REQUESTS = (
    *TIMES,
    FORBIDDEN,
    problems.UNKNOWN_REQUEST,
    problems.NOT_ADDRESSED,
    problems.REQUEST_WITHDRAWN,
    problems.REQUEST_ANSWERED,
    problems.BEFORE_THE_REQUEST,
)
_STANDS_STILL = (problems.NOT_YOUR_LEG, problems.LEG_SUSPENDED)
_IS_WORK = (*_STANDS_STILL, problems.OUT_OF_TURN, problems.OPINION_NEEDED)
_ALSO = {
    "acknowledge-message": (problems.NOT_YOUR_LEG,),
    "accept-leg": (*_STANDS_STILL, problems.LEG_ALREADY_ACCEPTED),
    "record-work": (*_STANDS_STILL, problems.OUT_OF_TURN),
    "complete-leg": _IS_WORK,
    "return-leg": (*_STANDS_STILL, problems.RETURN_TO_SKIPPED_LEG, problems.RETURN_NOT_EARLIER),
    "give-opinion": (
        *_STANDS_STILL,
        problems.NOT_AN_OPINION_LEG,
        problems.OPINION_ALREADY_GIVEN,
        problems.OPINION_AFTER_TERM,
    ),
    "transfer-leg": (*_STANDS_STILL, problems.UNKNOWN_AGENCY, problems.TRANSFER_TO_ITSELF),
    "recall-leg": (problems.NOT_YOURS_TO_RECALL, problems.LEG_ALREADY_ACCEPTED),
    "request-supplement": _IS_WORK,
    "request-payment": _IS_WORK,
    "receive-request": (problems.REQUEST_RECEIVED,),
    "answer-request": (problems.PROPOSAL_WITHOUT_TARGET,),
}


_ACCOUNTS = {
    "enrol": (
        "Record that an agency's own system gets an account.",
        ReasonSchema,
        (problems.UNKNOWN_AGENCY, problems.AGENCY_HAS_NO_SYSTEM, problems.ALREADY_ENROLLED),
    ),
    "rotate": ("Record that an account gets new secrets.", ReasonSchema, (problems.NOT_ENROLLED,)),
    "retire": (
        "Record that an account ends.",
        RetireSchema,
        (problems.NOT_ENROLLED, problems.ACCOUNT_HAS_UNANSWERED),
    ),
}


class AgencyQuery(Schema):
    """`agency` names the agency acted for, where the token is not bound to one."""

    agency = fields.String(validate=validate.Length(min=1, max=60))


class WorklistQuery(AgencyQuery):
    """A page of a worklist; `after` is the last leg of the page before."""

    limit = fields.Integer(load_default=USUAL_PAGE, validate=validate.Range(min=1, max=LARGEST_PAGE))
    after = fields.UUID()


def _with_time(schema: type[Schema]) -> type[Schema]:
    """Return the shape of a command over HTTP: its data, and when it happened."""
    return type(
        f"{schema.__name__}Request",
        (schema,),
        {
            "__doc__": inspect.getdoc(schema),
            "happened_at": Moment(allow_none=True),
        },
    )


def _operation_id(command: str) -> str:
    first, *others = command.split("-")
    return first + "".join(word.capitalize() for word in others)


def _line(schemas: Schemas) -> JsonSchema:
    common = {
        "agency": {
            "type": ["string", "null"],
            "minLength": 1,
            "maxLength": 60,
            "description": "The agency acted for, where the token is not bound to one.",
        },
        "happened_at": {"type": ["string", "null"], "format": "date-time"},
    }
    lines = [
        variant({"command": command}, {"data": schemas.ref(schema), **common}, ["data"])
        for command, schema in _COMMANDS.items()
    ]
    return {"description": "One command a line; `key` is its idempotency key.", "oneOf": lines}


OPERATIONS = (
    metrics_operation("processing"),
    *parked_operations("processing"),
    Operation("processingHealth", "GET", "/health", "Say how processing is.", json_of(Health), open=True),
    Operation(
        "whoCalls",
        "GET",
        "/v1/caller",
        "Say whose token it is: for pages that people sign in to.",
        json_of(CallerAnswer),
        roles=("any token",),
    ),
    Operation(
        "listWorks",
        "GET",
        "/v1/worklist",
        "List an agency's open works, the one due first at the top.",
        json_of(WorklistAnswer),
        query=WorklistQuery,
        roles=("an agency's token", *FOR_ANY_AGENCY),
        refuses=(FORBIDDEN,),
    ),
    *(
        Operation(
            _operation_id(command),
            "POST",
            "/v1/commands/<command>",
            inspect.cleandoc(schema.__doc__ or ""),
            json_of(RequestAnswer if command in REQUEST_COMMANDS else WorkAnswer),
            fixed={"command": command},
            body=json_of(_with_time(schema)),
            query=AgencyQuery,
            roles=(*AGENCY_ROLES, HISTORIAN),
            keyed=True,
            refuses=(
                *(_OF_REQUESTS if command in REQUEST_COMMANDS else _COMMANDED),
                *_ALSO.get(command, ()),
            ),
        )
        for command, schema in _COMMANDS.items()
    ),
    Operation(
        "listAccounts",
        "GET",
        "/v1/accounts",
        "List every account that an agency's own system ever had, and how it stands.",
        json_of(AccountsAnswer),
        roles=WATCHERS,
        refuses=(FORBIDDEN,),
    ),
    Operation(
        "showAccount",
        "GET",
        "/v1/agencies/<agency>/account",
        "Say how the account of an agency's own system stands.",
        json_of(AccountAnswer),
        roles=WATCHERS,
        refuses=(FORBIDDEN, problems.NOT_ENROLLED),
    ),
    *(
        Operation(
            f"{act}Account",
            "POST",
            f"/v1/agencies/<agency>/account/{act}",
            does,
            json_of(AccountAnswer),
            body=json_of(said),
            roles=OPERATORS,
            keyed=True,
            refuses=(FORBIDDEN, *refuses),
        )
        for act, (does, said, refuses) in _ACCOUNTS.items()
    ),
    *DELIVERY_OPERATIONS,
    *REPLAY_OPERATIONS,
    *TARGET_OPERATIONS,
    *ENTERED_OPERATIONS,
    *REQUEST_OPERATIONS,
    Operation(
        "runProcessingBatch",
        "POST",
        "/v1/batches",
        "Carry out up to 1,000 commands; a line that is refused stops no other.",
        answered_line(WorkAnswer, RequestAnswer),
        body=lines_of(_line),
        roles=(*AGENCY_ROLES, HISTORIAN),
    ),
)
"""Every operation at processing's doors."""
