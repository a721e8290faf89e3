"""When a dossier's result is due in the other world, by the law's rules of counting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from deploy.simulation.as_recorded import pauses_of
from deploy.simulation.counting import Counting
from deploy.simulation.history import Dossier, TermKey, term_key
from deploy.simulation.played import Played
from deploy.simulation.register import Register
from services.routing.rules.structure import Registry
from shared.clock import to_text


@dataclass(frozen=True, slots=True)
class Appointments:
    """Counts appointments from receptions by the desk's hours and the procedure's cutoff."""

    register: Register
    registry: Registry
    live: Counting
    other: Counting

    def moved(self, it: Dossier, limit: TermKey | None, before: Played, after: Played) -> tuple[Played, bool]:
        """Return the other course with its due times, and whether the recorded ones can be reproduced.

        They stay as recorded where they cannot, and where nothing changed that they depend on.
        """
        same_waits = pauses_of(before) == pauses_of(after)
        if limit == it.limit and same_waits and self.live is self.other:
            return after, True
        if (self._due(it, it.limit, self.live), self._due(it, it.limit, self.live, before)) != (
            before.receipt_due,
            before.due,
        ):
            return after, False
        receipt, due = self._due(it, limit, self.other), self._due(it, limit, self.other, after)
        return replace(after, receipt_due=receipt, due=due), True

    def _due(
        self, it: Dossier, limit: TermKey | None, counting: Counting, played: Played | None = None
    ) -> datetime | None:
        """Return the due time of the receipt, or with pauses and extensions of a course."""
        if it.received is None:
            return None
        at = to_text(it.received)
        return counting.due(
            limit,
            it.received,
            hours=self.registry.at(at).agency(it.desk).get("hours"),
            cutoff=self.register.cutoff(it.procedure, at),
            pauses=pauses_of(played) if played else (),
            extensions=it.extensions if played else (),
        )


def limit_under(
    it: Dossier, recorded: Mapping[str, Any] | None, alternative: Mapping[str, Any] | None
) -> TermKey | None:
    """Return a dossier's limit where a process states another than the version that led it.

    Dossiers with an exceptional limit keep it, and so does everybody where the process states none.
    """
    new = term_key(alternative.get("limit")) if alternative else None
    old = (term_key(recorded.get("limit")) if recorded else None) or it.limit
    return new if new and new != old and it.limit == old else it.limit
