"""The catalogue of procedures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from services.intake import problems
from services.intake.application.dossiers import Dossiers
from services.intake.domain.procedure import Procedure, ProcedureVersion
from services.intake.rules.facts import check_conditions, check_declared
from services.intake.rules.roles import check_role
from shared.acts import Act
from shared.errors import RefusedError
from shared.working_time.terms import Term

_TIME_OF_DAY = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")


class Catalogue(Dossiers):
    """Publishes what is offered."""

    def publish_procedure(self, code: str, content: Mapping[str, Any], act: Act) -> ProcedureVersion:
        """Put a procedure, or a further version of it, into the catalogue; one known already stays as it is."""
        check_role("publish-procedure", act.actor)
        listed = Counter(component["code"] for component in content["components"])
        if twice := [component for component, times in listed.items() if times > 1]:
            raise RefusedError(problems.DUPLICATE_COMPONENT, components=", ".join(twice))
        edition = {**content, **_terms(content), **_conditions(content)}
        procedure = self._procedures([code]).get(code)
        if procedure is not None:
            return procedure.revise(act, edition)
        procedure = Procedure.publish(code, act, edition)
        self.add(procedure)
        return procedure.versions[-1]


def _terms(content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        limit: Term.parse(content[limit]).dump() if content.get(limit) else None
        for limit in ("limit", "limit_online", "extension")
    }


def _conditions(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an edition says of cutoff, facts and exceptions, checked and in full."""
    cutoff = content.get("cutoff")
    if cutoff is not None and not _TIME_OF_DAY.fullmatch(cutoff):
        raise RefusedError(problems.CUTOFF_INVALID, cutoff=cutoff)
    facts = {
        name: {
            "values": declared.get("values"),
            "many": declared.get("many", False),
            "required": declared.get("required", False),
        }
        for name, declared in content.get("facts", {}).items()
    }
    check_declared(facts)
    limits = [
        {"when": exception["when"], "term": Term.parse(exception["term"]).dump()}
        for exception in content.get("limits", ())
    ]
    check_conditions(limits, facts)
    return {"cutoff": cutoff, "limits": limits, "facts": facts}
