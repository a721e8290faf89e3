"""statistics' doors on sets of rules, and what they answer."""

from __future__ import annotations

from marshmallow import Schema, fields

from deploy.contracts.operations.model import Operation, json_of
from services.statistics import problems
from services.statistics.api.rule_sets import ADOPTERS
from services.statistics.schemas import RuleSetSchema
from shared.contracts.fields import Moment
from shared.errors import FORBIDDEN


class RuleSetChecked(Schema):
    """A set of rules could be adopted; so many indicators it has."""

    rule_set = fields.String(required=True)
    version = fields.Integer(required=True)
    indicators = fields.Integer(required=True)


class RuleSetAdopted(Schema):
    """A set of rules that was adopted."""

    rule_set = fields.String(required=True)
    version = fields.Integer(required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True)
    adopted_at = Moment(required=True)
    adopted_by = fields.String(required=True)
    digest = fields.String(required=True)
    content = fields.Nested(RuleSetSchema, required=True)


class RuleSetList(Schema):
    """All that were adopted."""

    rule_sets = fields.List(fields.Nested(RuleSetAdopted), required=True)


_WRONG = (problems.EXPRESSION_INVALID, problems.RULE_SET_INVALID)

RULE_SET_OPERATIONS = (
    Operation(
        "listRuleSets",
        "GET",
        "/v1/rule-sets",
        "List the sets of rules that were adopted, with their content.",
        json_of(RuleSetList),
    ),
    Operation(
        "checkRuleSet",
        "POST",
        "/v1/rule-sets/check",
        "Say whether a set of rules could be adopted, or what is wrong with it.",
        json_of(RuleSetChecked),
        body=json_of(RuleSetSchema),
        roles=ADOPTERS,
        refuses=(FORBIDDEN, *_WRONG),
    ),
    Operation(
        "adoptRuleSet",
        "POST",
        "/v1/rule-sets",
        "Adopt a version of a set of rules, signed; another content needs another version.",
        json_of(RuleSetAdopted),
        body=json_of(RuleSetSchema),
        roles=ADOPTERS,
        keyed=True,
        refuses=(FORBIDDEN, *_WRONG, problems.RULE_SET_EXISTS),
    ),
)
"""The operations on sets of rules."""
