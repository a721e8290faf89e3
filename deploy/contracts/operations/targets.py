"""processing's doors on targets: what figures are to reach."""

from __future__ import annotations

from marshmallow import Schema, fields

from deploy.contracts.operations.model import TIMES, Operation, json_of
from services.processing import problems
from services.processing.api.targets import DECIDERS, AimSchema, TargetSchema
from shared.contracts.fields import one_of
from shared.errors import FORBIDDEN


class TargetAnswer(Schema):
    """What a figure is to reach; `version`: by how many decisions."""

    indicator = fields.String(required=True)
    scope = one_of("province", "level", "agency")
    of = fields.String(required=True, allow_none=True)
    year = fields.Integer(required=True)
    percent = fields.String(required=True)
    reach_by = fields.Date(required=True)
    basis = fields.String(required=True)
    version = fields.Integer(required=True)


TARGET_OPERATIONS = (
    Operation(
        "showTarget",
        "GET",
        "/v1/targets",
        "Say what a figure is to reach in a year.",
        json_of(TargetAnswer),
        query=AimSchema,
        roles=("any token",),
        refuses=(problems.NO_TARGET,),
    ),
    Operation(
        "setTarget",
        "POST",
        "/v1/targets",
        "Set what a figure is to reach; a later decision makes a new version.",
        json_of(TargetAnswer),
        body=json_of(TargetSchema),
        roles=DECIDERS,
        keyed=True,
        refuses=(FORBIDDEN, *TIMES, problems.UNKNOWN_AGENCY),
    ),
)
"""The operations on targets."""
