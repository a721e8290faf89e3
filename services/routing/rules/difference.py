"""What an import of agencies would change, to be looked at before it is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.routing.domain.agency import same_facts

Facts = Mapping[str, Any]
ADDED, CHANGED, CONFLICTING, UNCHANGED = "added", "changed", "conflicting", "unchanged"


def difference(now: Mapping[str, Sequence[Facts]], wanted: Iterable[Facts]) -> list[dict[str, Any]]:
    """Return what becomes of each description that is wanted, in its order.

    `now` holds the versions of each agency's facts, the earliest first. `added`: the agency is new;
    `changed`: other facts from a later moment on, with the fields; `unchanged`: known already;
    `conflicting`: other facts for a time that is described already, which the register refuses.
    """
    versions = {agency: list(known) for agency, known in now.items()}
    changes = []
    for facts in sorted(wanted, key=lambda facts: str(facts["valid_from"])):
        known = versions.setdefault(facts["agency"], [])
        change = _change(known, facts)
        if change["change"] in {ADDED, CHANGED}:
            known.append(facts)
        changes.append(change)
    return changes


def _change(known: Sequence[Facts], facts: Facts) -> dict[str, Any]:
    change: dict[str, Any] = {"agency": facts["agency"], "valid_from": facts["valid_from"]}
    if not known:
        return {**change, "change": ADDED, "fields": []}
    if any(same_facts(facts, one) for one in known):
        return {**change, "change": UNCHANGED, "fields": []}
    last = known[-1]
    what = CHANGED if facts["valid_from"] > last["valid_from"] else CONFLICTING
    fields = [
        {"field": name, "before": last.get(name), "after": facts.get(name)}
        for name in sorted({*last, *facts} - {"valid_from"})
        if last.get(name) != facts.get(name)
    ]
    return {**change, "change": what, "fields": fields}
