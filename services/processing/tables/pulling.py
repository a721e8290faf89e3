"""The delivery ledger for agencies that ask for their messages over HTTP instead of reading a queue.

The same rows, the same order, the same answers. What an agency is given gets the next number of its own
count; the cursor is the number given last. Whoever asks with a cursor again gets what came behind it
again, so an answer lost on the way loses nothing; whoever asks with a later one shows that it has what
came before, which is all that a notice or a refusal needs. A hand-over that is not answered is given
again, under a new number and the same id, when its next try is due.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import Any

from services.processing.domain.serving import PULLED, Way
from services.processing.problems import AGENCY_IS_PUSHED_TO, CURSOR_UNKNOWN
from services.processing.tables import replayed
from services.processing.tables.claiming import Claimed, next_of
from services.processing.tables.ledger import DeliveryLedger
from shared.contracts.envelope import from_bytes
from shared.errors import RefusedError
from shared.messaging.traced import Tracing, placed
from shared.persistence.database import Database, Row, Transaction
from shared.tracing import AGENCY

_WAY = "SELECT given, way, most, rate, tries FROM agency_way WHERE agency = :agency FOR UPDATE"
_GAVE = "UPDATE agency_way SET given = :given WHERE agency = :agency"
_HAS_THEM = """
    UPDATE delivery SET state = 'sent', next_try_at = NULL
    WHERE agency = :agency AND pulled IS NOT NULL AND pulled <= :after AND kind = 'refusal'
        AND next_try_at IS NOT NULL
"""
# Also what is due again: under its old number it stands before what was given after it, such as its notice.
_BEHIND = """
    SELECT body, pulled, sequence FROM delivery
    WHERE agency = :agency AND pulled IS NOT NULL AND pulled > :after AND next_try_at IS NOT NULL
    ORDER BY pulled LIMIT :limit
"""
_GIVEN = """
    UPDATE delivery SET attempts = attempts + 1, first_sent_at = coalesce(first_sent_at, :now),
        tried_at = :now, last_outcome = 'pulled', pulled = :pulled, next_try_at = :next,
        unheeded = unheeded + CASE WHEN tried_at IS NOT NULL AND EXISTS (
            SELECT 1 FROM agency_answer
            WHERE agency_answer.agency = delivery.agency AND last_answer_at > delivery.tried_at
        ) THEN 1 ELSE 0 END,
        state = CASE WHEN kind = 'hand-over' THEN 'sent' ELSE state END
    WHERE sequence = :sequence AND next_try_at IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Page:
    """What an agency is given for a cursor."""

    bodies: Sequence[bytes]
    next: int
    """The cursor to ask with next."""
    more: bool
    """Whether it is worth asking again at once."""


class Pulling:
    """Gives agencies what is theirs; each page is a transaction of its own."""

    def __init__(self, database: Database, ledger: DeliveryLedger, tracing: Tracing | None = None) -> None:
        self._tracing = tracing
        self._database = database
        self._ledger = ledger

    def page(self, agency: str, after: int, limit: int, now: datetime) -> Page:
        """Return what comes behind the cursor `after`, and note that it was given.

        Raises RefusedError with `agency-is-pushed-to` or `cursor-unknown`.
        """
        with self._database.transaction() as tx:
            last, way = _pulling(tx, agency)
            if after > last:
                raise RefusedError(CURSOR_UNKNOWN, cursor=after, last=last)
            tx.execute(_HAS_THEM, {"agency": agency, "after": after})
            behind = tx.execute(_BEHIND, {"agency": agency, "after": after, "limit": limit})
            given = _with_replayed(tx, agency, after, limit, behind)
            fresh: Sequence[Claimed] = ()
            if len(given) < limit:
                again = {sequence for _body, _number, sequence in behind}
                claimed = (one for one in next_of(tx, agency, now, limit, way) if one.sequence not in again)
                fresh = list(islice(claimed, limit - len(given)))
                given += self._give(tx, agency, fresh, last, now)
        if self._tracing:
            for one in fresh:
                self._tracing.sent(from_bytes(one.body), one.attempts + 1, **{AGENCY: agency})
        newest = given[-1][1] if given else after
        bodies = [placed(body) if self._tracing else body for body, _ in given]
        return Page(bodies, newest, more=len(given) == limit)

    def _give(
        self, tx: Transaction, agency: str, fresh: Sequence[Claimed], last: int, now: datetime
    ) -> list[tuple[bytes, int]]:
        if fresh:
            rows = [self._row(one, number, now) for number, one in enumerate(fresh, start=last + 1)]
            tx.execute_many(_GIVEN, rows)
            tx.execute(_GAVE, {"agency": agency, "given": last + len(fresh)})
        return [(one.body, number) for number, one in enumerate(fresh, start=last + 1)]

    def _row(self, claimed: Claimed, pulled: int, now: datetime) -> dict[str, Any]:
        return {
            "sequence": claimed.sequence,
            "pulled": pulled,
            "now": now,
            "next": self._ledger.backed_off(now, claimed.attempts + 1),
        }


def _with_replayed(
    tx: Transaction, agency: str, after: int, limit: int, behind: Sequence[Row]
) -> list[tuple[bytes, int]]:
    """Return what stands behind a cursor, and what replays gave there, in order and marked."""
    again = replayed.behind(tx, agency, after, limit)
    marks = replayed.marks(tx, agency, after, limit)
    for body, number, _sequence in behind:
        mark = marks.get(int(number))
        again.append((mark.on(bytes(body)).to_bytes() if mark else bytes(body), int(number)))
    return sorted(again, key=itemgetter(1))[:limit]


def _pulling(tx: Transaction, agency: str) -> tuple[int, Way]:
    """Return the number given last and how an agency pulls, and let nobody else pull for it until the page is given."""
    rows = tx.execute(_WAY, {"agency": agency})
    way = Way(*rows[0][1:]) if rows else Way()
    if way.way != PULLED:
        raise RefusedError(AGENCY_IS_PUSHED_TO, agency=agency)
    return int(rows[0][0]), way
