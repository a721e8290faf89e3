"""What came of each rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from deploy.conformance.rules import RULES, Rule

PASSED, FAILED, NOT_TRIED = "passed", "failed", "not tried"
MOST_DETAILS = 5


@dataclass(slots=True)
class Outcome:
    """What came of one rule, and what was seen when it was broken."""

    rule: Rule
    tried: bool = False
    details: list[str] = field(default_factory=list)

    @property
    def word(self) -> str:
        """The outcome in a word."""
        if self.details:
            return FAILED
        return PASSED if self.tried else NOT_TRIED


class Report:
    """The outcomes of all rules, in their order."""

    def __init__(self) -> None:
        self._outcomes = {rule.code: Outcome(rule) for rule in RULES}

    @property
    def outcomes(self) -> list[Outcome]:
        """All outcomes."""
        return list(self._outcomes.values())

    @property
    def passed(self) -> bool:
        """Whether no rule was broken."""
        return all(not outcome.details for outcome in self._outcomes.values())

    def failures(self) -> list[str]:
        """Return the codes of the rules that were broken."""
        return [code for code, outcome in self._outcomes.items() if outcome.details]

    def tried(self, code: str) -> None:
        """Note that a rule was put to the test."""
        self._outcomes[code].tried = True

    def broken(self, code: str, detail: str) -> None:
        """Note that a rule was broken; some details are enough."""
        outcome = self._outcomes[code]
        outcome.tried = True
        if detail not in outcome.details and len(outcome.details) < MOST_DETAILS:
            outcome.details.append(detail)

    def check(self, code: str, details: Iterable[str]) -> None:
        """Note that a rule was put to the test, and what speaks against it."""
        self.tried(code)
        for detail in details:
            self.broken(code, detail)

    def as_json(self) -> dict[str, Any]:
        """Return it for machines."""
        rules = [
            {
                "rule": outcome.rule.code,
                "section": outcome.rule.section,
                "vi": outcome.rule.vi,
                "en": outcome.rule.en,
                "outcome": outcome.word,
                "details": outcome.details,
            }
            for outcome in self._outcomes.values()
        ]
        return {"passed": self.passed, "rules": rules}
