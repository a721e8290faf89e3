"""How each agency is served: pushed to or asked by it, how much at a time, how fast, how patiently."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.processing.domain.serving import Way
from shared.persistence.database import Database, Transaction

_ONE = "SELECT way, most, rate, tries FROM agency_way WHERE agency = :agency"
_KEEP = """
    INSERT INTO agency_way (agency, way, most, rate, tries) VALUES (:agency, :way, :most, :rate, :tries)
    ON CONFLICT (agency) DO UPDATE SET way = excluded.way, most = excluded.most, rate = excluded.rate,
        tries = excluded.tries
"""
# What was sent the old way may never be read there: it comes again the new way, at once.
_AGAIN = """
    UPDATE delivery SET next_try_at = :now, pulled = NULL
    WHERE agency = :agency AND next_try_at IS NOT NULL AND (state = 'sent' OR pulled IS NOT NULL)
"""
# Nobody answers what lay on the queue beside hand-overs, so nobody knows whether it was read. What was pulled is
# known to have come: a later cursor said so.
_LETTERS_AGAIN = """
    UPDATE delivery SET state = 'waiting', next_try_at = :now
    WHERE agency = :agency AND kind = 'refusal' AND state = 'sent' AND next_try_at IS NULL
        AND pulled IS NULL AND first_sent_at > :since
"""
LETTERS_AGAIN = timedelta(days=30)
"""How far back notices and refusals are sent again when what was sent before may never be read."""


class WayTable:
    """The table `agency_way`, a collaborator of `UnitOfWork`: what the newest settings of each agency say."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._set: dict[str, dict[str, Any]] = {}
        self._changed: dict[str, dict[str, Any]] = {}

    def of(self, agency: str) -> Way:
        """Return how an agency is served."""
        with self._database.transaction() as tx:
            rows = tx.execute(_ONE, {"agency": agency})
        return Way(*rows[0]) if rows else Way()

    def keep(self, agency: str, way: Way, changed: Mapping[str, Any] | None) -> None:
        """Serve an agency so from now on; `changed`, with the time, when messages go another way now."""
        self._set[agency] = {
            "agency": agency,
            "way": way.way,
            "most": way.window,
            "rate": way.rate,
            "tries": way.tries,
        }
        if changed:
            self._changed[agency] = {"agency": agency, **changed}

    def flush(self, tx: Transaction) -> None:
        """Write what was gathered."""
        if self._set:
            tx.execute_many(_KEEP, [self._set[agency] for agency in sorted(self._set)])
        if self._changed:
            changed = [self._changed[agency] for agency in sorted(self._changed)]
            tx.execute_many(_AGAIN, changed)
            since = [{**row, "since": row["now"] - LETTERS_AGAIN} for row in changed]
            tx.execute_many(_LETTERS_AGAIN, since)

    def clear(self) -> None:
        """Forget what was gathered."""
        self._set.clear()
        self._changed.clear()
