"""processing's doors on reminders and requests for a written report."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from deploy.contracts.operations.model import TIMES, Operation, json_of
from services.processing import problems
from services.processing.api.requests import (
    ISSUERS,
    LONGEST_LIST,
    STATES,
    STEERING,
    USUAL_LIST,
    AboutSchema,
    IssueSchema,
)
from services.processing.api.works import AGENCY_ROLES
from shared.access import WATCHERS
from shared.acts import HISTORIAN
from shared.contracts.agencies import AttachmentSchema, ProposalSchema
from shared.contracts.fields import Moment, one_of
from shared.errors import FORBIDDEN, INVALID

_SEES = (*WATCHERS, HISTORIAN, *AGENCY_ROLES)


class RequestPart(Schema):
    """One addressee, its figure as it stood, and what it did; what it has not done is absent."""

    agency = fields.String(required=True)
    figure = fields.String(required=True, allow_none=True)
    target = fields.String(required=True, allow_none=True)
    received_at = Moment()
    officer = fields.String(allow_none=True)
    answered_at = Moment()
    text = fields.String()
    attachments = fields.List(fields.Nested(AttachmentSchema))
    proposal = fields.Nested(ProposalSchema, allow_none=True)
    decision = fields.String(validate=validate.OneOf(("approved", "declined")))
    decided_by = fields.String()
    """The deciding document."""
    passed_to = fields.String()
    """Who answers instead, once the addressee has ended without an answer."""


class _RequestTerms(Schema):
    request = fields.UUID(required=True)
    kind = one_of("reminder", "report")
    reference = fields.String(required=True)
    issuer = fields.String(required=True)
    subject = fields.String(required=True)
    basis = fields.String(required=True)
    due_on = fields.Date(required=True)
    consolidator = fields.String(required=True)
    issued_at = Moment(required=True)
    state = one_of(*STATES)


class RequestAnswer(_RequestTerms):
    """A request, and how it stands with each addressee."""

    due_at = Moment(required=True)
    about = fields.Nested(AboutSchema, required=True, allow_none=True)
    withdrawn = fields.String(required=True, allow_none=True)
    """Why, once it is."""
    consolidated_at = Moment(required=True, allow_none=True)
    addressees = fields.List(fields.Nested(RequestPart), required=True)


class RequestInShort(_RequestTerms):
    """A request in a list, with how many were asked and have answered."""

    addressees = fields.Integer(required=True)
    answered = fields.Integer(required=True)


class RequestsAnswer(Schema):
    """Requests, the newest first."""

    requests = fields.List(fields.Nested(RequestInShort), required=True)


class RequestToAnswer(_RequestTerms):
    """What an agency has yet to answer, on its worklist."""

    figure = fields.String(required=True, allow_none=True)
    target = fields.String(required=True, allow_none=True)
    received_at = Moment(required=True, allow_none=True)


class RequestsQuery(Schema):
    """`agency`: that it issues, consolidates or is asked by; an agency's token sees its own."""

    agency = fields.String(validate=validate.Length(min=1, max=60))
    state = fields.String(validate=validate.OneOf(STATES))
    limit = fields.Integer(load_default=USUAL_LIST, validate=validate.Range(min=1, max=LONGEST_LIST))


_DOES = {
    "consolidate": (
        "Put the answers together, as they stand; whoever has not answered is named.",
        (problems.NOT_YOURS_TO_STEER, problems.REQUEST_WITHDRAWN, problems.REQUEST_CONSOLIDATED),
    ),
    "withdraw": (
        "Ask no longer; those that have not answered are told.",
        (problems.NOT_YOURS_TO_STEER, problems.REQUEST_WITHDRAWN),
    ),
    "decide": (
        "Approve or decline a proposed target; approved, it is the next version, on the decision as its basis.",
        (problems.NOT_ADDRESSED, problems.NO_PROPOSAL, problems.PROPOSAL_DECIDED),
    ),
}

REQUEST_OPERATIONS = (
    Operation(
        "issueRequest",
        "POST",
        "/v1/requests",
        "Issue a reminder or a request for a written report, to all addressees in one act; once under its reference.",
        json_of(RequestAnswer),
        body=json_of(IssueSchema),
        roles=ISSUERS,
        keyed=True,
        refuses=(
            FORBIDDEN,
            *TIMES,
            problems.UNKNOWN_AGENCY,
            problems.NOT_UNDER_ISSUER,
            problems.REQUEST_REFERENCE_TAKEN,
            problems.REQUEST_DUE_BEFORE_ISSUED,
        ),
    ),
    Operation(
        "listRequests",
        "GET",
        "/v1/requests",
        "List requests, the newest first.",
        json_of(RequestsAnswer),
        query=RequestsQuery,
        roles=_SEES,
        refuses=(FORBIDDEN, INVALID),
    ),
    Operation(
        "showRequest",
        "GET",
        "/v1/requests/<request_id>",
        "Say how a request stands: issuer and consolidating agency see all answers, an addressee its own.",
        json_of(RequestAnswer),
        roles=_SEES,
        refuses=(FORBIDDEN, problems.UNKNOWN_REQUEST),
    ),
    *(
        Operation(
            f"{act}Request",
            "POST",
            "/v1/requests/<request_id>/<act>",
            does,
            json_of(RequestAnswer),
            fixed={"act": act},
            body=json_of(type(STEERING[act][0])),
            roles=STEERING[act][1],
            keyed=True,
            refuses=(
                FORBIDDEN,
                *TIMES,
                problems.UNKNOWN_REQUEST,
                problems.BEFORE_THE_REQUEST,
                *refuses,
            ),
        )
        for act, (does, refuses) in _DOES.items()
    ),
)
"""The operations on requests; addressees answer by the commands `receive-request` and `answer-request`."""
