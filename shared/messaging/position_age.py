"""How old a consumer's position is: the age of what it knows, not whether its thread lives.

Every few seconds a consumer asks each source how far it has published, and says when it asked. The
answer comes through the consumer's own queues, behind everything that was sent before. When it is
taken in and nothing is missing, then all that was published when it was asked has been heard. So the
age grows when the source is away, the broker holds something back, a queue leads nowhere, or the
consumer cannot keep up; and an idle system is a few seconds old. Both moments are the asker's own, so
clocks that differ do not matter. It costs a handful of messages every few seconds and nothing an event.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from shared.clock import from_text, to_text
from shared.contracts.envelope import Message
from shared.messaging.epochs import service_of
from shared.persistence.database import Transaction

ASK_EVERY_SECONDS = 10.0
ASKED = "asked"

_NOTE = """
    INSERT INTO heard_until (producer, partition, at) VALUES (:producer, :partition, :at)
    ON CONFLICT (producer, partition) DO UPDATE SET at = excluded.at WHERE heard_until.at < excluded.at
"""
_OLDEST = "SELECT producer, min(at) FROM heard_until GROUP BY producer ORDER BY producer"
_LONGEST = 40


def asked_now() -> str:
    """Return the moment of asking, by this machine's clock."""
    return to_text(machine_now())


def machine_now() -> datetime:
    """Return this machine's time: how old a position is has nothing to do with when dossiers come and go."""
    return datetime.now(UTC)


def moment(value: object) -> datetime | None:
    """Return the moment in what somebody sent as such, None if it is none."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    try:
        return from_text(value)
    except ValueError:
        return None


def note(tx: Transaction, proofs: Iterable[Message]) -> None:
    """Write down what answers prove, in the transaction of what came before them."""
    latest: dict[tuple[str, int], datetime] = {}
    for message in proofs:
        key = service_of(message.source), int(message.data["partition"])
        at = moment(message.data.get(ASKED))
        if at is not None:
            latest[key] = max(at, latest.get(key, at))
    if latest:
        rows = [{"producer": key[0], "partition": key[1], "at": latest[key]} for key in sorted(latest)]
        tx.execute_many(_NOTE, rows)


def position_ages(tx: Transaction) -> dict[str, float]:
    """Return how many seconds old the position in each source's log is; of none that never answered."""
    now = machine_now()
    rows = tx.execute(_OLDEST)
    return {producer: round(max(0.0, (now - _aware(at)).total_seconds()), 1) for producer, at in rows}


def _aware(at: datetime | str) -> datetime:
    """Return a moment as either engine gives it back through an aggregate."""
    return at if isinstance(at, datetime) else from_text(at)
