"""Who read what of a dossier, when and through which door: readings as the stores have them, sealed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import orjson

from deploy.audit.stores import Stores
from shared.messaging.publishing import INTERNAL
from shared.persistence.database import Row
from shared.readings import EVERYTHING, Reading

PAGE = 1000

_SEALED = """
    SELECT sequence, message_id, type FROM ledger
    WHERE root_id IN :roots AND type IN :kinds AND sequence > :after ORDER BY sequence LIMIT 1000
"""
_READINGS = "SELECT position, state FROM event WHERE position IN :positions AND topic = :topic"

DOORS = {
    "applicant": ("dữ liệu người nộp", "the applicant's data"),
    "history": ("lịch sử hồ sơ", "the dossier's history"),
    "lateness": ("phần việc chậm", "whose part its lateness is"),
    "ledger": ("toàn bộ sổ cái", "the whole ledger"),
}
"""What lies behind each door, in Vietnamese and English."""


def readings(stores: Stores, root: UUID) -> list[dict[str, Any]]:
    """Return the readings of a dossier, and of the ledger of all dossiers, in the order they were sealed.

    A reading of the last moment may not be sealed yet.
    """
    kinds = {f"lienthong.{name}.{INTERNAL}": name for name in stores.databases}
    found: list[dict[str, Any]] = []
    after = 0
    while True:
        asked = {"roots": [root, EVERYTHING], "kinds": list(kinds), "after": after}
        with stores.statistics.transaction() as tx:
            rows = tx.execute(_SEALED, asked)
        found += _of_page(stores, rows, kinds)
        if len(rows) < PAGE:
            return found
        after = rows[-1][0]


def _of_page(stores: Stores, rows: Iterable[Row], kinds: dict[str, str]) -> list[dict[str, Any]]:
    sealed: dict[str, dict[int, int]] = {}
    for sequence, message_id, kind in rows:
        sealed.setdefault(kinds[kind], {})[int(message_id)] = sequence
    found = []
    for service, places in sealed.items():
        with stores.databases[service].transaction() as tx:
            events = tx.execute(_READINGS, {"positions": list(places), "topic": Reading.Recorded.TOPIC})
        found += [_reading(service, places[position], bytes(state)) for position, state in events]
    return sorted(found, key=lambda one: one["sequence"])


def _reading(service: str, sequence: int, state: bytes) -> dict[str, Any]:
    event = orjson.loads(state)
    act = event["act"]
    vi, en = DOORS.get(event["door"], (event["door"], event["door"]))
    return {
        "at": act["happened_at"],
        "role": act["role"],
        "subject": act["subject"],
        "agency": act.get("agency"),
        "service": service,
        "door": event["door"],
        "vi": vi,
        "en": en,
        "sequence": sequence,
    }
