"""The unit of work: what a batch of messages or requests changes becomes durable at once, or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Protocol, TypeVar

from eventsourcing.persistence import RecordConflictError

from shared.event_sourcing import Application
from shared.persistence.database import Database, Transaction, UniqueViolationError

ATTEMPTS_ON_CONFLICT = 5

Result = TypeVar("Result")


class Collaborator(Protocol):
    """Tables of a service that gather rows during a unit and write them at its end."""

    def flush(self, tx: Transaction) -> None:
        """Write what was gathered."""
        ...

    def clear(self) -> None:
        """Forget what was gathered."""
        ...


class UnitOfWork:
    """One writer at a time in a process: throughput comes from the size of units, not their number."""

    def __init__(
        self,
        database: Database,
        application: Application,
        collaborators: Sequence[Collaborator] = (),
        after_commit: Sequence[Callable[[], None]] = (),
    ) -> None:
        self.database = database
        self.application = application
        self._collaborators = tuple(collaborators)
        self._after_commit = list(after_commit)
        self._observe: Callable[[float], None] = lambda _seconds: None
        self._lock = threading.Lock()

    def timed_by(self, observe: Callable[[float], None]) -> None:
        """Tell `observe` how many seconds each unit takes, once it has its turn."""
        self._observe = observe

    def after_commit(self, wake: Callable[[], None]) -> None:
        """Call `wake` after every unit that recorded an event."""
        self._after_commit.append(wake)

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Open a unit: commits at the end of the block, leaves no trace on an exception.

        Raises RecordConflictError or UniqueViolationError when another process was first: run the
        unit again (`run` does), and DatabaseUnavailableError when the database is away.
        """
        with self._lock:
            began = perf_counter()
            try:
                with self.database.transaction() as tx:
                    yield tx
                    recorded = self.application.flush()
                    for collaborator in self._collaborators:
                        collaborator.flush(tx)
            except BaseException:
                self.application.abandon_unit()
                raise
            finally:
                for collaborator in self._collaborators:
                    collaborator.clear()
                self._observe(perf_counter() - began)
            self.application.close_unit()
        if recorded:
            for wake in self._after_commit:
                wake()

    def run(self, work: Callable[[Transaction], Result]) -> Result:
        """Run `work` in a unit, again from fresh state when another process was first."""
        for attempt in range(1, ATTEMPTS_ON_CONFLICT + 1):
            try:
                with self.begin() as tx:
                    return work(tx)
            except (RecordConflictError, UniqueViolationError):
                if attempt == ATTEMPTS_ON_CONFLICT:
                    raise
        raise AssertionError
