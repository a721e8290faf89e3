"""Agencies that begin: dossiers that waited for one of them go on from its first day."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.routing.application.ports import Directory
from shared.clock import Clock, to_text


class Beginnings:
    """Looks which entries of the register came into force since it last looked, and releases who waited."""

    def __init__(self, directory: Directory, clock: Clock, release: Callable[[Sequence[str]], None]) -> None:
        self._directory = directory
        self._clock = clock
        self._release = release
        self._seen = ""
        """Up to when it has looked; at first not at all, as nobody looked while the service was down."""

    def look(self) -> bool:
        """Release what waited for that; there is never more to do at once."""
        now = to_text(self._clock.now())
        registry = self._directory.registry()
        begun = [
            facts
            for versions in registry.agencies.values()
            for facts in versions
            if self._seen < facts["valid_from"] <= now
        ]
        competences = [row for row in registry.competences if self._seen < row["valid_from"] <= now]
        references = {f"agency/{facts['agency']}" for facts in begun}
        references |= {f"agency-of/{facts['kind']}/{facts['level']}" for facts in begun}
        references |= {f"competent-for/{row['procedure']}" for row in competences}
        if references:
            self._release(sorted(references))
        self._seen = now
        return False
