"""Every rule names a section that the contract has."""

from __future__ import annotations

import re
from pathlib import Path

from deploy.conformance.rules import RULES

ROOT = Path(__file__).parents[3]


def test_the_sections_that_rules_name_are_there() -> None:
    guide = (ROOT / "docs/contracts/agencies.md").read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.*)$", guide, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}

    assert {re.split(r"[,:]", rule.section.partition("#")[2])[0] for rule in RULES} <= anchors
    assert len({rule.code for rule in RULES}) == len(RULES)
