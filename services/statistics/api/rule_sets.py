"""statistics' doors on sets of rules: checking, adopting, listing."""

from __future__ import annotations

from werkzeug.wrappers import Request, Response

from services.statistics.api.wired import WiredDoors
from services.statistics.reports.rule_sets import RuleSets
from services.statistics.schemas import RuleSetSchema
from shared.access import OPERATORS, require
from shared.acts import HISTORIAN
from shared.contracts.parsing import parse
from shared.entrypoints.http import body_of, caller, door, json_response
from shared.entrypoints.orders import order_of
from shared.entrypoints.wiring import Wired

ADOPTERS = (*OPERATORS, HISTORIAN)
"""Who adopts sets of rules."""

_RULE_SET = RuleSetSchema()


class RuleSetDoors(WiredDoors):
    """The doors on sets of rules."""

    rule_sets: RuleSets = Wired("rule_sets")

    @door("GET", "/v1/rule-sets")
    def list_rule_sets(self, request: Request) -> Response:
        """List what was adopted, with its content."""
        caller(request, self.tokens)
        return json_response({"rule_sets": self.rule_sets.all()})

    @door("POST", "/v1/rule-sets/check")
    def check_rule_set(self, request: Request) -> Response:
        """Say whether a set of rules could be adopted."""
        require(caller(request, self.tokens), *ADOPTERS)
        asked = parse(body_of(request), _RULE_SET)
        self.rule_sets.check(asked)
        indicators = sum(len(group["indicators"]) for group in asked["groups"])
        return json_response(
            {"rule_set": asked["rule_set"], "version": asked["version"], "indicators": indicators}
        )

    @door("POST", "/v1/rule-sets")
    def adopt_rule_set(self, request: Request) -> Response:
        """Adopt a version of a set of rules, signed."""
        order = order_of(request, self.tokens, self.clock, _RULE_SET, ADOPTERS)
        work = order.once(lambda: self.rule_sets.adopt(order.asked, order.act))
        return json_response(self.group.run_one(work))
