"""Sets of rules through the doors: checked, adopted once, listed, scored by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.contracts.operations.rule_sets import RuleSetAdopted, RuleSetChecked, RuleSetList
from deploy.contracts.operations.statistics_answers import ReportAnswer
from shared.clock import VIETNAM, SystemClock
from tests.contract.messages.test_answers import check
from tests.fixtures.doors import Caller, System, fresh_key, refused, taken

pytestmark = pytest.mark.integration

FILE = Path(__file__).parents[3] / "deploy/rule-sets/quyet-dinh-766.yaml"


@pytest.fixture(scope="module")
def rules() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return content


@pytest.mark.usefixtures("dossier")
def test_rules_are_adopted_and_scored_by(
    system: System, administrator: Caller, officer: Caller, rules: dict[str, Any]
) -> None:
    system.settle()
    with system.nothing_recorded():
        check(RuleSetChecked, taken(administrator.post("statistics", "/v1/rule-sets/check", rules)))
        wrong = {**rules, "groups": [{**rules["groups"][0], "indicators": []}]}
        refused(administrator.post("statistics", "/v1/rule-sets/check", wrong), 422, "invalid")
        escaping = [{**rules["groups"][0]["indicators"][0], "numerator": "().__class__"}]
        wrong = {**rules, "groups": [{**rules["groups"][0], "indicators": escaping}]}
        refused(administrator.post("statistics", "/v1/rule-sets", wrong), 422, "expression-invalid")
        refused(officer.post("statistics", "/v1/rule-sets", rules), 403, "forbidden")
    key = fresh_key()
    adopted = taken(administrator.post("statistics", "/v1/rule-sets", rules, key))
    check(RuleSetAdopted, adopted)
    with system.nothing_recorded():
        assert taken(administrator.post("statistics", "/v1/rule-sets", rules, key)) == adopted
        changed = {**rules, "basis": "khác"}
        refused(administrator.post("statistics", "/v1/rule-sets", changed), 409, "rule-set-exists")
    check(RuleSetList, taken(officer.get("statistics", "/v1/rule-sets")))
    today = SystemClock().now().astimezone(VIETNAM)
    year = {"from": f"{today.year}-01-01", "to": f"{today.year}-12-31", "rules": rules["rule_set"]}
    for name in ("index", "ranking"):
        answer = taken(officer.get("statistics", f"/v1/reports/{name}", **year))
        assert answer["rows"]
        check(ReportAnswer, answer)
