"""Run by test_sqlite_kill.py: records events and says which it knows to be durable, until it is killed."""

from __future__ import annotations

import sys
from pathlib import Path
from uuid import uuid4

from eventsourcing.persistence import StoredEvent

from shared.persistence.migrations import PLUMBING, migrate
from shared.persistence.recorder import LogRecorder
from shared.persistence.sqlite import SqliteDatabase

database = SqliteDatabase(Path(sys.argv[1]))
migrate(database, [PLUMBING])
held = database.elect("process")
assert held is not None
log = LogRecorder(database)
while True:
    positions = log.insert_events([StoredEvent(uuid4(), 1, "test.happened", b"x" * 1000) for _ in range(20)])
    assert positions is not None
    print(positions[-1], flush=True)  # noqa: T201 - read by the test
