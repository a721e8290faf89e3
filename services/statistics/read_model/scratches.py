"""Scratch states: the read model as of a moment, beside the live one, for somebody's questions.

A scratch holds what the ledger had taken in by then and nothing later, corrections included. It never
goes live and does not grow. Its versions are numbered far beyond those of rebuilds, which leave them alone.
A build that was killed left a row without a position: nobody reads it, and the next build drops it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.statistics.application import Statistics
from services.statistics.ledger import entries
from services.statistics.problems import (
    READ_MODEL_OUTDATED,
    REBUILD_UNDER_WAY,
    SCRATCH_EXISTS,
    UNKNOWN_SCRATCH,
)
from services.statistics.projection.columns import LAYOUT
from services.statistics.read_model import versions
from services.statistics.read_model.builds import take_batch
from services.statistics.read_model.dump import digest
from services.statistics.read_model.working_set import WorkingSet
from shared.acts import Act, Actor
from shared.clock import Clock, to_text
from shared.errors import RefusedError
from shared.persistence.database import Database, Transaction
from shared.persistence.unit_of_work import UnitOfWork

FIRST_VERSION = 1_000_000

_ENTER = """
    INSERT INTO scratch (name, version, as_of, layout, built_by, reason, built_at)
    VALUES (:name, :version, :as_of, :layout, :built_by, :reason, :now)
"""
_COLUMNS = "name, as_of, ledger_sequence, built_by, reason, built_at"


@dataclass(frozen=True, slots=True)
class Scratch:
    """A scratch that can be read."""

    version: int
    as_of: datetime
    ledger_sequence: int


def readable(tx: Transaction, name: str) -> Scratch:
    """Return a finished scratch. Raises RefusedError: `unknown-scratch`, `read-model-outdated`."""
    sql = "SELECT version, as_of, ledger_sequence, layout FROM scratch WHERE name = :name AND ledger_sequence IS NOT NULL"
    rows = tx.execute(sql, {"name": name})
    if not rows:
        raise RefusedError(UNKNOWN_SCRATCH, name=name)
    *found, layout = rows[0]
    if layout != LAYOUT:
        raise RefusedError(READ_MODEL_OUTDATED, name=name)
    return Scratch(*found)


class Scratches:
    """Builds scratches and drops them; both are recorded with who and why."""

    def __init__(self, database: Database, unit: UnitOfWork, application: Statistics, clock: Clock) -> None:
        self._database = database
        self._unit = unit
        self._application = application
        self._clock = clock

    def build(self, name: str, as_of: datetime, reason: str, actor: Actor) -> dict[str, Any]:
        """Build the read model from what the ledger had taken in by `as_of`; a moment to come is now.

        Raises RefusedError: `scratch-exists`, `rebuild-under-way`, `read-model-undefined`.
        """
        as_of = min(as_of, self._clock.now())
        job = self._database.elect("scratch")
        if job is None:
            raise RefusedError(REBUILD_UNDER_WAY, name=name)
        try:
            building, last = self._start(name, as_of, reason, actor)
            position = 0
            while position < last:
                with self._database.transaction() as tx:
                    position = take_batch(tx, building, position, last)
            return self._unit.run(lambda tx: self._finish(tx, name, as_of, last, building, reason, actor))
        finally:
            job.release()

    def drop(self, name: str, reason: str, actor: Actor) -> dict[str, Any]:
        """Drop a scratch. Raises RefusedError with `unknown-scratch`."""

        def work(tx: Transaction) -> dict[str, Any]:
            rows = tx.execute(
                "SELECT version FROM scratch WHERE name = :name AND ledger_sequence IS NOT NULL",
                {"name": name},
            )
            if not rows:
                raise RefusedError(UNKNOWN_SCRATCH, name=name)
            _drop(tx, rows[0][0])
            self._application.read_model(versions.NAME).note_scratch_dropped(self._act(actor), name, reason)
            return {"name": name, "dropped": True}

        return self._unit.run(work)

    def all(self) -> list[dict[str, Any]]:
        """Return the scratches there are, the newest first; one without a position is being built."""
        with self._database.transaction() as tx:
            rows = tx.execute(f"SELECT {_COLUMNS} FROM scratch ORDER BY built_at DESC, name")  # noqa: S608
        return [_said(*row) for row in rows]

    def _start(self, name: str, as_of: datetime, reason: str, actor: Actor) -> tuple[WorkingSet, int]:
        with self._database.transaction() as tx:
            for (leftover,) in tx.execute("SELECT version FROM scratch WHERE ledger_sequence IS NULL"):
                _drop(tx, leftover)
            if tx.execute("SELECT 1 FROM scratch WHERE name = :name", {"name": name}):
                raise RefusedError(SCRATCH_EXISTS, name=name)
            ((highest,),) = tx.execute("SELECT max(version) FROM scratch")
            version = (highest or FIRST_VERSION) + 1
            now = self._clock.now()
            entered = {"name": name, "version": version, "as_of": as_of, "layout": LAYOUT, "now": now}
            tx.execute(_ENTER, {**entered, "built_by": actor.subject, "reason": reason})
            versions.create(tx, version)
            return WorkingSet(version, new=True), entries.last_entered(tx, as_of)

    def _finish(
        self,
        tx: Transaction,
        name: str,
        as_of: datetime,
        last: int,
        building: WorkingSet,
        reason: str,
        actor: Actor,
    ) -> dict[str, Any]:
        building.write(tx)
        versions.index(tx, building.version)
        tx.execute(
            "UPDATE scratch SET ledger_sequence = :last WHERE name = :name", {"last": last, "name": name}
        )
        dumped = digest(tx, building.version)
        self._application.read_model(versions.NAME).note_scratch(
            self._act(actor), name, reason, as_of=to_text(as_of), ledger_sequence=last, digest=dumped.sha256
        )
        (row,) = tx.execute(f"SELECT {_COLUMNS} FROM scratch WHERE name = :name", {"name": name})  # noqa: S608
        return {**_said(*row), "rows": dumped.rows, "sha256": dumped.sha256}

    def _act(self, actor: Actor) -> Act:
        now = self._clock.now()
        return Act(actor, now, now, now, root=UUID(int=0))


def _drop(tx: Transaction, version: int) -> None:
    versions.drop(tx, version)
    tx.execute("DELETE FROM scratch WHERE version = :version", {"version": version})


def _said(
    name: str, as_of: datetime, ledger_sequence: int | None, built_by: str, reason: str, built_at: datetime
) -> dict[str, Any]:
    return {
        "name": name,
        "as_of": to_text(as_of),
        "ledger_sequence": ledger_sequence,
        "built_by": built_by,
        "reason": reason,
        "built_at": to_text(built_at),
    }
