from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

from eventsourcing.persistence import StoredEvent

from shared.persistence.recorder import LogRecorder
from shared.persistence.sqlite import SqliteDatabase

SCRIPT = Path(__file__).with_name("writes_until_killed.py")
ROOT = Path(__file__).parents[3]


def test_a_killed_process_has_kept_all_it_said_it_had_and_nothing_half(tmp_path: Path) -> None:
    path = tmp_path / "service.sqlite"
    with subprocess.Popen(
        [sys.executable, str(SCRIPT), str(path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        for _ in range(50):
            said = int(process.stdout.readline())
        second = SqliteDatabase(path)
        assert second.elect("process") is None, "two processes on one folder"
        process.kill()
        rest = process.stdout.read().split("\n")
    said = max([said, *(int(line) for line in rest[:-1])])

    log = LogRecorder(second)
    kept = log.max_notification_id()
    assert kept is not None
    assert kept >= said
    assert kept % 20 == 0
    assert [entry.position for entry in log.read_log(0, kept + 1)] == list(range(1, kept + 1))
    assert second.elect("process") is not None
    assert log.insert_events([StoredEvent(uuid4(), 1, "test.happened", b"")]) == [kept + 1]
    second.close()
