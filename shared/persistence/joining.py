"""Blocks inside blocks: which transaction the running thread or green thread has open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import get_ident
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar, cast


class HalfDoneError(Exception):
    """A part of the transaction failed and its failure was caught, so the rest is rolled back too."""


class Joinable(Protocol):
    """What joining needs to know of a transaction."""

    writes: int
    """How many writing statements it has run."""
    broken: bool
    """True when it can no longer commit."""


T = TypeVar("T", bound=Joinable)


@dataclass(frozen=True, slots=True)
class _Open:
    # Some runtimes hand a new thread a copy of its parent's context; it must not join from there.
    thread: int
    transaction: Joinable


_open: ContextVar[Mapping[int, _Open]] = ContextVar("open_transactions", default=MappingProxyType({}))


class Joining(Generic[T]):
    """Keeps one database's open transactions apart, one for each (green) thread."""

    def current(self) -> T | None:
        """Return the transaction this thread has open here."""
        found = _open.get().get(id(self))
        if found is None or found.thread != get_ident():
            return None
        return cast("T", found.transaction)

    @contextmanager
    def opened(self, transaction: T) -> Iterator[None]:
        """Let blocks within this one join `transaction`; refuse to end well when a part of it failed."""
        token = _open.set({**_open.get(), id(self): _Open(get_ident(), transaction)})
        try:
            yield
        finally:
            _open.reset(token)
        if transaction.broken:
            msg = "a part of this transaction failed: nothing of it was kept"
            raise HalfDoneError(msg)

    @contextmanager
    def joined(self, transaction: T) -> Iterator[T]:
        """Run an inner block. One that wrote and then failed takes the whole transaction with it."""
        before = transaction.writes
        try:
            yield transaction
        except BaseException:
            if transaction.writes > before:
                transaction.broken = True
            raise
