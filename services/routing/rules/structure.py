"""The structure of the state: which agencies there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors import NotYetKnownError


@dataclass(frozen=True, slots=True)
class Registry:
    """The register of agencies, as facts by id."""

    agencies: Mapping[str, Mapping[str, Any]]

    def agency(self, agency: str) -> Mapping[str, Any]:
        """Return an agency's facts. Raises NotYetKnownError."""
        facts = self.agencies.get(agency)
        if facts is None:
            raise NotYetKnownError(f"agency/{agency}")
        return facts

    def responsible(self, kind: str, level: str, area: str) -> Mapping[str, Any]:
        """Return the agency of a kind and level whose area holds `area`.

        Areas are written from the whole to the part, such as `QNA.TK.AX`; the longest area wins.
        Raises NotYetKnownError naming what is missing.
        """
        candidates = [
            facts
            for facts in self.agencies.values()
            if facts["kind"] == kind and facts["level"] == level and holds(facts.get("area"), area)
        ]
        if not candidates:
            raise NotYetKnownError(f"agency-of/{kind}/{level}")
        return max(candidates, key=lambda facts: (len(facts.get("area") or ""), facts["agency"]))


def holds(whole: str | None, part: str) -> bool:
    """Return whether the area `part` lies in the area `whole`; no area means everywhere."""
    return not whole or part == whole or part.startswith(f"{whole}.")
