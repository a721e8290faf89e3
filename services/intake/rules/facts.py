"""What a procedure asks about each case, and what conditions may look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.intake import problems
from services.intake.domain.procedure import ProcedureVersion
from shared import conditions
from shared.errors import RefusedError

BUILT_IN = frozenset({"channel", "applicant_kind", "applicant_agency", "procedure", "area", "remote"})
"""What is known of every dossier."""


def check_declared(facts: Iterable[str]) -> None:
    """Refuse (`fact-reserved`) to declare what every dossier has anyway."""
    if taken := sorted(BUILT_IN & set(facts)):
        raise RefusedError(problems.FACT_RESERVED, fact=taken[0])


def check_conditions(limits: Iterable[Mapping[str, Any]], facts: Iterable[str]) -> None:
    """Refuse conditions that cannot be read, and those that look at what is not declared."""
    known = BUILT_IN | set(facts)
    for limit in limits:
        conditions.check(limit["when"])
        if unknown := sorted(conditions.facts_in(limit["when"]) - known):
            raise RefusedError(problems.FACT_UNDECLARED, fact=unknown[0])


def check_facts(version: ProcedureVersion, given: Mapping[str, Any]) -> None:
    """Refuse facts that the procedure does not ask for, lacks, or does not offer.

    A fact is one or several of the declared values, a number or a flag: never free text, which
    could name a person.
    """
    for name, value in given.items():
        declared = version.facts.get(name)
        if declared is None:
            raise RefusedError(problems.UNKNOWN_FACT, procedure=version.procedure, fact=name)
        if not _is_offered(declared, value):
            allowed = ", ".join(declared["values"] or ("0.5", "1", "true", "false"))
            raise RefusedError(problems.FACT_INVALID, fact=name, allowed=allowed)
    for name, declared in version.facts.items():
        if declared["required"] and given.get(name, []) == []:
            raise RefusedError(problems.MISSING_FACT, procedure=version.procedure, fact=name)


def _is_offered(declared: Mapping[str, Any], value: Any) -> bool:
    if declared["values"] is None:
        # Neither infinite, nor NaN, nor more than conditions compare.
        largest = conditions.LARGEST_NUMBER
        return isinstance(value, bool | int | float) and -largest <= value <= largest
    if not declared["many"]:
        return value in declared["values"]
    return (
        isinstance(value, list)
        and all(each in declared["values"] for each in value)
        and all(value.count(each) == 1 for each in value)
    )
