"""Setting up the read model, and building it again from the ledger while the live one goes on.

A rebuild keeps nothing of an earlier one: when it is killed, it is simply started again. What it left
behind nobody reads, and the next one drops it. The version that was live before the last swap stays
until then too, for readers who were still at it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from services.statistics.application import Statistics
from services.statistics.ledger import entries
from services.statistics.problems import REBUILD_UNDER_WAY
from services.statistics.projection.columns import LAYOUT
from services.statistics.read_model import versions
from services.statistics.read_model.dump import Difference, Digest, differences, digest
from services.statistics.read_model.working_set import WorkingSet
from shared.acts import SYSTEM, Act, Actor
from shared.clock import Clock
from shared.errors import RefusedError
from shared.persistence.database import Database, Transaction
from shared.persistence.unit_of_work import UnitOfWork

BATCH = 5000

OURSELVES = Actor(SYSTEM, "statistics")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rebuild came to."""

    version: int
    ledger_sequence: int
    """The entry of the ledger up to which both versions were compared."""
    digest: Digest
    previous: Digest | None
    """The digest of the version that was live; None when it was laid out otherwise."""
    differences: list[Difference] = field(default_factory=list)
    swapped: bool = True
    """False when there were differences that had not been accepted: then the live version stays."""


class Builder:
    """Sets up and rebuilds the read model."""

    def __init__(
        self,
        database: Database,
        unit: UnitOfWork,
        application: Statistics,
        clock: Clock,
        show: Callable[[Transaction, int], None] = lambda _tx, _version: None,
    ) -> None:
        """Let `show` know which version other tools are to see from now on."""
        self._show = show
        self._database = database
        self._unit = unit
        self._application = application
        self._clock = clock

    def define(self, actor: Actor = OURSELVES) -> None:
        """Set the read model up, empty, unless it is there. To be done before the first message."""

        def work(tx: Transaction) -> None:
            if not self._application.is_defined(versions.NAME):
                self._application.define(versions.NAME, self._act(actor))
                versions.create(tx, 1)
                versions.index(tx, 1)
                versions.define(tx, 1)
            live = versions.live(tx)
            if live.layout == LAYOUT:
                self._show(tx, live.version)

        self._unit.run(work)

    def rebuild(
        self,
        actor: Actor = OURSELVES,
        *,
        accept_differences: bool = True,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> Outcome:
        """Build a further version from the ledger, compare it with the live one, and make it live.

        Appending waits while the two are compared, about a second for fifty thousand rows. With
        `accept_differences` false a version that differs is not made live: people decide first.
        `on_progress` is told how many entries of the ledger are done, of how many.
        Raises RefusedError with `rebuild-under-way` or `read-model-undefined`.
        """
        job = self._database.elect("rebuild")
        if job is None:
            raise RefusedError(REBUILD_UNDER_WAY, name=versions.NAME)
        try:
            building = self._start(actor)
            position = self._catch_up(building, on_progress)
            with self._database.transaction() as tx:
                building.write(tx)
                versions.index(tx, building.version)
            return self._finish(building, position, actor, accept_differences=accept_differences)
        finally:
            job.release()

    def _start(self, actor: Actor) -> WorkingSet:
        def work(tx: Transaction) -> int:
            model = self._application.read_model(versions.NAME)
            version = model.start_rebuild(self._act(actor))
            for leftover in set(range(1, version)) - {versions.live(tx).version}:
                versions.drop(tx, leftover)
            versions.create(tx, version)
            return version

        return WorkingSet(self._unit.run(work), new=True)

    def _catch_up(self, building: WorkingSet, on_progress: Callable[[int, int], None] | None) -> int:
        position, full = 0, True
        while full:
            with self._database.transaction() as tx:
                last = entries.last_sequence(tx)
                reached = take_batch(tx, building, position, last)
            full, position = reached - position == BATCH, reached
            if on_progress is not None:
                on_progress(position, last)
        return position

    def _finish(
        self,
        building: WorkingSet,
        position: int,
        actor: Actor,
        *,
        accept_differences: bool,
    ) -> Outcome:
        with self._unit.begin() as tx:
            last = entries.lock(tx)
            while position < last:
                position = take_batch(tx, building, position, last)
            building.write(tx)
            outcome = self._compare(tx, building.version, last)
            if outcome.differences and not accept_differences:
                outcome = Outcome(
                    outcome.version,
                    last,
                    outcome.digest,
                    outcome.previous,
                    outcome.differences,
                    swapped=False,
                )
            else:
                versions.swap(tx, building.version, last)
                self._show(tx, building.version)
                self._application.read_model(versions.NAME).swap(
                    self._act(actor),
                    version=building.version,
                    ledger_sequence=last,
                    digest=outcome.digest.sha256,
                    previous_digest=outcome.previous.sha256 if outcome.previous else None,
                    differing=len(outcome.differences) if outcome.previous else None,
                )
        return outcome

    def _compare(self, tx: Transaction, version: int, sequence: int) -> Outcome:
        live, built = versions.live(tx), digest(tx, version)
        if live.layout != LAYOUT:
            return Outcome(version, sequence, built, None)
        previous = digest(tx, live.version)
        if previous == built:
            return Outcome(version, sequence, built, previous)
        return Outcome(version, sequence, built, previous, differences(tx, live.version, version))

    def _act(self, actor: Actor) -> Act:
        now = self._clock.now()
        return Act(actor, now, now, now, root=UUID(int=0))


def take_batch(tx: Transaction, building: WorkingSet, position: int, upto: int) -> int:
    """Project the next batch of the ledger past `position`; return the position that was reached."""
    reached = min(position + BATCH, upto)
    building.take(tx, entries.read(tx, position, reached))
    building.shrink(tx)
    return reached
